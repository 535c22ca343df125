//! dbmate: `VERSION_words.sql` with `-- migrate:up` and `-- migrate:down`; its order is that of
//! the files' names.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use crate::adopt::error::AdoptError;
use crate::adopt::options::Options;
use crate::adopt::read::variables;
use crate::adopt::theirs::{
    Found, Theirs, entries, file_name, leading_digits, line_at, read_text, without_mark,
};

static UP: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^--[ \t]*migrate:up\b([^\n]*)\n?").ok());
static DOWN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?m)^--[ \t]*migrate:down\b").ok());

pub(super) fn read(folder: &Path, options: &Options) -> Result<Found, AdoptError> {
    let mut found = Found::default();
    let mut problems = Vec::new();
    for path in options.keep(entries(folder)?) {
        let name = file_name(&path);
        let Some((digits, rest)) = leading_digits(&name) else { continue };
        let Some(words) = rest.strip_suffix(".sql").filter(|_| path.is_file()) else { continue };
        match migration(&path, digits, words.trim_start_matches('_'), options)? {
            Ok(theirs) => found.migrations.push(theirs),
            Err(problem) => problems.push(problem),
        }
    }
    match problems.is_empty() {
        true => Ok(found),
        false => Err(AdoptError::Refused { problems }),
    }
}

fn migration(
    path: &Path,
    digits: &str,
    words: &str,
    options: &Options,
) -> Result<Result<Theirs, String>, AdoptError> {
    let text = read_text(path)?;
    let text = without_mark(&text);
    let shown = path.display();
    let Some((up, marks)) = UP.as_ref().and_then(|up| {
        let found = up.captures(text)?;
        Some((found.get(0)?.range(), found.get(1)?.as_str().trim()))
    }) else {
        return Ok(Err(format!("{shown} has no `-- migrate:up`; add it, or leave the file out")));
    };
    let down = DOWN.as_ref().and_then(|down| down.find_at(text, up.end));
    let body = &text[up.end..down.map_or(text.len(), |down| down.start())];
    let (sql, missing) = fill(body, marks, options);
    if !missing.is_empty() {
        return Ok(Err(variables::missing(&shown.to_string(), &missing)));
    }
    let notes = (sql != body).then(|| "its {{ … }} are filled in".to_owned());
    // What stands above the mark is comments, which say what the file is for.
    let above = text[..up.start].trim();
    let gap = if above.is_empty() { "" } else { "\n\n" };
    Ok(Ok(Theirs {
        name: format!("{digits}_{words}"),
        digits: Some(digits.to_owned()),
        words: words.to_owned(),
        path: path.to_owned(),
        line: line_at(text, up.end).saturating_sub(above.lines().count()),
        sql: format!("{above}{gap}{}\n", sql.trim()),
        outside: marks.split_whitespace().any(|mark| mark == "transaction:false"),
        key: digits.to_owned(),
        notes: notes.into_iter().collect(),
        ..Theirs::default()
    }))
}

/// `body` with `{{ .NAME }}` filled for the names that `marks` declare as `env:NAME`.
fn fill(body: &str, marks: &str, options: &Options) -> (String, Vec<String>) {
    let declared: Vec<_> =
        marks.split_whitespace().filter_map(|m| m.strip_prefix("env:")).collect();
    if declared.is_empty() {
        return (body.to_owned(), Vec::new());
    }
    variables::fill(body, r#"\{\{-?\s*(?:\.(\w+)|or\s+\.(\w+)\s+"([^"]*)")\s*-?\}\}"#, |found| {
        let name = found.get(1).or(found.get(2)).map_or("", |name| name.as_str());
        let default = found.get(3).map(|default| default.as_str().to_owned());
        let value = declared.contains(&name).then(|| variables::value(name, options)).flatten();
        value.or(default).ok_or_else(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read_one(text: &str, options: &Options) -> Result<Theirs, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("20240101000000_é.sql"), text).unwrap();
        let found = read(folder.path(), options).map_err(|error| error.to_string())?;
        Ok(found.migrations.into_iter().next().unwrap())
    }

    #[test]
    fn the_up_half_is_what_stands_between_the_marks() {
        let text = "-- Why.\n-- migrate:up transaction:false\r\nVACUUM;\r\n\n-- migrate:down\nDROP";
        let theirs = read_one(text, &Options::default()).unwrap();
        assert_eq!(theirs.sql, "-- Why.\n\nVACUUM;\n");
        assert!(theirs.outside);
        assert_eq!((theirs.key.as_str(), theirs.words.as_str()), ("20240101000000", "é"));
        let theirs = read_one("--migrate:up\nSELECT 1", &Options::default()).unwrap();
        assert_eq!((theirs.sql.as_str(), theirs.outside), ("SELECT 1\n", false));
        assert!(read_one("SELECT 1;", &Options::default()).unwrap_err().contains("migrate:up"));
    }

    #[test]
    fn files_come_in_the_order_of_their_names() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["10_b.sql", "9_a.sql", "1.sql", "x.sql"] {
            fs::write(folder.path().join(name), "-- migrate:up\nSELECT 1").unwrap();
        }
        let found = read(folder.path(), &Options::default()).unwrap();
        let keys: Vec<_> = found.migrations.iter().map(|theirs| theirs.key.as_str()).collect();
        assert_eq!(keys, ["1", "10", "9"]);
    }

    #[test]
    fn declared_variables_are_filled_and_missing_ones_said() {
        let text = "-- migrate:up env:STRATA_NO_SUCH\nCREATE ROLE {{ .STRATA_NO_SUCH }};";
        let error = read_one(text, &Options::default()).unwrap_err();
        assert!(error.contains("--placeholder STRATA_NO_SUCH=…"), "{error}");
        let given = ("STRATA_NO_SUCH".to_owned(), "app".to_owned());
        let options = Options { placeholders: vec![given], ..Options::default() };
        assert_eq!(read_one(text, &options).unwrap().sql, "CREATE ROLE app;\n");
    }
}
