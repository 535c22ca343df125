//! What documents are: files by their paths, and how they are asked for.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Where Markdown of tables is.
pub(super) const TABLES: &str = "tables";

/// How documents are made.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What the schema is called.
    pub title: String,
    /// Whether privileges are shown.
    pub privileges: bool,
    /// A folder that may keep what was made, for the next time; none keeps nothing.
    pub cache: Option<PathBuf>,
}

/// The documents of a schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Documents {
    /// The text of each file, by its path within the folder of documents.
    pub files: BTreeMap<String, String>,
    /// Rust migrations that this program has not linked: what they do is not shown.
    pub passed_over: Vec<String>,
    /// How many tables and views there are.
    pub tables: usize,
    /// How many migrations there are.
    pub migrations: usize,
}

/// What a file of ours begins with, so that it is known again.
pub(super) const MARK: &str = "<!-- written by strata docs; do not edit -->\n";
