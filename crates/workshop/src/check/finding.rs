//! What a check has to say.

use std::path::PathBuf;

use strata_sql::Position;

use super::way::Way;

/// Something that should not reach production as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The file.
    pub file: PathBuf,
    /// Where in it.
    pub position: Position,
    /// The text of that line.
    pub line: String,
    /// The rule, as `strata: allow` names it.
    pub rule: &'static str,
    /// What happens, to what, and how large that is.
    pub message: String,
    /// The way that is safe; none where the message says it all.
    pub way: Option<Way>,
}

/// What a check has found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// In the order of files and places.
    pub findings: Vec<Finding>,
    /// What is worth knowing and no finding: what could not be measured, and why.
    pub notes: Vec<String>,
    /// How many files were looked at.
    pub files: usize,
}
