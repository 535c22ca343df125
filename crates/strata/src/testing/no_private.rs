//! Where there is no private server: the tests' databases are on one that is named.

use std::path::Path;

use crate::error::Error;

pub(super) fn is_used() -> bool {
    false
}

pub(super) fn url() -> Option<String> {
    None
}

pub(super) fn start(_: &Path) -> Result<String, Error> {
    Err(Error::NoTestServer)
}

pub(super) fn stay() {}
