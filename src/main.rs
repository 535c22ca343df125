//! The command line of `strata` with outreach's migrations linked in.

use std::process::ExitCode;

fn main() -> ExitCode {
    diesel_strata::cli::main("outreach", Some(outreach::MIGRATIONS))
}
