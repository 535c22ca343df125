//! What SQL calls something, as Rust and Diesel call it.

mod names;
mod types;

#[cfg(feature = "print")]
pub(crate) use names::DEFAULT_SCHEMA;
pub(crate) use names::{TableName, rust_name};
pub(crate) use types::{ColumnType, is_diesel_type};
