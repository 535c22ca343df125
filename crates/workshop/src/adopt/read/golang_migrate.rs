//! golang-migrate: `VERSION_words.up.sql` beside `.down.sql`; the whole file is one message, and
//! no transaction is opened around it.

use std::path::Path;

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
            Some((digits, words)) => found.migrations.push(migration(&path, digits, words)?),
            None if name.ends_with(".sql") && !name.ends_with(".down.sql") => {
                found.notes.push(format!("{} is no migration to golang-migrate", path.display()));
            }
            None => {}
        }
    }
    found.migrations.sort_by_key(|theirs| theirs.key.parse::<u64>().unwrap_or_default());
    Ok(found)
}

fn parts(name: &str) -> Option<(&str, &str)> {
    let (digits, rest) = leading_digits(name)?;
    Some((digits, rest.strip_prefix('_')?.strip_suffix(".up.sql")?))
}

fn migration(path: &Path, digits: &str, words: &str) -> Result<Theirs, AdoptError> {
    let version: u64 = digits.parse().map_err(|_| AdoptError::Refused {
        problems: vec![format!("{}: its number is too large for golang-migrate", path.display())],
    })?;
    Ok(Theirs {
        name: format!("{digits}_{words}"),
        digits: Some(digits.to_owned()),
        words: words.to_owned(),
        path: path.to_owned(),
        line: 1,
        key: version.to_string(),
        sql: without_mark(&read_text(path)?).to_owned(),
        ..Theirs::default()
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn up_files_are_read_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["10_b.up.sql", "10_b.down.sql", "000009_a.up.sql", "x.sql", "1_c.sql"] {
            fs::write(folder.path().join(name), "SELECT 1").unwrap();
        }
        let found = read(folder.path(), &Options::default()).unwrap();
        let names: Vec<_> = found.migrations.iter().map(|theirs| theirs.name.as_str()).collect();
        assert_eq!(names, ["000009_a", "10_b"]);
        assert_eq!(found.migrations[0].key, "9");
        assert_eq!(found.notes.len(), 2);
    }
}
