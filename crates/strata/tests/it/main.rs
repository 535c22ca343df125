//! The engine against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![expect(clippy::too_many_lines, reason = "a test may be a long table")]

#[cfg(feature = "async")]
mod asynchronous;
mod busy;
mod facts;
mod failures;
mod handing_on;
mod harness;
mod ledger;
mod running;
mod snapshot;
#[cfg(unix)]
mod splitter;
mod test_databases;
mod what_ran;
