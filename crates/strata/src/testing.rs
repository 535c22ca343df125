//! Databases for tests: each test has one of its own, copied from a template that is migrated
//! once.
//!
//! The server is that of `TEST_DATABASE_URL`, else of `DATABASE_URL`, else the private one.

mod database;
mod recycle;
mod template;

pub use database::TestDatabase;
