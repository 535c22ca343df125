//! The program, as tests run it.

use std::path::PathBuf;

use assert_cmd::Command;

/// What would tell the program where to work.
const SETTINGS: [&str; 6] = [
    "DATABASE_URL",
    "TEST_DATABASE_URL",
    "DIESEL_CONFIG_FILE",
    "RUST_BACKTRACE",
    "CI",
    "STRATA_PRIVATE_SERVER",
];

/// The program `strata`, with nothing from the environment of the test, and in a folder that is in
/// no project.
pub(crate) fn strata() -> Command {
    let mut command = Command::new(program());
    command.current_dir(std::env::temp_dir());
    for name in SETTINGS {
        command.env_remove(name);
    }
    command
}

pub(crate) fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_strata").into()
}
