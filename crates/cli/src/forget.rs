//! `forget`: removes a migration from the ledger.

use clap::Args;
use diesel_strata::Forgettable;
use serde::Serialize;

use crate::confirm;
use crate::context::Context;
use crate::error::CliError;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The migration: `004_AddLeadScore`, 004, or a name that the ledger holds.
    name: String,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    forgotten: &'a [String],
    /// The migration that the next `migrate` runs.
    runs_again: Option<&'a str>,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrator = context.migrator()?;
    let (mut conn, target) = context.connect()?;
    let found = migrator.forgettable(&mut conn, &arguments.name)?;
    let rows = found.rows.join(" and ");
    let printer = context.printer;
    if !arguments.yes {
        printer.note(format!(
            "this removes {rows} from the ledger of {target}.\n\
             What it did to the database stays. {}",
            consequence(&found)
        ));
        if !confirm::is_yes("Forget it? [y/N]", "pass --yes if you mean it")? {
            printer.say("nothing was changed");
            return Ok(());
        }
    }
    migrator.forget(&mut conn, &found)?;
    printer.json(&Json { forgotten: &found.rows, runs_again: found.runs_again.as_deref() });
    printer.say(format!("forgot {rows}: {target}"));
    if arguments.yes {
        printer.say(consequence(&found));
    }
    Ok(())
}

/// What comes of it.
fn consequence(found: &Forgettable) -> String {
    match &found.runs_again {
        Some(name) => format!("The next `migrate` runs {name}, on top of what was done before."),
        None => "No migration here answers to that, so that nothing will run it again.".to_owned(),
    }
}
