//! Why a command ended otherwise than well.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use console::Style;
#[cfg(unix)]
use diesel_strata::server::ServerError;
use diesel_strata::{Error, SchemaError, SequenceError, SqlFailure};
use serde_json::{Value, json};
use strata_workshop::WorkshopError;

use crate::safe;
use crate::text::Text;

#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Engine(Error),
    #[error(transparent)]
    Adopt(#[from] strata_workshop::adopt::AdoptError),
    #[error(transparent)]
    Workshop(WorkshopError),
    /// The command cannot be meant as it was typed.
    #[error("{0}")]
    Usage(String),
    /// A check found something, and has said what.
    #[error("the check found something")]
    Found,
    /// The server is there, and the database is not.
    #[error(
        "there is no {target}; `database create` creates it, and so does `migrate --create` before \
         it migrates"
    )]
    NoDatabase { target: String },
    /// Others use a database that is to go.
    #[error(
        "{target} is in use: {sessions} session{} in it; end them, or have them ended with --force",
        if *sessions == 1 { " is" } else { "s are" }
    )]
    InUse { target: String, sessions: i64 },
    /// There are migrations, but not here.
    #[error(
        "there is no migrations folder here or above; below there {}: run in the folder above it, \
         or name it with --migrations-dir",
        are(below)
    )]
    FolderBelow { below: Vec<PathBuf> },
    /// A program that was run for the user has failed, and has said why.
    #[error("the program failed")]
    Program(u8),
    #[error("cannot {doing} {}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("{} is not valid: {message}", path.display())]
    Config { path: PathBuf, message: String },
}

impl CliError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            CliError::Usage(_) => 2,
            CliError::Program(code) => *code,
            CliError::Found | CliError::Engine(Error::Schema(SchemaError::Misfit { .. })) => 3,
            _ => 1,
        }
    }

    /// What went wrong, with what caused it, for people.
    pub(crate) fn text(&self) -> Text {
        let message = self.message();
        let lines = message.lines().map(marked);
        let causes = self.causes().into_iter().map(|cause| format!("caused by: {cause}").into());
        lines.chain(causes).reduce(|text, line| text + "\n" + line).unwrap_or_default()
    }

    /// The same for programs.
    pub(crate) fn json(&self) -> Value {
        let mut error = json!({ "message": self.message(), "exit_code": self.exit_code() });
        let causes = self.causes();
        if !causes.is_empty() {
            error["causes"] = causes.into();
        }
        if let CliError::Engine(Error::Sql(failure)) = self {
            add_failure(&mut error, failure);
        }
        error
    }

    fn message(&self) -> String {
        safe::clip(self.to_string().trim_end()).into_owned()
    }

    fn causes(&self) -> Vec<String> {
        let first = self.source();
        let causes = std::iter::successors(first, |cause: &&dyn StdError| (*cause).source());
        causes.map(|cause| safe::clip(cause.to_string().trim_end()).into_owned()).collect()
    }
}

/// A line of a message; where it shows a line of a file, the margin and the caret stand out.
fn marked(line: &str) -> Text {
    let margin = Style::new().blue().bold();
    if let Some(place) = line.trim_start().strip_prefix("-->") {
        let start = line.len() - place.len();
        return Text::fixed(&line[..start], margin) + place;
    }
    match line.split_once('|') {
        Some((number, source))
            if number.trim_start().chars().all(|c| c.is_ascii_digit() || c == ' ') =>
        {
            let is_caret = source.trim_start().starts_with('^') && number.trim().is_empty();
            let look = if is_caret { Style::new().red().bold() } else { Style::new() };
            Text::fixed(format!("{number}|"), margin) + Text::fixed(source, look)
        }
        _ => line.into(),
    }
}

fn are(paths: &[PathBuf]) -> String {
    let verb = if paths.len() == 1 { "is" } else { "are" };
    let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
    format!("{verb} {}", paths.join(", "))
}

fn add_failure(error: &mut Value, failure: &SqlFailure) {
    error["migration"] = failure.name.as_str().into();
    error["file"] = failure.file.display().to_string().into();
    if let Some(place) = &failure.place {
        error["line"] = place.position.line.into();
        error["column"] = place.position.column.into();
    }
    for (key, text) in [("detail", &failure.detail), ("hint", &failure.hint)] {
        if let Some(text) = text {
            error[key] = text.as_str().into();
        }
    }
}

impl From<WorkshopError> for CliError {
    fn from(error: WorkshopError) -> Self {
        match error {
            WorkshopError::Engine(error) => Self::Engine(error),
            error => Self::Workshop(error),
        }
    }
}

impl From<Error> for CliError {
    fn from(error: Error) -> Self {
        // How far a run came is said where it was shown.
        Self::Engine(error.into_cause())
    }
}

impl From<SchemaError> for CliError {
    fn from(error: SchemaError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<SequenceError> for CliError {
    fn from(error: SequenceError) -> Self {
        Self::Engine(error.into())
    }
}

#[cfg(unix)]
impl From<ServerError> for CliError {
    fn from(error: ServerError) -> Self {
        Self::Engine(error.into())
    }
}
