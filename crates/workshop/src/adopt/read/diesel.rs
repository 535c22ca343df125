//! Diesel: a folder a migration, `VERSION_name/up.sql`. A version is text without its dashes, and
//! that text is the order.

use std::fs;
use std::path::Path;

use crate::adopt::error::AdoptError;
use crate::adopt::options::Options;
use crate::adopt::theirs::{Found, Theirs, entries, file_name, read_text, without_mark};

pub(super) fn read(folder: &Path, options: &Options) -> Result<Found, AdoptError> {
    let mut found = Found::default();
    for path in options.keep(entries(folder)?) {
        if !path.is_dir() {
            continue;
        }
        match path.join("up.sql").is_file() {
            true => found.migrations.push(migration(&path)?),
            false => found.notes.push(format!("{} has no up.sql", path.display())),
        }
    }
    found.migrations.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(found)
}

fn migration(folder: &Path) -> Result<Theirs, AdoptError> {
    let name = file_name(folder);
    let (version, words) = name.split_once('_').unwrap_or((&name, ""));
    let version = version.replace('-', "");
    let is_number = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    let path = folder.join("up.sql");
    let sql = without_mark(&read_text(&path)?).to_owned();
    Ok(Theirs {
        digits: is_number.then(|| version.clone()),
        words: words.to_owned(),
        key: version,
        path,
        line: 1,
        sql,
        outside: runs_outside(&folder.join("metadata.toml")),
        name,
        ..Theirs::default()
    })
}

/// What Diesel makes of a `metadata.toml`: a file that is none means nothing, and one without the
/// key turns the transaction off.
fn runs_outside(path: &Path) -> bool {
    let text = fs::read_to_string(path).ok();
    let Some(table) = text.and_then(|text| text.parse::<toml::Table>().ok()) else {
        return false;
    };
    match table.get("run_in_transaction") {
        None => true,
        Some(value) => value.as_bool().is_some_and(|inside| !inside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_text_without_dashes() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, file: &str, text: &str| {
            fs::create_dir_all(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join(file), text).unwrap();
        };
        write("00000000000000_diesel_initial_setup", "up.sql", "\u{feff}SELECT 1;");
        write("2023-01-02-000000_b", "up.sql", "");
        write("20230101000000_a x", "up.sql", "");
        write("2023-01-01-120000-0000_c", "up.sql", "");
        write("2023-01-01-120000-0000_c", "metadata.toml", "run_in_transaction = false");
        write("notes", "x.txt", "");
        write(".hidden", "up.sql", "");
        fs::write(folder.path().join("flat_up.sql"), "").unwrap();
        let found = read(folder.path(), &Options::default()).unwrap();
        let keys: Vec<_> = found.migrations.iter().map(|theirs| theirs.key.as_str()).collect();
        assert_eq!(
            keys,
            ["00000000000000", "20230101000000", "202301011200000000", "20230102000000"]
        );
        assert_eq!(found.migrations[0].sql, "SELECT 1;");
        assert!(found.migrations[2].outside && !found.migrations[1].outside);
        assert!(found.notes[0].contains("notes has no up.sql"));
    }

    #[test]
    fn metadata_means_what_it_means_to_diesel() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metadata.toml");
        assert!(!runs_outside(&path));
        for (text, outside) in [
            ("run_in_transaction = true", false),
            ("run_in_transaction = false", true),
            ("# nothing", true),
            ("run_in_transaction = 'no'", false),
            ("not toml", false),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(runs_outside(&path), outside, "{text}");
        }
    }
}
