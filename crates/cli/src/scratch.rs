//! The server on which commands make their scratch databases.

use strata_workshop::ScratchServer;

use crate::context::Context;
use crate::error::CliError;

/// The server at the URL `on`, else the project's private one.
pub(crate) fn server(context: &Context<'_>, on: Option<&str>) -> Result<ScratchServer, CliError> {
    match on {
        Some(url) => Ok(ScratchServer::at(url)?),
        #[cfg(unix)]
        None => Ok(ScratchServer::private(context.here())?),
        #[cfg(not(unix))]
        None => {
            let _ = context;
            Err(CliError::Usage("name a server for scratch databases with --on".to_owned()))
        }
    }
}
