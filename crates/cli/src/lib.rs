#![doc = include_str!("../README.md")]

mod admin;
mod adopt;
mod baseline;
mod check;
mod command;
mod completions;
mod confirm;
mod context;
mod database;
mod database_url;
mod docs;
mod error;
mod folders;
mod forget;
mod git;
mod globals;
mod help;
mod migrate;
mod new;
mod package;
mod print_schema;
mod printer;
#[cfg(unix)]
mod private;
mod program;
mod redo;
mod regenerate;
mod rehearse;
mod renumber;
mod reserved;
mod safe;
mod scratch;
mod server;
mod settings;
mod sizes;
mod snapshot;
mod status;
mod status_table;
mod sum;
mod template;
mod text;
mod timestamp;
mod words;

pub use command::{Command, run};
pub use globals::Globals;
pub use program::main;
