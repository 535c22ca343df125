#![doc = include_str!("../README.md")]
#![cfg(unix)]

mod error;
mod folder;
mod process;
mod programs;
mod server;

pub use error::ServerError;
pub use process::DATABASE;
pub use server::Server;
