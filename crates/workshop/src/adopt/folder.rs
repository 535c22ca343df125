//! Our folder, written from theirs.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use strata_sequence::{MigrationName, SequenceError, list_folder};

use crate::adopt::body::{Body, Of, convert, without_psql};
use crate::adopt::carried::{Settings, after, needed};
use crate::adopt::error::AdoptError;
use crate::adopt::number::{Numbering, names};
use crate::adopt::options::Options;
use crate::adopt::read::read;
use crate::adopt::theirs::Theirs;
use crate::adopt::tool::Tool;

/// What becomes of another tool's folder.
#[derive(Debug)]
pub struct Folder {
    /// Whose it is.
    pub tool: Tool,
    /// The migrations, in order.
    pub migrations: Vec<Ours>,
    /// What became of the numbers.
    pub numbering: Numbering,
    /// What is worth knowing of the folder as a whole.
    pub notes: Vec<String>,
    /// The name of the tool's ledger, as far as it was given.
    pub(crate) ledger: Option<String>,
}

/// A migration of ours that was one of theirs.
#[derive(Debug)]
pub struct Ours {
    /// Its name.
    pub name: MigrationName,
    /// The whole text of its file.
    pub text: String,
    /// Whether it runs outside a transaction.
    pub no_transaction: bool,
    /// What was changed, and why.
    pub notes: Vec<String>,
    pub(crate) theirs: Theirs,
}

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// How many files are new.
    pub new: usize,
    /// How many were there already, the same to the byte.
    pub unchanged: usize,
}

impl Folder {
    /// What becomes of the migrations of `tool`'s in `folder`. Nothing is written.
    ///
    /// # Errors
    ///
    /// There are none, or some cannot be carried over: each is named, with what to do.
    pub fn read(tool: Tool, folder: &Path, options: &Options) -> Result<Self, AdoptError> {
        let found = read(tool, folder, options)?;
        let (numbering, names) = names(&found.migrations);
        let ledger = plain_name(tool, options.ledger.as_deref());
        let mut settings = Settings::new();
        let (mut migrations, mut problems) = (Vec::new(), Vec::new());
        for (theirs, name) in found.migrations.into_iter().zip(names) {
            // What cannot be read as SQL is refused below.
            let plain = without_psql(&theirs.sql, &mut Vec::new()).unwrap_or_default();
            let left = after(&plain, &settings);
            problems.extend(marks_of_another(tool, &theirs));
            let of = Of { tool, ledger, outside: theirs.outside };
            match convert(&theirs.sql, of) {
                Ok(body) => migrations.push(Ours::new(name, theirs, body, &settings)),
                Err((position, problem)) => {
                    let line = position.line + theirs.line - 1;
                    problems.push(format!("{}:{line}: {problem}", theirs.path.display()));
                }
            }
            if tool.keeps_settings() {
                settings = left;
            }
        }
        match problems.is_empty() {
            true => Ok(Self {
                tool,
                migrations,
                numbering,
                notes: found.notes,
                ledger: options.ledger.clone(),
            }),
            false => Err(AdoptError::Refused { problems }),
        }
    }

    /// The name of the tool's ledger, without a schema.
    pub(crate) fn ledger_name(&self) -> &str {
        plain_name(self.tool, self.ledger.as_deref())
    }

    /// Writes the migrations into `folder`, which is created where it does not exist. A file that
    /// is there already stays as it is.
    ///
    /// # Errors
    ///
    /// A file or a number is taken by something else, and nothing was written; or a file cannot be
    /// written.
    pub fn write(&self, folder: &Path) -> Result<Written, AdoptError> {
        let new = self.check(folder)?;
        fs::create_dir_all(folder).map_err(AdoptError::io("create", folder))?;
        for ours in &new {
            let path = folder.join(ours.file());
            let file = OpenOptions::new().create_new(true).write(true).open(&path);
            let mut file = file.map_err(AdoptError::io("create", &path))?;
            file.write_all(ours.text.as_bytes()).map_err(AdoptError::io("write", &path))?;
        }
        Ok(Written { new: new.len(), unchanged: self.migrations.len() - new.len() })
    }

