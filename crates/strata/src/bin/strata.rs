//! The command line for any folder of migrations.

use std::process::ExitCode;

use diesel_strata::EmbeddedMigrations;

fn main() -> ExitCode {
    diesel_strata::cli::main("strata", None::<EmbeddedMigrations>)
}
