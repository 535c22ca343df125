//! `schema.rs`: Diesel's `table!` declarations of the live schema, as diesel CLI 2.3 prints them.

mod config;
mod file;
mod format;
mod print;
mod printed;
mod render;
mod tokens;

pub use config::{Columns, Docs, Filter, PrintSchema, PrintSchemaConfig, SameQuery};
pub use file::{Regenerated, SchemaFile};
pub use print::{planned, print_schema, regenerate};
pub use printed::Printed;
