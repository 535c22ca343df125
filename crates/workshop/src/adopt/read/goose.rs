//! goose: `VERSION_words.sql` with `-- +goose Up` and `-- +goose Down`, and blocks between
//! `StatementBegin` and `StatementEnd`.

use std::path::Path;

use crate::adopt::error::AdoptError;
use crate::adopt::options::Options;
use crate::adopt::read::variables;
use crate::adopt::theirs::{
    Found, Theirs, entries, file_name, leading_digits, read_text, without_mark,
};

pub(super) fn read(folder: &Path, options: &Options) -> Result<Found, AdoptError> {
    let mut found = Found::default();
    let mut problems = Vec::new();
    for path in options.keep(entries(folder)?) {
        let name = file_name(&path);
        let Some((digits, words, extension)) = parts(&name).filter(|_| path.is_file()) else {
            continue;
        };
        match extension {
            "go" if !name.ends_with("_test.go") => found.code.push(path),
            "sql" => match migration(&path, digits, words, options)? {
                Ok(theirs) => found.migrations.push(theirs),
                Err(problem) => problems.push(problem),
            },
            _ => {}
        }
    }
    found.migrations.sort_by_key(|theirs| theirs.key.parse::<u64>().unwrap_or_default());
    match problems.is_empty() {
        true => Ok(found),
        false => Err(AdoptError::Refused { problems }),
    }
}

fn parts(name: &str) -> Option<(&str, &str, &str)> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (digits, rest) = leading_digits(stem)?;
    Some((digits, rest.strip_prefix('_')?, extension))
}

fn migration(
    path: &Path,
    digits: &str,
    words: &str,
    options: &Options,
) -> Result<Result<Theirs, String>, AdoptError> {
    let text = read_text(path)?;
    let shown = path.display();
    let Ok(version) = digits.parse::<i64>() else {
        return Ok(Err(format!("{shown}: its number is too large for goose")));
    };
    let mut up = Up::default();
    for (index, line) in without_mark(&text).split_inclusive('\n').enumerate() {
        up.read(index + 1, line, options);
    }
    if !up.begun {
        return Ok(Err(format!("{shown} has no `-- +goose Up`; add it, or leave the file out")));
    }
    if !up.missing.is_empty() {
        return Ok(Err(variables::missing(&shown.to_string(), &up.missing)));
    }
    let above = up.above.trim();
    let gap = if above.is_empty() { "" } else { "\n\n" };
    Ok(Ok(Theirs {
        name: format!("{digits}_{words}"),
        digits: Some(digits.to_owned()),
        words: words.to_owned(),
        path: path.to_owned(),
        line: up.line,
        sql: format!("{above}{gap}{}\n", up.sql.trim()),
        outside: up.outside,
        key: version.to_string(),
        notes: up.filled.then(|| "its ${…} are filled in".to_owned()).into_iter().collect(),
        ..Theirs::default()
    }))
}

/// The up half of a file, as it is read.
#[derive(Default)]
struct Up {
    begun: bool,
    over: bool,
    outside: bool,
    fills: bool,
    filled: bool,
    missing: Vec<String>,
    /// What stands before the half: comments.
    above: String,
    line: usize,
    sql: String,
    /// Where in `sql` a block began.
    block: Option<usize>,
}

impl Up {
    fn read(&mut self, number: usize, line: &str, options: &Options) {
        match annotation(line).as_deref() {
            Some("UP") => (self.begun, self.line) = (true, number + 1),
            Some("DOWN") => self.over = true,
            Some("NO TRANSACTION") => self.outside = true,
            Some("ENVSUB ON" | "ENVSUBST ON") => self.fills = true,
            Some("ENVSUB OFF" | "ENVSUBST OFF") => self.fills = false,
            Some("STATEMENTBEGIN") if self.is_up() => self.block = Some(self.sql.len()),
            Some("STATEMENTEND") if self.is_up() => self.end_block(),
            Some(_) => {}
            None if self.is_up() => self.push(line, options),
            None if !self.begun && line.trim_start().starts_with("--") => self.above.push_str(line),
            None => {}
        }
    }