    /// The migrations that `folder` does not have yet.
    ///
    /// # Errors
    ///
    /// A file or a number is taken by something else.
    pub fn check(&self, folder: &Path) -> Result<Vec<&Ours>, AdoptError> {
        let there = match list_folder(folder) {
            // Diesel's folders may lie beside our files, and come first.
            Err(SequenceError::NoFolder { .. } | SequenceError::OtherTool { .. }) => Vec::new(),
            files => files?,
        };
        let mut new = Vec::new();
        for ours in &self.migrations {
            let path = folder.join(ours.file());
            let number = ours.name.number();
            match there.iter().find(|file| file.name.number() == number) {
                None => new.push(ours),
                Some(file) if file.path == path => ours.is_in(&path)?,
                Some(file) => {
                    let (name, path) = (ours.name.to_string(), file.path.clone());
                    return Err(AdoptError::Taken { number, name, path });
                }
            }
        }
        Ok(new)
    }
}

fn plain_name(tool: Tool, given: Option<&str>) -> &str {
    let ledger = given.unwrap_or(tool.table());
    ledger.rsplit('.').next().unwrap_or(ledger)
}

impl Ours {
    fn new(name: MigrationName, theirs: Theirs, body: Body, settings: &Settings) -> Self {
        let mut notes = theirs.notes.clone();
        notes.extend(body.notes);
        let carried = needed(&body.text, settings);
        if !carried.is_empty() {
            notes.push(format!("an earlier file left set for it: {}", carried.join("; ")));
        }
        let mut text = String::new();
        if body.no_transaction {
            text.push_str("-- strata: no-transaction\n");
        }
        if let Some(former) = former(&name, &theirs) {
            text.push_str(&format!("-- strata: formerly {former}\n"));
        }
        text.push_str(&with_settings(&body.text, &carried));
        Self { name, text, no_transaction: body.no_transaction, notes, theirs }
    }

    /// The name of its file.
    pub fn file(&self) -> PathBuf {
        format!("{}.sql", self.name).into()
    }

    /// What its tool calls it.
    pub fn formerly(&self) -> &str {
        &self.theirs.name
    }

    fn is_in(&self, path: &Path) -> Result<(), AdoptError> {
        let there = fs::read(path).map_err(AdoptError::io("read", path))?;
        match there == self.text.as_bytes() {
            true => Ok(()),
            false => Err(AdoptError::Exists { path: path.to_owned() }),
        }
    }
}

/// What tells that a file is another tool's.
fn marks_of_another(tool: Tool, theirs: &Theirs) -> Option<String> {
    let marks = [(Tool::Goose, "-- +goose up"), (Tool::Dbmate, "-- migrate:up")];
    let lines = || theirs.sql.lines().map(|line| line.trim_end().to_ascii_lowercase());
    let marked = |mark: &str| lines().any(|line| line.starts_with(mark));
    let (other, _) = marks.into_iter().find(|(other, mark)| *other != tool && marked(mark))?;
    Some(format!("{}: has the marks of {other}; adopt {other}", theirs.path.display()))
}

/// The name that it had, where its number is another now.
fn former(name: &MigrationName, theirs: &Theirs) -> Option<String> {
    let number = theirs.digits.as_ref().and_then(|digits| digits.parse().ok());
    let is_one_name = !theirs.name.contains([',', '=', '+', '\n']) && theirs.name != name.as_str();
    (number != Some(name.number()) && is_one_name).then(|| theirs.name.clone())
}

/// `text` with the statements `carried` between its leading comment and the rest.
fn with_settings(text: &str, carried: &[String]) -> String {
    if carried.is_empty() {
        return text.to_owned();
    }
    let is_comment = |line: &&str| line.trim().is_empty() || line.trim_start().starts_with("--");
    let comment: usize = text.split_inclusive('\n').take_while(is_comment).map(str::len).sum();
    let (comment, rest) = text.split_at(comment);
    format!("{comment}-- Left set by an earlier migration.\n{};\n\n{rest}", carried.join(";\n"))
}
