//! refinery: `V1__words.sql`, or `U1__words.sql`, in the folder and in those below it; a checksum
//! of name, number and text.

use std::hash::{Hash, Hasher};
use std::path::Path;

use siphasher::sip::SipHasher13;

use crate::adopt::error::AdoptError;
use crate::adopt::options::Options;
use crate::adopt::theirs::{
    Found, Theirs, file_name, files, leading_digits, read_text, without_mark,
};

pub(super) fn read(folder: &Path, options: &Options) -> Result<Found, AdoptError> {
    let mut found = Found::default();
    for path in options.keep(files(folder, true)?) {
        let name = file_name(&path);
        let Some((stem, extension)) = name.rsplit_once('.') else { continue };
        let Some((digits, words)) = parts(stem) else { continue };
        match extension {
            "sql" => found.migrations.push(migration(&path, stem, digits, words)?),
            "rs" => found.code.push(path),
            _ => {}
        }
    }
    found.migrations.sort_by_key(|theirs| theirs.key.parse::<u64>().unwrap_or_default());
    Ok(found)
}

fn parts(stem: &str) -> Option<(&str, &str)> {
    let (digits, rest) = leading_digits(stem.strip_prefix(['V', 'v', 'U', 'u'])?)?;
    let words = rest.strip_prefix("__")?;
    (!words.is_empty()).then_some((digits, words))
}

fn migration(path: &Path, stem: &str, digits: &str, words: &str) -> Result<Theirs, AdoptError> {
    let text = read_text(path)?;
    let version: i64 = digits.parse().map_err(|_| AdoptError::Refused {
        problems: vec![format!("{}: its number is too large for refinery", path.display())],
    })?;
    Ok(Theirs {
        name: stem.to_owned(),
        digits: Some(digits.to_owned()),
        words: words.to_owned(),
        path: path.to_owned(),
        line: 1,
        outside: text.lines().any(is_no_transaction),
        key: version.to_string(),
        checksums: checksums(words, version, &text),
        sql: without_mark(&text).to_owned(),
        ..Theirs::default()
    })
}

fn is_no_transaction(line: &str) -> bool {
    let comment = line.trim_start_matches('-');
    line.len() - comment.len() >= 2 && comment.trim() == "refinery:noTransaction"
}

/// The checksums of a file as it is and with the line ends of another system; its number counts
/// with 32 bits, or with 64 where refinery was built so.
fn checksums(name: &str, version: i64, text: &str) -> Vec<String> {
    let unix = text.replace("\r\n", "\n");
    let windows = unix.replace('\n', "\r\n");
    let texts = [text, &unix, &windows];
    let short = i32::try_from(version).ok();
    let with_short = texts.iter().filter_map(|text| Some(checksum(name, short?, text)));
    with_short.chain(texts.iter().map(|text| checksum(name, version, text))).collect()
}

fn checksum(name: &str, version: impl Hash, text: &str) -> String {
    let mut hasher = SipHasher13::new();
    name.hash(&mut hasher);
    version.hash(&mut hasher);
    text.hash(&mut hasher);
    hasher.finish().to_string()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn both_prefixes_are_read_below_too_and_code_is_set_apart() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("more")).unwrap();
        for (name, text) in [
            ("V10__ten.sql", "-- refinery:noTransaction\nVACUUM;"),
            ("more/v2__two.sql", "SELECT 2;"),
            ("U3__three.sql", "SELECT 3;"),
            ("V4__four.rs", ""),
            ("V5_five.sql", ""),
            ("mod.rs", ""),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let found = read(folder.path(), &Options::default()).unwrap();
        let names: Vec<_> = found.migrations.iter().map(|theirs| theirs.name.as_str()).collect();
        assert_eq!(names, ["v2__two", "U3__three", "V10__ten"]);
        assert!(found.migrations[2].outside && !found.migrations[0].outside);
        assert_eq!(found.code.len(), 1);
    }
}
