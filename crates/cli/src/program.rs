//! A whole command line: the commands, and what only a program of its own has.

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use diesel_strata::EmbeddedMigrations;

use crate::command::{self, Command};
use crate::completions;
use crate::globals::Globals;

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
    let program = program(name);
    let matches = program.clone().get_matches();
    let Program { globals, action } =
        Program::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    match action {
        Action::Command(command) => command::run(globals, command, migrations),
        Action::Completions(arguments) => {
            completions::run(&arguments, program);
            ExitCode::SUCCESS
        }
    }
}

fn program(name: &'static str) -> clap::Command {
    Program::command().name(name)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::program("strata").debug_assert();
    }
}
