//! Databases for tests: each test has one of its own, copied from a template that is migrated
//! once.
//!
//! The server is that of `TEST_DATABASE_URL`, here or in `.env`, else of `DATABASE_URL`, else the
//! private one.

mod admin;
mod database;
mod left;
mod names;
mod pool;
#[cfg_attr(not(unix), path = "no_private.rs")]
mod private;
mod recycle;
#[cfg(feature = "async")]
mod runtime;
mod server;
mod sweep;
mod template;

use diesel::pg::PgConnection;

pub use database::TestDatabase;
#[cfg(feature = "async")]
pub use runtime::block_on;

use strata_schema::schema_difference;

use crate::error::Error;
use crate::migrator::Migrator;
use crate::session::connect;
use crate::snapshot::schema_snapshot;

/// Makes the database `name`, a plain name, on the server at `server`, as the migrations of
/// `migrator` up to the one numbered `target` leave it, or all of them. It is a copy of a template
/// that is built once, and so takes milliseconds.
///
/// # Errors
///
/// A migration fails, and there is no database then; or the server refuses.
pub fn create_migrated(
    server: &str,
    migrator: &Migrator,
    target: Option<u64>,
    name: &str,
) -> Result<(), Error> {
    template::copy(&mut connect(server)?, server, migrator, target, name)
}

/// Asserts that two databases have the same schema, however they came to it: one from scratch and
/// one from an older state, say.
///
/// # Panics
///
/// They differ; the message has a line for each thing that only one of them has. Or a catalog
/// cannot be read.
#[track_caller]
pub fn assert_same_schema(left: &mut PgConnection, right: &mut PgConnection) {
    let snapshots = schema_snapshot(left).and_then(|left| Ok((left, schema_snapshot(right)?)));
    let difference = match snapshots {
        Ok((left, right)) => schema_difference(&left, &right),
        Err(error) => panic!("{error:?}"),
    };
    assert!(
        difference.is_empty(),
        "the schemas differ (- left, + right):\n{}",
        difference.join("\n")
    );
}
