#![doc = include_str!("../README.md")]

mod position;
mod quote;
mod statement;

pub use position::Position;
pub use quote::{identifier, literal};
pub use statement::{SplitError, Statement, comments, split_statements};
