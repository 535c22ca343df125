//! A whole command line: the commands, and what only a program of its own has.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use diesel_strata::EmbeddedMigrations;

use crate::command::{self, Command};
use crate::completions;
use crate::error::CliError;
use crate::globals::Globals;
use crate::help;
use crate::printer::Printer;

/// Migrate a PostgreSQL database: one numbered sequence of migrations, in SQL and in Rust.
#[derive(Debug, Parser)]
#[command(version, disable_help_subcommand = true, infer_subcommands = true)]
struct Program {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    #[command(flatten)]
    Command(Command),
    /// Print a script that completes this command line in a shell.
    Completions(completions::Arguments),
}

/// Runs the command line that this process was given, as the program `name`, with the migrations
/// of an application or with those of a folder.
///
/// ```no_run
/// use diesel_strata::EmbeddedMigrations;
///
/// // In an application: embed_migrations!("migrations")
/// const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations::NONE;
///
/// fn main() -> std::process::ExitCode {
///     strata_cli::main("app", Some(MIGRATIONS))
/// }
/// ```
pub fn main(name: &'static str, migrations: Option<EmbeddedMigrations>) -> ExitCode {
    let matches = program(name).try_get_matches();
    match matches.and_then(|matches| Program::from_arg_matches(&matches)) {
        Err(error) => refuse(&error),
        Ok(Program { globals, action: Action::Command(command) }) => {
            command::run(globals, command, migrations)
        }
        Ok(Program { action: Action::Completions(arguments), .. }) => {
            completions::run(&arguments, Program::command().name(name));
            ExitCode::SUCCESS
        }
    }
}

/// Says what is wrong with what was typed, as it was asked for; or shows a help or the version.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || !asks_for_json(std::env::args_os()) {
        error.exit();
    }
    let text = error.render().to_string();
    let message = text.trim_end().trim_start_matches("error: ").to_owned();
    let error = CliError::Usage(message);
    let exit = ExitCode::from(error.exit_code());
    Printer::of_json().finish(&Err(error));
    exit
}

/// Whether `--format json` is among `arguments`, which could not be read.
fn asks_for_json(arguments: impl Iterator<Item = OsString>) -> bool {
    let arguments: Vec<_> = arguments.collect();
    arguments.iter().any(|argument| argument == "--format=json")
        || arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
}

fn program(name: &'static str) -> clap::Command {
    help::folded(Program::command().name(name), name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::program("strata").debug_assert();
    }
}
