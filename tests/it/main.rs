//! outreach against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod data;
mod docs;
mod queries;
mod schema;
mod secrets;
mod start_up;
mod support;
