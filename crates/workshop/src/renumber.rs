//! Another number for a migration, which keeps the name that ledgers know it by.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use strata_sequence::{Kind, MigrationFile, MigrationName, list_folder};

use crate::error::WorkshopError;

/// A migration that has another number now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Renumbered {
    /// The name that it had.
    pub old: String,
    /// The name that it has.
    pub new: String,
    /// Where it is.
    pub path: PathBuf,
}

/// Gives the migration of `folder` that is called `old`, by its number or its name, the number
/// `new`. Its leading comment says what it was called before.
///
/// # Errors
///
/// There is no such migration, the number is taken, or a file cannot be written.
pub fn renumber(folder: &Path, old: &str, new: u64) -> Result<Renumbered, WorkshopError> {
    let files = list_folder(folder).map_err(diesel_strata::Error::from)?;
    let number = old.parse::<u64>().ok();
    let is_old =
        |file: &&MigrationFile| file.name.as_str() == old || number == Some(file.name.number());
    let file = files.iter().find(is_old).ok_or_else(|| WorkshopError::NoSuchMigration {
        name: old.to_owned(),
        folder: folder.to_owned(),
    })?;
    if let Some(other) = files.iter().find(|file| file.name.number() == new) {
        return Err(WorkshopError::NumberTaken { number: new, path: other.path.clone() });
    }
    let name = renamed(&file.name, new);
    let path = folder.join(format!("{name}.{}", file.kind.extension()));
    let text = fs::read_to_string(&file.path).map_err(WorkshopError::io("read", &file.path))?;
    write_new(&path, &with_former(&text, file))?;
    fs::remove_file(&file.path).map_err(WorkshopError::io("remove", &file.path))?;
    Ok(Renumbered { old: file.name.to_string(), new: name, path })
}

/// `name` with the number `new`, in as many digits as it had.
fn renamed(name: &MigrationName, new: u64) -> String {
    let (digits, words) = name.as_str().split_once('_').unwrap_or((name.as_str(), ""));
    let width = digits.len();
    format!("{new:0width$}_{words}")
}

/// `text` with a directive that gives the name of `file`, in front of all else.
fn with_former(text: &str, file: &MigrationFile) -> String {
    let (mark, text) = match text.strip_prefix('\u{feff}') {
        Some(text) => ("\u{feff}", text),
        None => ("", text),
    };
    let comment = if file.kind == Kind::Rust { "//!" } else { "--" };
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    format!("{mark}{comment} strata: formerly {}{end}{text}", file.name)
}

fn write_new(path: &Path, text: &str) -> Result<(), WorkshopError> {
    let file = OpenOptions::new().create_new(true).write(true).open(path);
    let mut file = file.map_err(WorkshopError::io("create", path))?;
    file.write_all(text.as_bytes()).map_err(WorkshopError::io("write", path))
}

#[cfg(test)]
mod tests {
    use strata_sequence::read_header;

    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("004_Größe.sql", "\u{feff}-- Why: é.\r\n-- strata: formerly 003_Old\r\nSELECT 1;\r\n"),
            ("005_Rust.rs", "//! Rows.\npub fn up() {}\n"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_file_moves_and_says_every_name_that_it_had() {
        let folder = folder();
        let done = renumber(folder.path(), "4", 17).unwrap();
        assert_eq!((done.old.as_str(), done.new.as_str()), ("004_Größe", "017_Größe"));
        assert!(!folder.path().join("004_Größe.sql").exists());
        let header = read_header(&done.path, Kind::Sql).unwrap();
        assert_eq!(header.formerly, ["004_Größe", "003_Old"]);
        assert_eq!(header.description, "Why: é.");
        let done = renumber(folder.path(), "005_Rust", 1000).unwrap();
        assert_eq!(done.new, "1000_Rust");
        assert_eq!(read_header(&done.path, Kind::Rust).unwrap().formerly, ["005_Rust"]);
    }

    #[test]
    fn a_number_that_is_taken_and_a_migration_that_is_not_there_are_refused() {
        let folder = folder();
        let taken = renumber(folder.path(), "4", 5).unwrap_err().to_string();
        assert!(taken.contains("number 5 is taken by") && taken.contains("005_Rust.rs"), "{taken}");
        let missing = renumber(folder.path(), "6", 7).unwrap_err().to_string();
        assert!(missing.contains("there is no migration 6"), "{missing}");
        assert_eq!(list_folder(folder.path()).unwrap().len(), 2);
    }
}
