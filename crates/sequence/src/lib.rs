#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
mod folder;
mod header;
mod name;
mod replaced;
mod rules;
#[cfg(feature = "digest")]
pub mod sum;

pub use error::SequenceError;
#[cfg(feature = "digest")]
pub use folder::digest_file;
pub use folder::{MigrationFile, list_folder, other_tools_files, read_header, read_sql};
pub use header::{Allow, Header, Timeout, leading_comment, parse_header};
pub use name::{Kind, MAX_NAME_LENGTH, MigrationName};
pub use replaced::Replaced;
pub use rules::{Problem, check_sql, sql_problems};
