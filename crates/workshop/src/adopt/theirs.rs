//! A migration as another tool has it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::adopt::error::AdoptError;

/// A migration of another tool's: its up half, with the tool's own marks taken out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Theirs {
    /// What its tool calls it: the folder's or file's name, without what says "up" and "SQL".
    pub name: String,
    /// The number in its name, where that is one.
    pub digits: Option<String>,
    /// Its name without the number.
    pub words: String,
    /// The file.
    pub path: PathBuf,
    /// The line of the file, from 1, at which `sql` begins.
    pub line: usize,
    /// What is run.
    pub sql: String,
    /// Whether its tool runs it outside a transaction.
    pub outside: bool,
    /// By what a row of the tool's ledger names it.
    pub key: String,
    /// The checksums that its ledger may have of it, the first being that of the file as it is;
    /// none where the tool keeps none.
    pub checksums: Vec<String>,
    /// What was found in the file that is not carried over as it is.
    pub notes: Vec<String>,
    /// The keys of others that it stands for in a new database.
    pub stands_for: Vec<String>,
}

/// What lies in a folder of another tool's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// The migrations, in the order in which their tool runs them.
    pub migrations: Vec<Theirs>,
    /// What is worth knowing of the folder.
    pub notes: Vec<String>,
    /// Migrations that are code, which cannot be carried over.
    pub code: Vec<PathBuf>,
}

/// The text of the file at `path` as it is, with its byte order mark.
pub(crate) fn read_text(path: &Path) -> Result<String, AdoptError> {
    let bytes = fs::read(path).map_err(AdoptError::io("read", path))?;
    String::from_utf8(bytes).map_err(|error| AdoptError::NotUtf8 {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })
}

/// `text` without a byte order mark.
pub(crate) fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The files in `folder`, and in the folders below it where `deep`, by path; dot files are passed
/// over.
pub(crate) fn files(folder: &Path, deep: bool) -> Result<Vec<PathBuf>, AdoptError> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        match path.is_dir() {
            true if deep => found.extend(files(&path, deep)?),
            true => {}
            false => found.push(path),
        }
    }
    Ok(found)
}

/// What lies in `folder`, by path, but for dot files.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, AdoptError> {
    let fail = || AdoptError::io("read", folder);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail())? {
        let entry = entry.map_err(fail())?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// The name of `path`, as far as it is text.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// `name` as the digits that it begins with and the rest, if there are digits.
pub(crate) fn leading_digits(name: &str) -> Option<(&str, &str)> {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    (digits > 0).then(|| name.split_at(digits))
}

/// The line of `text`, from 1, in which the byte at `offset` stands.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}
