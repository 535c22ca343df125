//! What a migration of a `diesel-strata` sequence is, as far as files tell: its name, its
//! directives, its SQL statements, and the rules that a folder of them must keep.
//!
//! The engine (`diesel-strata`) and `embed_migrations!` (`diesel-strata-macros`) both read
//! folders through this crate, so that what one refuses at run time the other refuses at compile
//! time, in the same words. Nothing here knows a database.

mod error;
mod folder;
mod header;
mod name;
mod position;
mod rules;
mod statement;

pub use error::SequenceError;
pub use folder::{MigrationFile, digest_file, list_folder, read_header, read_sql};
pub use header::{Header, Timeout, parse_header};
pub use name::{Kind, MAX_NAME_LENGTH, MigrationName};
pub use position::Position;
pub use rules::{Problem, check_sql};
pub use statement::{Statement, split_statements};