    fn is_up(&self) -> bool {
        self.begun && !self.over
    }

    fn push(&mut self, line: &str, options: &Options) {
        if !self.fills {
            return self.sql.push_str(line);
        }
        let (text, missing) = fill(line, options);
        self.filled |= text != line;
        self.sql.push_str(&text);
        self.missing.extend(missing);
    }

    /// A block is a statement, with a semicolon or without.
    fn end_block(&mut self) {
        let Some(start) = self.block.take() else { return };
        let last = self.sql[start..].lines().rfind(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with("--")
        });
        if last.is_some_and(|last| !last.trim_end().ends_with(';')) {
            self.sql.push_str(";\n");
        }
    }
}

/// What follows `-- +goose`, in upper case.
fn annotation(line: &str) -> Option<String> {
    let comment = line.strip_prefix("--")?.trim();
    let (mark, rest) = comment.split_once(char::is_whitespace)?;
    let words: Vec<_> = rest.split_whitespace().map(str::to_ascii_uppercase).collect();
    (mark == "+goose").then(|| words.join(" "))
}

/// `text` with `$NAME`, `${NAME}` and `${NAME:-default}` filled.
fn fill(text: &str, options: &Options) -> (String, Vec<String>) {
    variables::fill(text, r"\$\{(\w+)(?::?-([^}]*))?\}|\$([A-Za-z_]\w*)", |found| {
        let name = found.get(1).or(found.get(3)).map_or("", |name| name.as_str());
        let default = found.get(2).map(|default| default.as_str().to_owned());
        variables::value(name, options).or(default).ok_or_else(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read_one(text: &str) -> Result<Theirs, String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("00001_é x.sql"), text).unwrap();
        let found = read(folder.path(), &Options::default()).map_err(|error| error.to_string())?;
        Ok(found.migrations.into_iter().next().unwrap())
    }

    #[test]
    fn the_up_half_is_read_and_a_block_ends_with_a_semicolon() {
        let theirs = read_one(
            "-- Why.\n-- +goose NO TRANSACTION\n-- +goose Up\r\nSELECT 1;\n\
             -- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql\n\
             -- +goose StatementEnd\n-- +goose statementbegin\nDO $$ BEGIN END $$;\n-- x\n\
             -- +goose StatementEnd\nSELECT 2;\n-- +goose Down\nDROP FUNCTION f;\n",
        )
        .unwrap();
        assert_eq!(
            theirs.sql,
            "-- Why.\n\nSELECT 1;\n\
             CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql\n;\n\
             DO $$ BEGIN END $$;\n-- x\nSELECT 2;\n"
        );
        assert!(theirs.outside);
        assert_eq!((theirs.key.as_str(), theirs.words.as_str()), ("1", "é x"));
        assert!(read_one("SELECT 1;").unwrap_err().contains("+goose Up"));
    }

    #[test]
    fn variables_are_filled_only_where_that_is_on() {
        let text = "-- +goose Up\nSELECT '${A:-b}';\n-- +goose ENVSUB ON\nSELECT '${STRATA_NO:-é}';\n\
                    -- +goose ENVSUB OFF\nSELECT $1;\n";
        let theirs = read_one(text).unwrap();
        assert_eq!(theirs.sql, "SELECT '${A:-b}';\nSELECT 'é';\nSELECT $1;\n");
        let error = read_one("-- +goose Up\n-- +goose ENVSUB ON\nSELECT '${STRATA_NO}';\n");
        assert!(error.unwrap_err().contains("--placeholder STRATA_NO=…"));
    }

    #[test]
    fn code_is_set_apart() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["00002_b.go", "00003_c_test.go", "00001_a.sql", "main.go", "x.sql"] {
            fs::write(folder.path().join(name), "-- +goose Up\nSELECT 1;").unwrap();
        }
        let found = read(folder.path(), &Options::default()).unwrap();
        assert_eq!((found.migrations.len(), found.code.len()), (1, 1));
    }
}
