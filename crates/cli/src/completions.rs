//! `completions`: a script that completes this command line.

use std::io::{self, Write};

use clap::Args;
use clap_complete::Shell;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The shell.
    shell: Shell,
}

pub(crate) fn run(arguments: &Arguments, mut command: clap::Command) {
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    // A reader that has gone does not want the rest.
    let _ = io::stdout().write_all(&script);
}
