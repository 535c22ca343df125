//! `renumber`: another number for a migration.

use clap::Args;
use serde::Serialize;
use strata_workshop::renumber::renumber;

use crate::context::Context;
use crate::error::CliError;
use crate::sum;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The migration, by its number or its name.
    old: String,
    /// The number that it gets.
    new: u64,
}

#[derive(Serialize)]
struct Json<'a> {
    old: &'a str,
    new: &'a str,
}

pub(crate) fn run(context: &Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let folder = context.migrations_folder()?;
    let done = renumber(context.shown(&folder), &arguments.old, arguments.new)?;
    sum::follow(&folder)?;
    context.printer.say(format!("{} is {} now", done.old, done.new));
    context.printer.say("ledgers that have it under its old name still answer for it");
    context.printer.json(&Json { old: &done.old, new: &done.new });
    Ok(())
}
