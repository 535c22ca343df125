//! The program under faults, on servers of its own: after each round the ledger and the effects are
//! counted. Nothing may have run twice, and nothing be lost.
//!
//! `STRATA_FAULTS=20` runs twenty times as many rounds as usual.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![expect(clippy::print_stderr, reason = "what could not be tried is said")]

mod cluster;
mod encodings;
mod full_disk;
mod killed;
mod rights;
mod together;
