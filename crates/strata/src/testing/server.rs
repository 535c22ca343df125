//! The server that tests have their databases on.

use std::env;
use std::path::Path;
use std::sync::OnceLock;

use strata_server::Server;

use crate::env_file;
use crate::error::Error;

/// How long the private server outlasts a process of a test run, in seconds.
const LINGER: u32 = 5;
/// How long it does where a database was kept for a look, in seconds.
const LINGER_FOR_A_LOOK: u32 = 60 * 60;
/// Names a server for tests, here or in `.env`.
const VARIABLE: &str = "TEST_DATABASE_URL";

/// The private server, once a test needed it.
static PRIVATE: OnceLock<Server> = OnceLock::new();

/// Whether the tests' databases are on the private server.
pub(super) fn is_private() -> bool {
    PRIVATE.get().is_some()
}

/// A URL of the server for tests.
pub(super) fn server() -> Result<String, Error> {
    if let Some(server) = PRIVATE.get() {
        return Ok(server.url_of("postgres"));
    }
    let here = env::current_dir().unwrap_or_else(|_| ".".into());
    match named(&here)? {
        Some(url) => Ok(url),
        None => private(&here),
    }
}

/// The URL that is set. Of `.env` only the one for tests counts: what an application works with
/// may be anything.
fn named(here: &Path) -> Result<Option<String>, Error> {
    let set = |name: &str| env::var(name).ok().filter(|url| !url.is_empty());
    if let Some(url) = set(VARIABLE) {
        return Ok(Some(url));
    }
    match env_file::variable(here, VARIABLE)? {
        Some((url, _)) => Ok(Some(url)),
        None => Ok(set("DATABASE_URL")),
    }
}

fn private(here: &Path) -> Result<String, Error> {
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
