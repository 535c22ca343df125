//! What all of a test run's databases share: how they are called, and who makes them.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::error::{Doing, Error};

/// Names of databases that tests have now.
pub(super) const PREFIX: &str = "strata_test_";
/// The same of those that were kept for a look.
pub(super) const KEPT: &str = "strata_kept_";

/// Runs `statement`, which makes, names or removes a database.
pub(super) fn execute(conn: &mut PgConnection, statement: &str) -> Result<(), Error> {
    diesel::sql_query(statement).execute(conn).map(drop).doing("prepare a test database")
}
