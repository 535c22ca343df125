//! What can go wrong with work on scratch databases.

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
    /// The private server could not be run.
    #[cfg(unix)]
    #[error(transparent)]
    Server(#[from] strata_server::ServerError),
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
