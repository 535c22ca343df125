#![doc = include_str!("../README.md")]

pub mod adopt;
pub mod baseline;
mod built;
pub mod check;
pub mod docs;
mod error;
pub mod measure;
pub mod proof;
mod rehearse;
pub mod renumber;
mod roles;
mod scratch;
pub mod squash;

pub use check::Done;
pub use error::WorkshopError;
pub use rehearse::{Rehearsal, rehearse, structure};
pub use scratch::{Scratch, ScratchServer};
