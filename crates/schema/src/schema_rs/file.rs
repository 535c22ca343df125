//! The file that `schema.rs` is: replaced whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::printed::Printed;
use super::tokens;
use crate::error::SchemaError;

/// A file that was regenerated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Regenerated {
    /// Where it is.
    pub path: PathBuf,
    /// Whether its content has changed.
    pub changed: bool,
    /// As in [`Printed`].
    pub is_formatted: bool,
    /// As in [`Printed`].
    pub warnings: Vec<String>,
}

/// A file as it is, and as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says now; none where it does not exist.
    pub before: Option<String>,
    /// What it should say.
    pub after: Printed,
}

impl SchemaFile {
    pub(super) fn new(path: PathBuf, after: Printed) -> Result<Self, SchemaError> {
        let before = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(source) => return Err(SchemaError::File { doing: "read", path, source }),
        };
        Ok(Self { path, before, after })
    }

    /// Whether it says what it should; line ends do not count, nor layout and comments where there
    /// is no `rustfmt` to tell how they should be.
    pub fn is_current(&self) -> bool {
        let Some(before) = &self.before else { return false };
        before.lines().eq(self.after.text.lines()) || self.is_laid_out_otherwise(before)
    }

    fn is_laid_out_otherwise(&self, before: &str) -> bool {
        !self.after.is_formatted && tokens::are_same(before, &self.after.text)
    }

    /// Writes it where that changes anything.
    ///
    /// # Errors
    ///
    /// The file cannot be written, and is as it was.
    pub fn write(self) -> Result<Regenerated, SchemaError> {
        let fits =
            |before: &String| *before == self.after.text || self.is_laid_out_otherwise(before);
        let changed = !self.before.as_ref().is_some_and(fits);
        if changed {
            replace(&self.path, &self.after.text).map_err(|source| SchemaError::File {
                doing: "write",
                path: self.path.clone(),
                source,
            })?;
        }
        let Printed { is_formatted, warnings, .. } = self.after;
        Ok(Regenerated { path: self.path, changed, is_formatted, warnings })
    }
}

/// Puts `text` at `path`, whole or not at all.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}.new", std::process::id()));
    fs::write(&unfinished, text)?;
    if let Ok(metadata) = fs::metadata(path) {
        fs::set_permissions(&unfinished, metadata.permissions())?;
    }
    // Through a link, the file that it leads to.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    fs::rename(&unfinished, target).inspect_err(|_| drop(fs::remove_file(&unfinished)))
}
