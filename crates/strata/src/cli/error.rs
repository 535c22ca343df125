//! Why a command ended otherwise than well.

use std::io;
use std::path::{Path, PathBuf};

use crate::Error;

#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
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
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    pub(super) fn exit_code(&self) -> u8 {
        match self {
            CliError::Usage(_) => 2,
            CliError::Found | CliError::Engine(Error::Misfit { .. }) => 3,
            _ => 1,
        }
    }
}

#[cfg(unix)]
impl From<crate::server::ServerError> for CliError {
    fn from(error: crate::server::ServerError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<crate::schema_rs::SchemaConfigError> for CliError {
    fn from(error: crate::schema_rs::SchemaConfigError) -> Self {
        Self::Engine(error.into())
    }
}

impl From<strata_sequence::SequenceError> for CliError {
    fn from(error: strata_sequence::SequenceError) -> Self {
        Self::Engine(error.into())
    }
}
