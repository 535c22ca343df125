//! The server that tests have their databases on.

use std::env;
use std::path::Path;

use super::private;
use crate::env_file;
use crate::error::Error;

/// Names a server for tests, here or in `.env`.
const VARIABLE: &str = "TEST_DATABASE_URL";

/// A URL of the server for tests.
pub(super) fn server() -> Result<String, Error> {
    if let Some(url) = private::url() {
        return Ok(url);
    }
    let here = env::current_dir().unwrap_or_else(|_| ".".into());
    match named(&here)? {
        Some(url) => Ok(url),
        None => private::start(&here),
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
