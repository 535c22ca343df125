//! What can be wrong with a folder of migrations.

use std::io;
use std::path::PathBuf;

use strata_sql::Position;

use crate::Problem;

/// Why a folder, or a file in it, is not (part of) a sequence. Each message names the file and
/// ends with what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SequenceError {
    /// The folder or a file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// What was to be read.
        path: PathBuf,
        /// Why it could not.
        source: io::Error,
    },
    /// The folder does not exist.
    #[error(
        "there is no migrations folder at {}; create it with the first migration (`strata new \
         InitialSchema`), or name another folder",
        path.display()
    )]
    NoFolder {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The folder holds migrations, but another tool's.
    #[error(
        "{} holds migrations of {tool} ({}) and none of this tool; adopt them (`strata adopt`), or \
         name another folder",
        folder.display(), path.file_name().unwrap_or_default().to_string_lossy()
    )]
    OtherTool {
        /// The folder.
        folder: PathBuf,
        /// One of them.
        path: PathBuf,
        /// Whose it is.
        tool: &'static str,
    },
    /// What bears a migration's name is a device, a pipe or the like.
    #[error("{} is no regular file; put the migration itself there", path.display())]
    NoFile {
        /// What it is.
        path: PathBuf,
    },
    /// A file is too large to be sent.
    #[error(
        "{} is larger than 256 MiB, the most that one migration may have; split it, or load the \
         data by other means", path.display()
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// A file's name does not fit the rules.
    #[error(
        "{} is not a migration's name: {rule}; rename it, or move it into a sub-folder",
        path.display()
    )]
    Name {
        /// The file.
        path: PathBuf,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// Two files have one number.
    #[error(
        "{} and {} have the same number {number}; give one of them another",
        first.display(), second.display()
    )]
    Duplicate {
        /// The number that both have.
        number: u64,
        /// One of the files.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A file has no content.
    #[error("{} is empty; write the migration, or delete the file", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A file is not UTF-8 text.
    #[error(
        "{} is not UTF-8 text (byte {} of the file); save it as UTF-8",
        path.display(), offset + 1
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte, from 0, that is not UTF-8.
        offset: usize,
    },
    /// A directive, or a statement, breaks a rule.
    #[error("{}:{position}: {problem}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Where in it.
        position: Position,
        /// What is wrong there, and what to do.
        problem: Problem,
    },
    /// A line of strata.sum is none.
    #[cfg(feature = "digest")]
    #[error("{}:{line}: {problem}", path.display())]
    Sum {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it, and what to do.
        problem: crate::sum::line::SumProblem,
    },
}
