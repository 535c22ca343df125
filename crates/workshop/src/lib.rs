#![doc = include_str!("../README.md")]

pub mod adopt;
pub mod baseline;
mod built;
pub mod check;
pub mod docs;
mod error;
pub mod measure;
pub mod renumber;
mod roles;
mod scratch;

pub use error::WorkshopError;
pub use scratch::{Scratch, ScratchServer};
