//! `adopt`: moves in from another tool.

mod json;
mod report;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use diesel_strata::connect;
use strata_workshop::adopt::{Folder, Options, Proof, TakeOver, Taken, Tool, prove};

use crate::context::Context;
use crate::error::CliError;
use crate::scratch;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The tool that has migrated so far.
    tool: ToolName,
    /// Its folder of migrations.
    folder: PathBuf,
    /// Say what would be written and taken over, prove it, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Leave out this file of theirs, or this folder of Diesel's; can be repeated.
    #[arg(long, value_name = "NAME")]
    leave_out: Vec<String>,
    /// The value of a placeholder in their files; can be repeated.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    placeholder: Vec<(String, String)>,
    /// Their ledger, where it is not called as the tool calls it.
    #[arg(long, value_name = "[SCHEMA.]TABLE")]
    their_ledger: Option<String>,
    /// Take files that were changed after they ran as they are.
    #[arg(long)]
    accept_changed: bool,
    /// Prove it on this server, where databases may be made; else on the private one.
    #[arg(long, value_name = "URL", conflicts_with = "without_proof")]
    on: Option<String>,
    /// Prove nothing: where the migrations need what no scratch server here has.
    #[arg(long)]
    without_proof: bool,
}

/// A tool, as it is typed.
#[derive(Debug, Clone, Copy)]
struct ToolName(Tool);

impl ValueEnum for ToolName {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self(Tool::Diesel),
            Self(Tool::Sqlx),
            Self(Tool::Refinery),
            Self(Tool::Dbmate),
            Self(Tool::Goose),
            Self(Tool::GolangMigrate),
            Self(Tool::Flyway),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.word()))
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it takes NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let source = context.here().join(&arguments.folder);
    let target = context.migrations_folder()?;
    check_target(arguments.tool.0, &source, &target)?;
    let options = Options {
        leave_out: arguments.leave_out.clone(),
        placeholders: arguments.placeholder.clone(),
        ledger: arguments.their_ledger.clone(),
    };
    let start = Instant::now();
    let folder = Folder::read(arguments.tool.0, context.shown(&source), &options)?;
    let new = folder.check(&target)?.len();
    let printer = context.printer;
    report::folder(printer, &folder, context.shown(&source), context.shown(&target));
    let proof = proof(context, arguments, &folder)?;
    report::proof(printer, &folder, proof.as_ref());
    let taken = match arguments.dry_run {
        true => look(context, arguments, &folder)?,
        false => {
            // What is refused is refused before anything is written.
            look(context, arguments, &folder)?;
            let written = folder.write(&target)?;
            report::written(printer, written, context.shown(&target));
            take_over(context, arguments, &folder, &target)?
        }
    };
    if let Some((taken, database)) = &taken {
        report::taken(printer, folder.tool, taken.as_ref(), database, arguments.dry_run);
    }
    if arguments.dry_run {
        printer.say(format!("nothing was changed: {new} files would be written"));
    }
    if printer.is_json() {
        let taken = taken.and_then(|(taken, _)| taken);
        json::print(printer, &folder, proof.is_some(), taken.as_ref(), arguments.dry_run);
    }
    printer.detail(format!("done in {}", report::time(start.elapsed())));
    Ok(())
}

/// Diesel's folders and our files can lie side by side; files cannot.
fn check_target(tool: Tool, source: &Path, target: &Path) -> Result<(), CliError> {
    let same = match (source.canonicalize(), target.canonicalize()) {
        (Ok(source), Ok(target)) => source == target,
        _ => false,
    };
    match same && tool != Tool::Diesel {
        true => Err(CliError::Usage(
            "their files and ours cannot lie in one folder; name a new one with --migrations-dir"
                .to_owned(),
        )),
        false => Ok(()),
    }
}

fn proof(
    context: &Context<'_>,
    arguments: &Arguments,
    folder: &Folder,
) -> Result<Option<(Proof, Duration)>, CliError> {
    if arguments.without_proof {
        return Ok(None);
    }
    let server = scratch::server(context, arguments.on.as_deref())?;
    let start = Instant::now();
    Ok(Some((prove(folder, &server)?, start.elapsed())))
}

/// What was found, and where; nothing where no database is named.
type Found = Option<(Option<Taken>, String)>;

fn look(context: &Context<'_>, arguments: &Arguments, folder: &Folder) -> Result<Found, CliError> {
    let Some(url) = context.given_url()? else { return Ok(None) };
    let take_over = TakeOver::new(folder).accept_changed(arguments.accept_changed);
    Ok(Some((take_over.look(&mut connect(&url)?)?, diesel_strata::target(&url))))
}

fn take_over(
    context: &Context<'_>,
    arguments: &Arguments,
    folder: &Folder,
    target: &Path,
) -> Result<Found, CliError> {
    let Some(url) = context.given_url()? else { return Ok(None) };
    let migrator = context.migrator_of(target)?;
    let take_over = TakeOver::new(folder).accept_changed(arguments.accept_changed);
    Ok(Some((take_over.run(&mut connect(&url)?, &migrator)?, diesel_strata::target(&url))))
}
