//! Databases for tests: each test has one of its own, copied from a template that is migrated
//! once.
//!
//! The server is that of `TEST_DATABASE_URL`, else of `DATABASE_URL`, else the private one.

mod admin;
mod database;
mod recycle;
mod template;

use diesel::pg::PgConnection;

pub use database::TestDatabase;

use strata_schema::schema_difference;

use crate::snapshot::schema_snapshot;

/// Asserts that two databases have the same schema, however they came to it: one from scratch and
/// one from an older state, say.
///
/// # Panics
///
/// They differ; the message has a line for each thing that only one of them has. Or a catalog
/// cannot be read.
#[track_caller]
pub fn assert_same_schema(left: &mut PgConnection, right: &mut PgConnection) {
    let snapshot = |conn| schema_snapshot(conn).unwrap_or_else(|error| panic!("{error:?}"));
    let difference = schema_difference(&snapshot(left), &snapshot(right));
    assert!(
        difference.is_empty(),
        "the schemas differ (- left, + right):\n{}",
        difference.join("\n")
    );
}
