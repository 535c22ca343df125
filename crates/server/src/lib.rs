#![doc = include_str!("../README.md")]
#![cfg(unix)]

mod account;
mod cluster;
mod error;
mod folder;
mod inventory;
mod process;
mod programs;
mod project;
mod server;
mod url;

pub use error::ServerError;
pub use inventory::{Kept, kept, kept_of, remove, stop};
pub use process::DATABASE;
pub use server::Server;
