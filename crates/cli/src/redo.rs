//! `redo`: the last migration once more, as it is now.

use std::time::Instant;

use clap::Args;
use diesel_strata::{Migrator, State};
use serde_json::json;

use crate::context::Context;
use crate::database::rebuild;
use crate::error::CliError;
use crate::migrate;
use crate::regenerate;
use crate::text::bold;
use crate::words::time;

#[derive(Debug, Args)]
pub struct Arguments {}

pub(crate) fn run(context: &mut Context<'_>, _: &Arguments) -> Result<(), CliError> {
    let start = Instant::now();
    let migrator = context.migrator()?;
    let (mut conn, _) = context.connect()?;
    let status = migrator.status(&mut conn)?;
    drop(conn);
    let mut admin = context.admin()?;
    if !admin.is_private {
        return Err(CliError::Usage(format!(
            "redo is for development, on the private server; on {} write the next migration",
            admin.target
        )));
    }
    let applied = status.migrations.iter().filter(|migration| migration.state == State::Applied);
    let numbers: Vec<u64> = applied.filter_map(|migration| migration.number).collect();
    let Some(last) = numbers.last() else {
        return Err(CliError::Usage("nothing is applied that could be done again".to_owned()));
    };
    let before = numbers.iter().rev().nth(1).copied().unwrap_or(0);
    rebuild(&mut admin, &migrator, Some(before))?;
    let (mut conn, target) = context.connect()?;
    let name = name_of(&migrator, *last);
    migrate::apply_quietly(context.printer, &context.migrator()?.target(*last), &mut conn)?;
    context.printer.json(&json!({ "redone": name }));
    let done = bold(format!("{name} once more")) + " in " + time(start.elapsed());
    context.printer.say(done + ": " + target);
    context
        .printer
        .note("the database was built anew up to there, and so what was typed into it is gone");
    regenerate::run(context, &mut conn)
}

fn name_of(migrator: &Migrator, number: u64) -> String {
    let mut migrations = migrator.sequence().migrations().iter();
    let found = migrations.find(|migration| migration.number() == number);
    found.map(|migration| migration.name().to_owned()).unwrap_or_default()
}
