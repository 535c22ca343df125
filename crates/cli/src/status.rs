//! `status`: what is applied, pending and unknown.

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::Printer;
use crate::schema_file;
use crate::status_table::{Shown, print_table};
use crate::text::{Text, bold};
use diesel_strata::{MigrationStatus, State, Status};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Exit with 3 if anything is pending.
    #[arg(long)]
    check: bool,
    /// List what is pending only.
    #[arg(long, conflicts_with = "all")]
    pending: bool,
    /// List every migration, however many are applied.
    #[arg(long)]
    all: bool,
    /// Exit with 3 if the database is not what strata.schema says.
    #[arg(long)]
    drift: bool,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrator = context.migrator()?;
    let (mut conn, target) = context.connect()?;
    let status = migrator.status(&mut conn)?;
    let printer = context.printer;
    if printer.is_json() {
        printer.json(&JsonStatus::new(&status, arguments.pending));
    } else if !(printer.is_quiet() && arguments.check) {
        let shown = match arguments {
            Arguments { pending: true, .. } => Shown::Pending,
            Arguments { all: true, .. } => Shown::All,
            _ => Shown::Folded,
        };
        let folded = print_table(printer, &status, shown);
        print_counts(printer, &status, folded, &target);
    }
    if arguments.drift {
        schema_file::drift(context, &mut conn)?;
    }
    match arguments.check && status.count(State::Pending) > 0 {
        true => Err(CliError::Found),
        false => Ok(()),
    }
}

fn print_counts(printer: &Printer, status: &Status, folded: usize, target: &str) {
    let count = |state: State| match status.count(state) {
        0 => None,
        number => Some(format!("{number} {}", state.word())),
    };
    let counts: Vec<_> =
        [State::Applied, State::Pending, State::Unknown].into_iter().filter_map(count).collect();
    let counts = match counts.as_slice() {
        [] => Text::from("no migrations"),
        counts => bold(counts.join(", ")),
    };
    let hint = if folded > 0 { " (--all lists them)" } else { "" };
    printer.say(counts + hint + ": " + target);
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
    /// As the ledger spells it.
    recorded: Option<&'a str>,
}

impl<'a> JsonStatus<'a> {
    fn new(status: &'a Status, only_pending: bool) -> Self {
        let is_listed =
            |migration: &&'a MigrationStatus| !only_pending || migration.state == State::Pending;
        let migrations = status.migrations.iter().filter(is_listed);
        Self { migrations: migrations.map(JsonMigration::from).collect() }
    }
}

impl<'a> From<&'a MigrationStatus> for JsonMigration<'a> {
    fn from(migration: &'a MigrationStatus) -> Self {
        Self {
            number: migration.number,
            name: &migration.name,
            kind: migration.kind.map(diesel_strata::Kind::word),
            state: migration.state.word(),
            applied_at: migration.applied_at.as_deref(),
            description: &migration.description,
            recorded: migration.recorded.as_deref(),
        }
    }
}
