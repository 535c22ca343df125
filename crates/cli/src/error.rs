//! Why a command ended otherwise than well.

use std::io;
use std::path::{Path, PathBuf};

#[cfg(unix)]
use diesel_strata::server::ServerError;
use diesel_strata::{Error, SchemaError, SequenceError};

#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error(transparent)]
    Engine(#[from] Error),
    /// The command cannot be meant as it was typed.
    #[error("{0}")]
    Usage(String),
    /// A check found something, and has said what.
    #[error("the check found something")]
    Found,
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
            CliError::Found | CliError::Engine(Error::Schema(SchemaError::Misfit { .. })) => 3,
            _ => 1,
        }
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
