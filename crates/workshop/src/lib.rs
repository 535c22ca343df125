#![doc = include_str!("../README.md")]

pub mod adopt;
pub mod check;
pub mod docs;
mod error;
pub mod measure;
mod scratch;

pub use error::WorkshopError;
pub use scratch::{Scratch, ScratchServer};
