#![doc = include_str!("../README.md")]

mod position;
mod quote;
mod setting;
mod statement;

pub use position::Position;
pub use quote::{identifier, literal};
pub use setting::named_settings;
pub use statement::{SplitError, Statement, comments, split_statements};
