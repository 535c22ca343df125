//! The workshop against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod check;
mod measured;
mod scratch;
