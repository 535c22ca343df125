//! Flyway: `V1_2__words.sql`, `R__words.sql`, `B5__words.sql`, `U1__words.sql`, in the folder and in
//! those below it; a checksum of the lines.

use std::cmp::Ordering;
use std::fs;
use std::path::{Path, PathBuf};

use crate::adopt::error::AdoptError;
use crate::adopt::flyway_version::{Version, repeatable_key};
use crate::adopt::options::Options;
use crate::adopt::read::variables;
use crate::adopt::theirs::{Found, Theirs, file_name, files, read_text, without_mark};

pub(super) fn read(folder: &Path, options: &Options) -> Result<Found, AdoptError> {
    let mut found = Found::default();
    let (mut problems, mut named) = (Vec::new(), Vec::new());
    for path in options.keep(files(folder, true)?) {
        let file = file_name(&path);
        let Some((stem, extension)) = file.rsplit_once('.') else { continue };
        match (Name::parse(stem), extension) {
            (Some(name), "sql") if name.kind != Kind::Undo => named.push((name, path)),
            (Some(name), "java" | "kt" | "class") if name.kind != Kind::Undo => {
                found.code.push(path);
            }
            (Some(_), "sql") | (_, "conf") => {}
            (None, "sql") => {
                found.notes.push(format!(
                    "{} is not carried over: {}",
                    path.display(),
                    other(stem)
                ));
            }
            _ => {}
        }
    }
    named.sort_by(|(a, _), (b, _)| a.order(b));
    for (name, path) in start_at_baseline(named, &mut found.notes) {
        match migration(&name, &path, options)? {
            Ok(theirs) => found.migrations.push(theirs),
            Err(problem) => problems.push(problem),
        }
    }
    match problems.is_empty() {
        true => Ok(found),
        false => Err(AdoptError::Refused { problems }),
    }
}

fn other(stem: &str) -> &'static str {
    let is_callback = ["before", "after"].iter().any(|start| stem.starts_with(start));
    match is_callback {
        true => "it is a callback, and nothing runs around a migration here",
        false => "its name is no migration's to Flyway",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Versioned,
    Baseline,
    Repeatable,
    Undo,
}

/// What a file's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    kind: Kind,
    version: Version,
    words: String,
    whole: String,
}

impl Name {
    fn parse(stem: &str) -> Option<Self> {
        let (front, words) = stem.split_once("__").unwrap_or((stem, ""));
        let mut rest = front.chars();
        let kind = match rest.next()? {
            'V' => Kind::Versioned,
            'B' => Kind::Baseline,
            'R' => Kind::Repeatable,
            'U' => Kind::Undo,
            _ => return None,
        };
        let version = match (kind, rest.as_str()) {
            (Kind::Repeatable, "") if !words.is_empty() => Version::default(),
            (Kind::Repeatable, _) => return None,
            (_, version) => Version::parse(version)?,
        };
        Some(Self { kind, version, words: words.to_owned(), whole: stem.to_owned() })
    }

    /// Versions first, then what is repeatable, by its words.
    fn order(&self, other: &Self) -> Ordering {
        let repeatable = |name: &Self| name.kind == Kind::Repeatable;
        let by_kind = repeatable(self).cmp(&repeatable(other));
        by_kind
            .then_with(|| self.version.cmp(&other.version))
            .then_with(|| self.words.cmp(&other.words))
    }

    fn key(&self) -> String {
        match self.kind {
            Kind::Repeatable => repeatable_key(&self.words.replace('_', " ")),
            _ => self.version.to_string(),
        }
    }
}

/// The migrations that a new database runs: with a baseline, that one and what is above it. What
/// it stands for is in databases that are older.
fn start_at_baseline(named: Vec<(Name, PathBuf)>, notes: &mut Vec<String>) -> Vec<(Name, PathBuf)> {
    let baselines = named.iter().filter(|(name, _)| name.kind == Kind::Baseline);
    let Some((baseline, _)) = baselines.max_by(|(a, _), (b, _)| a.version.cmp(&b.version)).cloned()
    else {
        return named;
    };
    notes.push(format!(
        "{} stands for the versions up to {}, as it does in a new database of Flyway's",
        baseline.whole, baseline.version
    ));
    let stays = |name: &Name| {
        *name == baseline
            || name.kind == Kind::Repeatable
            || (name.kind == Kind::Versioned && name.version > baseline.version)
    };
    named.into_iter().filter(|(name, _)| stays(name)).collect()
}

