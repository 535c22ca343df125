//! What can go wrong with work on scratch databases.

use std::io;
use std::path::{Path, PathBuf};

use diesel_strata::Error;

/// Why a work on a scratch database could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorkshopError {
    /// The engine could not do its part.
    #[error(transparent)]
    Engine(#[from] Error),
    /// A query of this crate's own failed.
    #[error("failed to {doing}; look whether the server runs, and whether this role may do that")]
    Database {
        /// What the query was for.
        doing: &'static str,
        /// What Diesel returned.
        source: diesel::result::Error,
    },
    /// A file cannot be read, written or moved.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// Why it could not.
        source: io::Error,
    },
    /// A folder has no such migration.
    #[error("there is no migration {name} in {}; `status` lists what there is", folder.display())]
    NoSuchMigration {
        /// The name, or the number, that was given.
        name: String,
        /// The folder.
        folder: PathBuf,
    },
    /// A squash would have the name of a migration that it replaces.
    #[error("{name} is one of those that it replaces; give the squash another name")]
    SameName {
        /// The name.
        name: String,
    },
    /// A squash does not build what the migrations do that it replaces.
    #[error(
        "the squash does not build the same (- the old migrations, + the squash):\n{}\n\
         add what is missing to the squash and run `squash --verify`",
        difference.join("\n")
    )]
    NotTheSame {
        /// A line for each thing that only one of them has.
        difference: Vec<String>,
    },
    /// A replaced migration was archived before.
    #[error("{} is there already; move it away, and squash again", path.display())]
    Archived {
        /// Where it would go.
        path: PathBuf,
    },
    /// A migration is code, which cannot be a part of a squash.
    #[error(
        "{} is a Rust migration, which cannot become SQL; squash up to the one before it, or write \
         what it does as SQL first",
        path.display()
    )]
    RustInSquash {
        /// The file.
        path: PathBuf,
    },
    /// A number belongs to another migration.
    #[error("number {number} is taken by {}; give another one", path.display())]
    NumberTaken {
        /// The number.
        number: u64,
        /// The migration that has it.
        path: PathBuf,
    },
    /// The structure of a database could not be read.
    #[error(
        "pg_dump cannot read the structure: {message}; it must be there, and no older than the \
         server (STRATA_POSTGRES_BIN names another one)"
    )]
    Dump {
        /// What it says.
        message: String,
    },
    /// No clone of a database could be made, so that a plan for it cannot be proven.
    #[error("no clone of the database can be made to prove the SQL on: {reason}")]
    NotCloned {
        /// Why not, and what to do.
        reason: String,
    },
    /// A plan does not do what it should.
    #[error(
        "the SQL was disproved and is not shown, which is a fault of strata's own: {reason}; please \
         report it, and write the SQL by hand"
    )]
    Disproved {
        /// What happened.
        reason: String,
    },
    /// The private server could not be run.
    #[cfg(unix)]
    #[error(transparent)]
    Server(#[from] strata_server::ServerError),
}

impl WorkshopError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}

/// Gives an error of this crate's own queries its purpose.
pub(crate) trait Doing<T> {
    /// Says what failed.
    fn doing(self, doing: &'static str) -> Result<T, WorkshopError>;
}

impl<T> Doing<T> for diesel::QueryResult<T> {
    fn doing(self, doing: &'static str) -> Result<T, WorkshopError> {
        self.map_err(|source| WorkshopError::Database { doing, source })
    }
}
