//! Why a folder or a database cannot be taken over.

use std::io;
use std::path::{Path, PathBuf};

use crate::adopt::tool::Tool;

/// Why another tool's folder or ledger cannot be taken over. Each message ends with what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdoptError {
    /// A file cannot be read or written.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// With which file or folder.
        path: PathBuf,
        /// Why it could not.
        source: io::Error,
    },
    /// A file is not UTF-8 text.
    #[error(
        "{} is not UTF-8 text (byte {} of the file); save it as UTF-8, or leave it out with \
         --leave-out",
        path.display(), offset + 1
    )]
    NotUtf8 {
        /// The file.
        path: PathBuf,
        /// The first byte, from 0, that is not UTF-8.
        offset: usize,
    },
    /// The folder has no migrations of this tool's.
    #[error("there are no migrations of {tool}'s in {}; name the folder that has them", path.display())]
    NothingThere {
        /// The tool.
        tool: Tool,
        /// The folder.
        path: PathBuf,
    },
    /// Files that cannot become ours, a line for each.
    #[error("{} cannot be carried over:\n  {}", files(problems.len()), problems.join("\n  "))]
    Refused {
        /// What is wrong with each, and what to do.
        problems: Vec<String>,
    },
    /// A file of ours is there already and is another.
    #[error(
        "{} is there already, with another text than the one to be written; nothing was written: \
         name a new folder with --migrations-dir, or move it away",
        path.display()
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A number is taken by a migration that came from elsewhere.
    #[error(
        "number {number} of {name} is taken by {}; nothing was written: name a new folder with \
         --migrations-dir, or give one of them another number",
        path.display()
    )]
    Taken {
        /// The number.
        number: u64,
        /// The migration to be written.
        name: String,
        /// What has it.
        path: PathBuf,
    },
    /// What was written is no sequence.
    #[error(transparent)]
    Sequence(#[from] strata_sequence::SequenceError),
    /// Their ledger is not what their tool would have.
    #[error("{table} is not a ledger of {tool}'s: {because}")]
    NotALedger {
        /// The table.
        table: String,
        /// The tool.
        tool: Tool,
        /// Why not, ending with what to do.
        because: String,
    },
    /// Their ledger says that something went wrong.
    #[error("{table} says that {}; nothing was taken over: {advice}", failed.join(", "))]
    Failed {
        /// The table.
        table: String,
        /// What failed.
        failed: Vec<String>,
        /// What to do.
        advice: String,
    },
    /// Files were changed after they ran.
    #[error(
        "{} changed since {tool} ran them on this database, as its checksums tell: {}; put back \
         the files that ran, or pass --accept-changed if you know why",
        files(names.len()), names.join(", ")
    )]
    Changed {
        /// The tool.
        tool: Tool,
        /// What it calls them.
        names: Vec<String>,
    },
    /// A migration of theirs, or of ours, fails on a scratch database.
    #[error(
        "the proof failed: {whose} {name} does not run on an empty database:\n{message}\n\
         mend it; or, if this server lacks what it needs, prove it on one that has that with \
         --on URL, or go on with --without-proof"
    )]
    DoesNotRun {
        /// Whose it is.
        whose: String,
        /// The migration.
        name: String,
        /// What the server says, ending with what to do.
        message: String,
    },
    /// Both folders build something else.
    #[error(
        "the proof failed: the two folders do not build the same (- theirs, + ours):\n{}",
        difference.join("\n")
    )]
    Differs {
        /// A line for each thing that only one has.
        difference: Vec<String>,
    },
    /// The engine failed.
    #[error(transparent)]
    Engine(#[from] diesel_strata::Error),
    /// A scratch database could not be made.
    #[error(transparent)]
    Scratch(#[from] crate::error::WorkshopError),
    /// A query failed.
    #[error("failed to {doing}")]
    Database {
        /// What it was for.
        doing: &'static str,
        /// What Diesel returned.
        source: diesel::result::Error,
    },
}

impl AdoptError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}

/// Gives a query's error its purpose.
pub(crate) trait Doing<T> {
    /// Says what failed.
    fn doing(self, doing: &'static str) -> Result<T, AdoptError>;
}

impl<T> Doing<T> for diesel::QueryResult<T> {
    fn doing(self, doing: &'static str) -> Result<T, AdoptError> {
        self.map_err(|source| AdoptError::Database { doing, source })
    }
}

fn files(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}
