//! The command line for any folder of migrations.

use std::process::ExitCode;

fn main() -> ExitCode {
    strata_cli::main("strata", None)
}
