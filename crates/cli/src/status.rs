//! `status`: what is applied, pending and unknown.

use clap::Args;
use console::style;
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::Printer;
use diesel_strata::{MigrationStatus, State, Status};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Exit with 3 if anything is pending.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrator = context.migrator()?;
    let (mut conn, target) = context.connect()?;
    let status = migrator.status(&mut conn)?;
    let printer = context.printer;
    if printer.is_json() {
        printer.json(&JsonStatus::from(&status));
    } else if !(printer.is_quiet() && arguments.check) {
        print(printer, &status, &target);
    }
    match arguments.check && status.count(State::Pending) > 0 {
        true => Err(CliError::Found),
        false => Ok(()),
    }
}

fn print(printer: &Printer, status: &Status, target: &str) {
    let longest = status.migrations.iter().map(|migration| migration.name.chars().count()).max();
    let width = printer.width();
    for migration in &status.migrations {
        printer.line(&line(migration, longest.unwrap_or_default(), width));
    }
    let count = |state: State| match status.count(state) {
        0 => None,
        number => Some(format!("{number} {}", state.word())),
    };
    let counts: Vec<_> =
        [State::Applied, State::Pending, State::Unknown].into_iter().filter_map(count).collect();
    printer.say(&match counts.as_slice() {
        [] => format!("no migrations: {target}"),
        counts => format!("{}: {target}", style(counts.join(", ")).bold()),
    });
}

/// Name, state, time, and as much of the description's first line as `width` has room for.
fn line(migration: &MigrationStatus, longest: usize, width: usize) -> String {
    let state = match migration.state {
        State::Applied => style(migration.state.word()).green(),
        State::Pending => style(migration.state.word()).yellow(),
        _ => style(migration.state.word()).magenta(),
    };
    let applied_at = migration.applied_at.as_deref().unwrap_or_default().replace('T', " ");
    let applied_at: String = applied_at.chars().take("2026-01-01 00:00:00".len()).collect();
    let head = format!("  {:<longest$}  {state:<7}", migration.name);
    let description = migration.description.lines().next().unwrap_or_default();
    let used = longest + "  ".len() * 3 + "applied".len() + "2026-01-01 00:00:00".len() + 2;
    let room = width.saturating_sub(used);
    let description = console::truncate_str(description, room, "…");
    let tail = match room {
        0..10 => applied_at,
        _ => format!("{applied_at:<19}  {}", style(description).dim()),
    };
    format!("{head}  {tail}").trim_end().to_owned()
}

#[derive(Serialize)]
struct JsonStatus<'a> {
    migrations: Vec<JsonMigration<'a>>,
}

#[derive(Serialize)]
struct JsonMigration<'a> {
    number: Option<u64>,
    name: &'a str,
    kind: Option<&'static str>,
    state: &'static str,
    applied_at: Option<&'a str>,
    description: &'a str,
}

impl<'a> From<&'a Status> for JsonStatus<'a> {
    fn from(status: &'a Status) -> Self {
        let migration = |migration: &'a MigrationStatus| JsonMigration {
            number: migration.number,
            name: &migration.name,
            kind: migration.kind.map(diesel_strata::Kind::word),
            state: migration.state.word(),
            applied_at: migration.applied_at.as_deref(),
            description: &migration.description,
        };
        Self { migrations: status.migrations.iter().map(migration).collect() }
    }
}
