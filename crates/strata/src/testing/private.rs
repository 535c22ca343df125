//! The private server, for tests that are given no other.

use std::path::Path;
use std::sync::OnceLock;

use strata_server::Server;

use crate::error::Error;

/// How long the private server outlasts a process of a test run, in seconds.
const LINGER: u32 = 5;
/// How long it does where a database was kept for a look, in seconds.
const LINGER_FOR_A_LOOK: u32 = 60 * 60;
/// The private server, once a test needed it.
static PRIVATE: OnceLock<Server> = OnceLock::new();

/// Whether the tests' databases are on it.
pub(super) fn is_used() -> bool {
    PRIVATE.get().is_some()
}

/// A URL of it, once a test needed it.
pub(super) fn url() -> Option<String> {
    PRIVATE.get().map(|server| server.url_of("postgres"))
}

/// Starts it for the project that `here` lies in.
pub(super) fn start(here: &Path) -> Result<String, Error> {
    let server = Server::attach(here)?;
    server.linger(LINGER)?;
    Ok(PRIVATE.get_or_init(|| server).url_of("postgres"))
}

/// Has the private server run on for a look at a database.
pub(super) fn stay() {
    static STAYS: OnceLock<()> = OnceLock::new();
    STAYS.get_or_init(|| {
        if let Some(server) = PRIVATE.get() {
            // `server psql` starts it again where this fails.
            let _ = server.linger(LINGER_FOR_A_LOOK);
        }
    });
}
