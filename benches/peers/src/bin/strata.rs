//! The program `strata`, built as the rest of the bench is.

use std::process::ExitCode;

fn main() -> ExitCode {
    strata_cli::main("strata", None)
}
