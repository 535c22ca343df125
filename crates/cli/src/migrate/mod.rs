//! `migrate`: applies what is pending.

mod clock;
mod progress;
mod report;
mod signal;

use std::time::{Duration, Instant};

use clap::Args;
use diesel::pg::PgConnection;
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::Printer;
use crate::regenerate;
use crate::schema_file;
use crate::sum;
use crate::text::bold;
use crate::words::migrations;
use diesel_strata::{Error, Migrator};

use progress::Progress;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Apply nothing above this number.
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// Create the database if it does not exist.
    #[arg(long, conflicts_with = "dry_run")]
    create: bool,
    /// Print what would run, as SQL for psql, and run nothing.
    #[arg(long)]
    dry_run: bool,
    /// Refuse to run a migration that is numbered below an applied one.
    #[arg(long)]
    strict_order: bool,
    /// Refuse to run if the ledger holds names that are not here.
    #[arg(long)]
    refuse_unknown: bool,
    /// Do not regenerate schema.rs and strata.schema.
    #[arg(long)]
    no_schema: bool,
    /// Change no schema.rs and no strata.schema; show how they differ, and exit with 3 if they do.
    #[arg(long, conflicts_with = "no_schema")]
    locked_schema: bool,
    /// Run nothing if a migration is not what strata.sum says; exit with 3.
    #[arg(long)]
    locked_sum: bool,
    /// Check that the database is what strata.schema says, as it is; exit with 3 if not.
    #[arg(long, conflicts_with_all = ["no_schema", "locked_schema"])]
    drift: bool,
    /// Check that schema.rs, as it is, fits the database.
    #[arg(long)]
    verify: bool,
    /// How long to wait for another session that migrates, and for locks, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
    /// Wait for each lock without steps, whoever comes behind.
    #[arg(long)]
    no_ladder: bool,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrator = configured(context.migrator()?, arguments);
    sum::before_run(context, arguments.locked_sum)?;
    if arguments.create {
        create(context)?;
    }
    if arguments.dry_run {
        let (mut conn, target) = context.connect()?;
        return dry_run(context.printer, &migrator, &mut conn, &target);
    }
    let url = context.url()?;
    let mut progress = Progress::new(context.printer);
    let (mut conn, applied) = match apply(&mut progress, &migrator, context, &url) {
        Ok(conn) => (conn, Ok(())),
        Err(error) if progress.has_done_any() => (context.connect()?.0, Err(error)),
        Err(error) => return Err(error),
    };
    if !arguments.locked_sum {
        sum::keep(context);
    }
    if arguments.verify && applied.is_ok() {
        regenerate::verify(context, &mut conn)?;
    }
    if arguments.drift && applied.is_ok() {
        return schema_file::drift(context, &mut conn);
    }
    let schema = match (arguments.no_schema, arguments.locked_schema) {
        (true, _) => Ok(()),
        (_, false) => regenerate::run(context, &mut conn),
        (_, true) if applied.is_ok() => regenerate::check(context, &mut conn),
        (_, true) => Ok(()),
    };
    // Of two failures the first one is the cause.
    applied.and(schema)
}

fn create(context: &mut Context<'_>) -> Result<(), CliError> {
    let mut admin = context.admin()?;
    if !admin.exists()? {
        admin.create()?;
        context.printer.say(format!("created: {}", admin.target));
    }
    Ok(())
}

/// Applies what is pending, and returns the connection.
fn apply(
    progress: &mut Progress<'_>,
    migrator: &Migrator,
    context: &Context<'_>,
    url: &str,
) -> Result<PgConnection, CliError> {
    let start = Instant::now();
    let target = context.target(url);
    context.printer.detail(format!("connecting to {target}"));
    let stop = signal::stop_on_signal();
    let result = migrator.migrate_url(url, &stop, &mut |event| progress.show(event));
    progress.clear();
    match result {
        Ok((report, conn)) => {
            report::print(progress.printer, &report, start.elapsed(), &target);
            Ok(conn)
        }
        Err(error @ Error::Connect { .. }) => Err(context.unreachable(url, target, error)),
        Err(error) => {
            progress.print_what_was_done();
            Err(error.into())
        }
    }
}

/// Applies what is pending for a command that says itself what it did, and of this only what went
/// wrong.
pub(crate) fn apply_quietly(
    printer: &Printer,
    migrator: &Migrator,
    conn: &mut PgConnection,
) -> Result<(), CliError> {
    let mut progress = Progress::new(printer);
    let result = migrator.migrate_with(conn, &mut |event| progress.show(event));
    progress.clear();
    result.map(drop).map_err(CliError::from)
}

fn configured(mut migrator: Migrator, arguments: &Arguments) -> Migrator {
    migrator = migrator.deadline(Duration::from_secs(arguments.wait));
    if let Some(target) = arguments.to {
        migrator = migrator.target(target);
    }
    if arguments.no_ladder {
        migrator = migrator.without_ladder();
    }
    if arguments.strict_order {
        migrator = migrator.strict_order();
    }
    if arguments.refuse_unknown {
        migrator = migrator.refuse_unknown();
    }
    migrator
}

#[derive(Serialize)]
struct DryRun<'a> {
    pending: &'a [&'a str],
}

fn dry_run(
    printer: &Printer,
    migrator: &Migrator,
    conn: &mut PgConnection,
    target: &str,
) -> Result<(), CliError> {
    let pending = migrator.pending(conn)?;
    let names: Vec<_> = pending.iter().map(|migration| migration.name()).collect();
    if printer.is_json() {
        printer.json(&DryRun { pending: &names });
        return Ok(());
    }
    if names.is_empty() {
        printer.say(bold("nothing is pending") + ": " + target);
        return Ok(());
    }
    printer.document(&migrator.script(conn)?);
    printer.note(format!("{} would run: {target}", migrations(names.len())));
    Ok(())
}
