//! The files of a folder, those that break a rule of the sequence included.

use std::fs;
use std::path::{Path, PathBuf};

use strata_sequence::{
    Header, Kind, MigrationName, SequenceError, list_folder, parse_header, sql_problems,
};
use strata_sql::Position;

use super::finding::Finding;
use super::way::Way;

/// A migration's file and its text.
#[derive(Debug)]
pub(crate) struct File {
    pub name: MigrationName,
    pub kind: Kind,
    pub path: PathBuf,
    /// Without a byte order mark.
    pub text: String,
    pub header: Header,
}

impl File {
    /// A finding at `position`.
    pub(crate) fn finding(
        &self,
        position: Position,
        rule: &'static str,
        message: String,
        way: Option<Way>,
    ) -> Finding {
        let line = position.line_of(&self.text).to_owned();
        Finding { file: self.path.clone(), position, line, rule, message, way }
    }

    /// What [`strata_sequence`] would refuse in its text, and at which offsets.
    pub(crate) fn refusals(&self) -> Vec<Finding> {
        if self.kind == Kind::Rust {
            return Vec::new();
        }
        let problems = sql_problems(&self.text, &self.header).into_iter();
        problems
            .map(|(position, problem)| {
                let rule = rule_of(&problem);
                self.finding(position, rule, problem.to_string(), None)
            })
            .collect()
    }
}

fn rule_of(problem: &strata_sequence::Problem) -> &'static str {
    use strata_sequence::Problem;
    match problem {
        Problem::NeedsNoTransaction { .. } => "ban-concurrent-index-creation-in-transaction",
        Problem::TransactionControl { .. } | Problem::TransactionControlOutside { .. } => {
            "transaction-nesting"
        }
        _ => "refused",
    }
}

/// A folder as far as it can be read.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// In the order in which they run.
    pub files: Vec<File>,
    /// What is wrong with the rest.
    pub refused: Vec<Finding>,
}

impl Folder {
    /// Reads the folder at `path`.
    ///
    /// # Errors
    ///
    /// There is no such folder, or it cannot be read.
    pub(crate) fn read(path: &Path) -> Result<Self, SequenceError> {
        let mut folder = Self::default();
        match list_folder(path) {
            Ok(files) => {
                for file in files {
                    folder.add(file.name, file.kind, file.path);
                }
            }
            Err(error @ (SequenceError::NoFolder { .. } | SequenceError::Read { .. })) => {
                return Err(error);
            }
            Err(error) => {
                folder.refused.push(refusal(path, &error));
                folder.add_well_named(path);
            }
        }
        folder.files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(folder)
    }

    /// Adds what has a name of the sequence's, in a folder in which something has not.
    fn add_well_named(&mut self, path: &Path) {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()).filter(|path| path.is_file()) {
            let kind = match path.extension().and_then(|extension| extension.to_str()) {
                Some("sql") => Kind::Sql,
                Some("rs") => Kind::Rust,
                _ => continue,
            };
            let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
            if let Ok(name) = MigrationName::parse(stem) {
                self.add(name, kind, path.clone());
            }
        }
    }

    fn add(&mut self, name: MigrationName, kind: Kind, path: PathBuf) {
        match read(&path, kind) {
            Ok((text, header)) => self.files.push(File { name, kind, path, text, header }),
            Err(finding) => self.refused.push(*finding),
        }
    }
}

fn read(path: &Path, kind: Kind) -> Result<(String, Header), Box<Finding>> {
    let refused = |position: Position, line: &str, message: String| {
        let (file, line) = (path.to_owned(), line.to_owned());
        Box::new(Finding { file, position, line, rule: "refused", message, way: None })
    };
    let bytes = fs::read(path);
    let bytes = bytes.map_err(|error| refused(START, "", format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| refused(START, "", "it is not UTF-8 text; save it as UTF-8".to_owned()))?;
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    match parse_header(&text, kind) {
        Ok(header) => Ok((text, header)),
        Err((position, problem)) => {
            Err(refused(position, position.line_of(&text), problem.to_string()))
        }
    }
}

const START: Position = Position { line: 1, column: 1 };

fn refusal(folder: &Path, error: &SequenceError) -> Finding {
    let file: &Path = match error {
        SequenceError::Name { path, .. } | SequenceError::Duplicate { second: path, .. } => path,
        _ => folder,
    };
    let rule = match error {
        SequenceError::Duplicate { .. } => "migration-number-taken",
        _ => "refused",
    };
    Finding {
        file: file.to_owned(),
        position: START,
        line: String::new(),
        rule,
        message: error.to_string(),
        way: None,
    }
}
