#![doc = include_str!("../README.md")]

mod command;
mod completions;
mod context;
mod error;
mod forget;
mod globals;
mod migrate;
mod new;
mod print_schema;
mod printer;
#[cfg(unix)]
mod private;
mod program;
mod regenerate;
mod server;
mod snapshot;
mod status;
mod template;

pub use command::{Command, run};
pub use globals::Globals;
pub use program::main;
