//! What SQL calls something, as Rust and Diesel call it.

mod names;
mod types;

pub(crate) use names::{DEFAULT_SCHEMA, TableName, rust_name};
pub(crate) use types::{ColumnType, is_diesel_type};
