//! sqlx: `VERSION_words.sql`, or `VERSION_words.up.sql` beside `.down.sql`; a checksum of the
//! whole file.

use std::path::Path;

use sha2::{Digest, Sha384};

use crate::adopt::error::AdoptError;
use crate::adopt::options::Options;
use crate::adopt::theirs::{
    Found, Theirs, entries, file_name, leading_digits, read_text, without_mark,
};

pub(super) fn read(folder: &Path, options: &Options) -> Result<Found, AdoptError> {
    let mut found = Found::default();
    for path in options.keep(entries(folder)?) {
        let name = file_name(&path);
        match parts(&name) {
            _ if path.is_dir() => {}
            Some((version, words)) => found.migrations.push(migration(&path, version, words)?),
            None if name.ends_with(".sql") && !name.ends_with(".down.sql") => {
                found.notes.push(format!("{} is no migration to sqlx", path.display()));
            }
            None => {}
        }
    }
    found.migrations.sort_by_key(|theirs| theirs.key.parse::<u64>().unwrap_or_default());
    Ok(found)
}

/// The digits and the words of an up migration's file name.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (digits, rest) = leading_digits(name)?;
    let words = rest.strip_prefix('_')?.strip_suffix(".sql")?;
    let up = words.strip_suffix(".up").unwrap_or(words);
    (!words.ends_with(".down")).then_some((digits, up))
}

fn migration(path: &Path, digits: &str, words: &str) -> Result<Theirs, AdoptError> {
    let text = read_text(path)?;
    let version: i64 = digits.parse().map_err(|_| AdoptError::Refused {
        problems: vec![format!("{}: its number is too large for sqlx", path.display())],
    })?;
    Ok(Theirs {
        name: format!("{digits}_{words}"),
        digits: Some(digits.to_owned()),
        words: words.to_owned(),
        path: path.to_owned(),
        line: 1,
        outside: text.starts_with("-- no-transaction"),
        key: version.to_string(),
        checksums: checksums(&text),
        sql: without_mark(&text).to_owned(),
        ..Theirs::default()
    })
}

/// The checksum of the file as it is, and as it is with the line ends of another system.
fn checksums(text: &str) -> Vec<String> {
    let unix = text.replace("\r\n", "\n");
    let windows = unix.replace('\n', "\r\n");
    [text, &unix, &windows].map(checksum).into()
}

fn checksum(text: &str) -> String {
    Sha384::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn up_halves_are_read_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("10_ten.sql", "-- no-transaction\nVACUUM;"),
            ("9_nine words.up.sql", "SELECT 9;"),
            ("9_nine words.down.sql", "SELECT 0;"),
            ("02_two.sql", ""),
            ("notes.sql", ""),
            ("README.md", ""),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::create_dir(folder.path().join("3_folder.sql")).unwrap();
        let found = read(folder.path(), &Options::default()).unwrap();
        let names: Vec<_> = found.migrations.iter().map(|theirs| theirs.name.as_str()).collect();
        assert_eq!(names, ["02_two", "9_nine words", "10_ten"]);
        assert!(found.migrations[2].outside && !found.migrations[1].outside);
        assert_eq!(found.migrations[0].key, "2");
        assert_eq!(found.notes.len(), 1);
    }

    #[test]
    fn a_checksum_is_sha_384_of_the_whole_file() {
        let empty = "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b";
        assert_eq!(checksum(""), empty);
        let both = checksums("a\r\nb");
        assert_eq!(both[1], checksum("a\nb"));
        assert_eq!(both[2], both[0]);
    }
}
