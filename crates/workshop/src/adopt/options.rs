//! How a folder of another tool's is read.

use std::path::{Path, PathBuf};

use crate::adopt::theirs::file_name;

/// How a folder of another tool's is read.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Files, or Diesel's folders, by name, that are left out.
    pub leave_out: Vec<String>,
    /// Values of placeholders, by name; what is not here is looked for in the environment.
    pub placeholders: Vec<(String, String)>,
    /// The name of the tool's ledger, perhaps with its schema, where the tool was given another.
    pub ledger: Option<String>,
}

impl Options {
    /// Whether the file at `path` is left out.
    pub(crate) fn leaves_out(&self, path: &Path) -> bool {
        let name = file_name(path);
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
        self.leave_out.iter().any(|left| *left == name || left == stem)
    }

    /// Those of `paths` that are not left out.
    pub(crate) fn keep(&self, paths: Vec<PathBuf>) -> Vec<PathBuf> {
        paths.into_iter().filter(|path| !self.leaves_out(path)).collect()
    }
}
