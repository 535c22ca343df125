//! The command line of `strata` with outreach's migrations linked in.

use std::process::ExitCode;

fn main() -> ExitCode {
    strata_cli::main("outreach", Some(outreach::MIGRATIONS))
}
