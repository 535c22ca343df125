//! The commands, and how one is run.

use std::process::ExitCode;

use clap::Subcommand;
use diesel_strata::EmbeddedMigrations;

use crate::context::Context;
use crate::error::CliError;
use crate::globals::Globals;
use crate::printer::Printer;
use crate::{
    adopt, baseline, check, database, diff, docs, forget, migrate, new, print_schema, redo,
    rehearse, renumber, server, sizes, snapshot, squash, status, sum,
};

/// What to do: a subcommand of `strata`, or of an application's own command line.
#[derive(Debug, Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Apply what is pending.
    Migrate(migrate::Arguments),
    /// List what is applied, pending and unknown; changes nothing.
    Status(status::Arguments),
    /// Tell what new migrations would do to production, measured on a scratch database.
    Check(Box<check::Arguments>),
    /// Run what is pending on a copy of the database's structure, and tell what it does.
    Rehearse(rehearse::Arguments),
    /// Write the next migration from a template.
    New(new::Arguments),
    /// Print schema.rs, with diesel CLI's flags and diesel.toml's settings.
    PrintSchema(Box<print_schema::Arguments>),
    /// Print the whole schema as text, the same for the same schema.
    Snapshot(snapshot::Arguments),
    /// Show how the live schema differs from another database's, or the SQL that mends it.
    Diff(diff::Arguments),
    /// Write the schema as pages and pictures, each table with its history.
    Docs(docs::Arguments),
    /// Remove a migration from the ledger, so that it runs again.
    Forget(forget::Arguments),
    /// Move in from another tool: its folder, and its ledger on a live database.
    Adopt(Box<adopt::Arguments>),
    /// Mark as applied what a database has already, once it is shown to have it.
    Baseline(baseline::Arguments),
    /// Write many migrations in one, proved to build the same.
    Squash(squash::Arguments),
    /// Give a migration another number.
    Renumber(renumber::Arguments),
    /// Create, drop or reset the database, or wait for it.
    Database(database::Arguments),
    /// Run the last migration again, as it is now; on the private server only.
    Redo(redo::Arguments),
    /// Print how large the tables are; `check` reads what it writes.
    Sizes(sizes::Arguments),
    /// Keep strata.sum, which tells whether a migration is what it was when it was new.
    Sum(sum::Arguments),
    /// Run the private PostgreSQL server beyond one command.
    Server(server::Arguments),
}

/// Runs `command` with the migrations of an application, or with those of a folder, and returns
/// the exit code of the process: 0 done; 1 failed; 2 wrong usage; 3 a check found something. What
/// went wrong has been printed by then.
///
/// An application that has a command line of its own mounts this one in it:
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use clap::Parser;
/// use diesel_strata::EmbeddedMigrations;
///
/// // In an application: embed_migrations!("migrations")
/// const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations::NONE;
///
/// #[derive(Parser)]
/// struct App {
///     #[command(flatten)]
///     globals: strata_cli::Globals,
///     #[command(subcommand)]
///     command: Command,
/// }
///
/// #[derive(clap::Subcommand)]
/// enum Command {
///     /// Serve requests.
///     Serve,
///     /// `app migrate`, `app status`, …
///     #[command(flatten)]
///     Database(strata_cli::Command),
/// }
///
/// fn main() -> ExitCode {
///     let app = App::parse();
///     match app.command {
///         Command::Serve => ExitCode::SUCCESS,
///         Command::Database(command) => strata_cli::run(app.globals, command, Some(MIGRATIONS)),
///     }
/// }
/// ```
pub fn run(globals: Globals, command: Command, migrations: Option<EmbeddedMigrations>) -> ExitCode {
    let printer = Printer::new(&globals);
    let result = dispatch(globals, command, migrations, &printer);
    printer.finish(&result);
    result.map_or_else(|error| ExitCode::from(error.exit_code()), |()| ExitCode::SUCCESS)
}

fn dispatch(
    globals: Globals,
    command: Command,
    migrations: Option<EmbeddedMigrations>,
    printer: &Printer,
) -> Result<(), CliError> {
    let mut context = Context::new(globals, migrations, printer)?;
    match command {
        Command::Migrate(arguments) => migrate::run(&mut context, &arguments),
        Command::Status(arguments) => status::run(&mut context, &arguments),
        Command::Check(arguments) => check::run(&mut context, &arguments),
        Command::Rehearse(arguments) => rehearse::run(&mut context, &arguments),
        Command::New(arguments) => new::run(&context, &arguments),
        Command::PrintSchema(arguments) => print_schema::run(&mut context, &arguments),
        Command::Snapshot(arguments) => snapshot::run(&mut context, &arguments),
        Command::Diff(arguments) => diff::run(&mut context, &arguments),
        Command::Docs(arguments) => docs::run(&context, &arguments),
        Command::Forget(arguments) => forget::run(&mut context, &arguments),
        Command::Adopt(arguments) => adopt::run(&mut context, &arguments),
        Command::Database(arguments) => database::run(&mut context, &arguments),
        Command::Redo(arguments) => redo::run(&mut context, &arguments),
        Command::Sizes(arguments) => sizes::run(&mut context, &arguments),
        Command::Sum(arguments) => sum::run(&context, &arguments),
        Command::Baseline(arguments) => baseline::run(&mut context, &arguments),
        Command::Renumber(arguments) => renumber::run(&context, &arguments),
        Command::Squash(arguments) => squash::run(&context, &arguments),
        Command::Server(arguments) => server::run(&context, &arguments),
    }
}
