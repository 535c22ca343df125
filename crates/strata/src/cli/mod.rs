//! The command line: `strata`, and an application's own with its Rust migrations linked in.
//!
//! Exit codes: 0 done; 1 failed; 2 wrong usage; 3 a check found something.

mod completions;
mod context;
mod error;
mod forget;
mod migrate;
mod new;
mod print_schema;
mod printer;
mod regenerate;
mod server;
mod snapshot;
mod status;
mod template;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use crate::EmbeddedMigrations;
use context::Context;
use error::CliError;
use printer::Printer;

/// Migrate a PostgreSQL database: one numbered sequence of migrations, in SQL and in Rust.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true, infer_subcommands = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
struct Globals {
    /// The database; else `DATABASE_URL`, else `.env`, else a private server.
    #[arg(long, global = true, value_name = "URL", env = "DATABASE_URL", hide_env = true)]
    database_url: Option<String>,
    /// The folder of migrations; else diesel.toml's, else `migrations`, here or above.
    #[arg(long, global = true, value_name = "DIR")]
    migrations_dir: Option<PathBuf>,
    /// The settings; else diesel.toml, here or above.
    #[arg(long, global = true, value_name = "FILE", env = "DIESEL_CONFIG_FILE", hide_env = true)]
    config_file: Option<PathBuf>,
    /// The ledger's table, if not `__migrations`.
    #[arg(long, global = true, value_name = "[SCHEMA.]TABLE")]
    ledger: Option<String>,
    /// How results are printed.
    #[arg(long, global = true, default_value = "text", hide_default_value = true)]
    format: Format,
    /// When to use colour.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    color: Color,
    /// Print results and errors only.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say more of what is done.
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Apply what is pending.
    Migrate(migrate::Arguments),
    /// List what is applied, pending and unknown; changes nothing.
    Status(status::Arguments),
    /// Write the next migration from a template.
    New(new::Arguments),
    /// Print schema.rs, with diesel CLI's flags and diesel.toml's settings.
    PrintSchema(Box<print_schema::Arguments>),
    /// Print the whole schema as text, the same for the same schema.
    Snapshot,
    /// Remove a migration from the ledger, so that it runs again.
    Forget(forget::Arguments),
    /// Run the private PostgreSQL server beyond one command.
    Server(server::Arguments),
    /// Print a script that completes this command line in a shell.
    Completions(completions::Arguments),
}

/// Runs the command line that this process was given, as the program `name`, with the migrations
/// of an application or with those of a folder.
///
/// ```no_run
/// use diesel_strata::{EmbeddedMigrations, cli};
///
/// // In an application: embed_migrations!("migrations")
/// const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations::NONE;
///
/// fn main() -> std::process::ExitCode {
///     cli::main("app", Some(MIGRATIONS))
/// }
/// ```
pub fn main(name: &'static str, migrations: Option<EmbeddedMigrations>) -> ExitCode {
    let command = command(name);
    let matches = command.clone().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let printer = Printer::new(&cli.globals);
    match run(cli, command, &matches, migrations, &printer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            printer.error(&error);
            ExitCode::from(error.exit_code())
        }
    }
}

fn command(name: &'static str) -> clap::Command {
    Cli::command().name(name)
}

fn run(
    cli: Cli,
    command: clap::Command,
    matches: &clap::ArgMatches,
    migrations: Option<EmbeddedMigrations>,
    printer: &Printer,
) -> Result<(), CliError> {
    let mut context = Context::new(cli.globals, migrations, printer)?;
    match cli.command {
        Command::Migrate(arguments) => migrate::run(&mut context, &arguments),
        Command::Status(arguments) => status::run(&mut context, &arguments),
        Command::New(arguments) => new::run(&context, &arguments),
        Command::PrintSchema(_) => print_schema::run(&mut context, matches),
        Command::Snapshot => snapshot::run(&mut context),
        Command::Forget(arguments) => forget::run(&mut context, &arguments),
        Command::Server(arguments) => server::run(&context, &arguments),
        Command::Completions(arguments) => completions::run(&arguments, command),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command("strata").debug_assert();
    }
}
