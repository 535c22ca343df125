//! `sum`: the file that says what each migration was when it was new.

mod keep;

use std::path::Path;

use clap::Args;
use strata_sequence::list_folder;
use strata_sequence::sum::{Deviation, Sum, SumLine, read_sum};

use crate::context::Context;
use crate::error::CliError;
use crate::git;
use keep::Kept;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Take this migration as it is now: databases that have it have it in another form.
    #[arg(long, value_name = "NAME")]
    accept: Vec<String>,
}

pub(crate) fn run(context: &Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let folder = context.migrations_folder()?;
    let mut kept = Kept::read(&folder)?;
    for name in &arguments.accept {
        if !kept.accept(name) {
            let advice = "`strata sum` lists what is not as its line says";
            return Err(CliError::Usage(format!("{name} is as its line says; {advice}")));
        }
    }
    let written = kept.write(&folder)?;
    let printer = context.printer;
    let left = kept.left();
    let deviations: Vec<_> = left.iter().map(told).collect();
    printer.json(&serde_json::json!({ "deviations": deviations, "written": written }));
    deviations.iter().for_each(|deviation| printer.line(deviation));
    let shown = folder.join(strata_sequence::sum::SUM_FILE);
    let shown = context.shown(&shown).display().to_string();
    match (left.is_empty(), written) {
        (false, _) => return Err(CliError::Found),
        (true, true) => printer.say(format!("{shown} written")),
        (true, false) => printer.say(format!("{shown} is up to date")),
    }
    Ok(())
}

/// Has the sum file of `folder`, if there is one, follow what a command has done to migrations.
pub(crate) fn follow(folder: &Path) -> Result<(), CliError> {
    let mut kept = Kept::read(folder)?;
    match kept.is_there {
        true => kept.write(folder).map(drop),
        false => Ok(()),
    }
}

/// What there is to say before a run: a committed line that does not hold any more is warned of,
/// or, if the file is `locked`, refused.
pub(crate) fn before_run(context: &Context<'_>, locked: bool) -> Result<(), CliError> {
    let folder = context.migrations_folder()?;
    let left = match Kept::read(&folder) {
        Ok(kept) if kept.is_there => kept.left(),
        Ok(_) if locked => {
            let advice = "there is no strata.sum here; write and commit it with `strata sum`";
            return Err(CliError::Usage(advice.to_owned()));
        }
        // What is wrong with the folder, the run says, if it uses it.
        Ok(_) => return Ok(()),
        Err(error) if locked => return Err(error),
        Err(_) => return Ok(()),
    };
    for deviation in &left {
        context.printer.insist(told(deviation));
    }
    match locked && !left.is_empty() {
        true => Err(CliError::Found),
        false => Ok(()),
    }
}

/// Keeps the lines of what is new in the folder, as far as it can be written: a deployed program
/// has no folder, and no need of one.
pub(crate) fn keep(context: &Context<'_>) {
    let kept = context.migrations_folder().and_then(|folder| {
        let mut kept = Kept::read(&folder)?;
        match kept.is_there || git::is_work_tree(&folder) {
            true => kept.write(&folder),
            false => Ok(false),
        }
    });
    if let Err(error) = kept {
        context.printer.detail(format!("strata.sum is left as it is: {error}"));
    }
}

/// What a deviation means, and the ways out.
fn told(deviation: &Deviation) -> String {
    match deviation {
        Deviation::Edited(line, _) => format!(
            "{0} is not what it was when it was committed, and databases that have it have it as \
             it was: put it back and write a new migration, or, if it comes to the same, run \
             `strata sum --accept {0}`",
            line.name
        ),
        Deviation::Renamed(old, new) | Deviation::Renumbered(old, new) => format!(
            "{0} is called {1} now, and databases know it by its old name: call it {0} again, or \
             write `strata: formerly {0}` into its leading comment",
            old.name, new.name
        ),
        Deviation::Removed(line) => format!(
            "{0} is gone, and new databases lack what it does: put it back, name it in the \
             `strata: replaces` of a migration that does the same, or run `strata sum --accept {0}`",
            line.name
        ),
        Deviation::New(line) => format!("{} is new", line.name),
        _ => deviation.name().to_owned(),
    }
}

/// The sum file as it was committed last; none where git does not know it.
fn committed(folder: &Path) -> Option<Sum> {
    let text = git::text_at(folder, "HEAD", strata_sequence::sum::SUM_FILE)?;
    Sum::parse(&text).ok()
}

/// The new line of a deviation, if there is one.
fn new_line(deviation: &Deviation) -> Option<&SumLine> {
    match deviation {
        Deviation::New(line)
        | Deviation::Edited(_, line)
        | Deviation::Renamed(_, line)
        | Deviation::Renumbered(_, line) => Some(line),
        _ => None,
    }
}

fn read(folder: &Path) -> Result<(Option<Sum>, Vec<Deviation>), CliError> {
    let sum = read_sum(folder)?;
    let deviations = sum.clone().unwrap_or_default().deviations(&list_folder(folder)?)?;
    Ok((sum, deviations))
}
