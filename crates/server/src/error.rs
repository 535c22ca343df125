//! What can go wrong, in words that end with what to do.

use std::io;
use std::path::{Path, PathBuf};

/// The oldest version that is served.
pub(crate) const OLDEST: u32 = 14;

/// Why there is no private server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// PostgreSQL's programs are not on this machine.
    #[error(
        "no database URL was given, and PostgreSQL's programs (initdb, postgres) are not on this \
         machine to run a private server; install them with\n\n    {install}\n\nor set \
         DATABASE_URL, or name the programs' folder in STRATA_POSTGRES_BIN"
    )]
    NoPrograms {
        /// The command that installs them here.
        install: &'static str,
    },
    /// The only programs here are of a version that is not served.
    #[error(
        "PostgreSQL {} is too old for a private server, which needs {}; install a newer one \
         with\n\n    {install}\n\nor set DATABASE_URL, or name the programs' folder in \
         STRATA_POSTGRES_BIN",
        major,
        OLDEST
    )]
    TooOld {
        /// The version's first number.
        major: u32,
        /// The command that installs newer ones here.
        install: &'static str,
    },
    /// A program of PostgreSQL's is not on this machine.
    #[error("{name} is not on this machine; install PostgreSQL's client programs")]
    NoProgram {
        /// Which.
        name: String,
    },
    /// Root has nobody to run the server as.
    #[error(
        "PostgreSQL does not run as root, and there is neither a user postgres nor nobody to run \
         it as; add one, or set DATABASE_URL"
    )]
    NoAccount,
    /// The folder for the data of servers cannot be made.
    #[error(
        "cannot create {}, where the private server would keep its data; set XDG_STATE_HOME to a \
         folder that can be written, or set DATABASE_URL",
        path.display()
    )]
    Home {
        /// The folder.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A file or folder of the server's cannot be used.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A folder that the server needs belongs to somebody else.
    #[error(
        "{} is not what the private server has made, or belongs to another user, or lets others \
         in; remove it",
        path.display()
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// A program of PostgreSQL's failed.
    #[error("{program} failed:\n{output}")]
    Failed {
        /// Which.
        program: String,
        /// The end of what it printed.
        output: String,
    },
    /// The server did not become ready, or did not stop.
    #[error("the private server did not {what} within a minute; its log is {}", log.display())]
    Slow {
        /// `start` or `stop`.
        what: &'static str,
        /// Its log.
        log: PathBuf,
    },
}

impl ServerError {
    pub(crate) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}