fn migration(
    name: &Name,
    path: &Path,
    options: &Options,
) -> Result<Result<Theirs, String>, AdoptError> {
    let text = read_text(path)?;
    let raw = without_mark(&text);
    let (sql, missing) = fill(raw, path, options);
    if !missing.is_empty() {
        return Ok(Err(variables::missing(&path.display().to_string(), &missing)));
    }
    let mut notes = Vec::new();
    if sql != raw {
        notes.push("its ${…} are filled in".to_owned());
    }
    if name.kind == Kind::Repeatable {
        notes.push("runs once from now on; a change of it is a new migration".to_owned());
    }
    let digits = name.version.digits().filter(|_| name.kind != Kind::Repeatable);
    // As they wrote it, zeros in front included.
    let written = name.whole[1..]
        .split("__")
        .next()
        .filter(|written| digits.is_some() && !written.contains(['.', '_']));
    Ok(Ok(Theirs {
        name: name.whole.clone(),
        digits: written.map(str::to_owned).or(digits),
        words: name.words.clone(),
        path: path.to_owned(),
        line: 1,
        outside: runs_outside(path),
        key: name.key(),
        checksums: [raw, &sql].map(checksum).into(),
        sql,
        notes,
        stands_for: match name.kind {
            Kind::Baseline => vec![name.version.to_string()],
            _ => Vec::new(),
        },
    }))
}

/// `executeInTransaction=false` of the file's own settings, `V1__x.sql.conf`.
fn runs_outside(path: &Path) -> bool {
    let mut settings = path.as_os_str().to_owned();
    settings.push(".conf");
    let text = fs::read_to_string(settings).unwrap_or_default();
    text.lines().filter_map(|line| line.split_once('=')).any(|(key, value)| {
        key.trim().eq_ignore_ascii_case("executeInTransaction")
            && value.trim().eq_ignore_ascii_case("false")
    })
}

/// `text` with its `${name}` filled. Those of Flyway's own that a migration's effect may depend on
/// have to be given as well.
fn fill(text: &str, path: &Path, options: &Options) -> (String, Vec<String>) {
    // A dollar quote's tag cannot have a brace, so that this is never one.
    variables::fill(text, r"\$\{([^{}\s]+)\}", |found| {
        let name = found.get(1).map_or("", |name| name.as_str());
        if name == "flyway:filename" {
            return Ok(file_name(path));
        }
        let variable = format!("FLYWAY_PLACEHOLDERS_{}", name.to_ascii_uppercase());
        let value = variables::value(name, options);
        let value = value.or_else(|| variables::value(&variable, options));
        value.ok_or_else(|| name.to_owned())
    })
}

/// CRC-32 of the lines, without their ends, as a signed number.
fn checksum(text: &str) -> String {
    let mut hasher = crc32fast::Hasher::new();
    for line in text.split("\r\n").flat_map(|part| part.split(['\n', '\r'])) {
        hasher.update(line.as_bytes());
    }
    hasher.finalize().cast_signed().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn names(files: &[(&str, &str)]) -> Vec<String> {
        let found = read(folder(files).path(), &Options::default()).unwrap();
        found.migrations.into_iter().map(|theirs| theirs.name).collect()
    }

    #[test]
    fn versions_are_compared_part_by_part_and_what_is_repeatable_comes_last() {
        let files = [
            ("V1.10__d.sql", ""),
            ("V1_9__c.sql", ""),
            ("more/V1__a.sql", ""),
            ("V01.01__b.sql", ""),
            ("R__B_view.sql", ""),
            ("R__A_view.sql", ""),
            ("U1__a.sql", ""),
            ("V20240101000000__e.sql", ""),
        ];
        assert_eq!(
            names(&files),
            [
                "V1__a",
                "V01.01__b",
                "V1_9__c",
                "V1.10__d",
                "V20240101000000__e",
                "R__A_view",
                "R__B_view"
            ]
        );
    }

    #[test]
    fn a_baseline_stands_for_what_is_below_it() {
        let files = [("V1__a.sql", ""), ("V2__b.sql", ""), ("B2__base.sql", ""), ("V3__c.sql", "")];
        assert_eq!(names(&files), ["B2__base", "V3__c"]);
    }

    #[test]
    fn what_is_no_migration_is_said_and_code_is_set_apart() {
        let files = [
            ("afterMigrate.sql", ""),
            ("notes.sql", ""),
            ("V1__a.sql", "VACUUM"),
            ("V1__a.sql.conf", "executeInTransaction = false\n"),
            ("V2__b.java", ""),
        ];
        let found = read(folder(&files).path(), &Options::default()).unwrap();
        assert!(found.migrations[0].outside);
        assert_eq!((found.notes.len(), found.code.len()), (2, 1));
        assert!(found.notes[0].contains("callback"));
    }

    #[test]
    fn placeholders_are_filled_and_missing_ones_said() {
        let folder =
            folder(&[("V1__a.sql", "CREATE TABLE ${table_name} (); -- ${flyway:filename}")]);
        let error = read(folder.path(), &Options::default()).unwrap_err().to_string();
        assert!(error.contains("--placeholder table_name=…"), "{error}");
        let given = ("table_name".to_owned(), "é".to_owned());
        let options = Options { placeholders: vec![given], ..Options::default() };
        let found = read(folder.path(), &options).unwrap();
        assert_eq!(found.migrations[0].sql, "CREATE TABLE é (); -- V1__a.sql");
    }

    #[test]
    fn a_checksum_is_that_of_the_lines_alone() {
        // The check value of CRC-32: that of "123456789".
        assert_eq!(checksum("1234\r\n56\n7\r89"), 0xCBF4_3926_u32.cast_signed().to_string());
        assert_eq!(checksum("a\nb\n"), checksum("a\r\nb"));
    }
}
