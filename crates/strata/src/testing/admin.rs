//! What all of a test run's databases share: how they are called, how they are marked, and who
//! makes them.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use strata_sql::{identifier, literal};

use crate::error::{Doing, Error};

/// Names of databases that tests have now.
pub(super) const PREFIX: &str = "strata_test_";
/// The same of those that were kept for a look.
pub(super) const KEPT: &str = "strata_kept_";
/// What the comment on every database of ours begins with. A name may be anybody's; what does not
/// have this mark is never dropped.
pub(super) const MARK: &str = "made by diesel-strata for tests";

/// Runs `statement`, which makes, names or removes a database.
pub(super) fn execute(conn: &mut PgConnection, statement: &str) -> Result<(), Error> {
    diesel::sql_query(statement).execute(conn).map(drop).doing("prepare a test database")
}

/// Makes a database of ours. `how` is the rest of the statement.
pub(super) fn create(admin: &mut PgConnection, name: &str, how: &str) -> Result<(), Error> {
    let statement = format!("CREATE DATABASE {} {how}", identifier(name));
    if let Err(error) = execute(admin, &statement) {
        return Err(if may_create(admin) { error } else { Error::MayNotCreate });
    }
    mark(admin, name, MARK)
}

/// Comments on a database, beginning with [`MARK`].
pub(super) fn mark(admin: &mut PgConnection, name: &str, comment: &str) -> Result<(), Error> {
    execute(admin, &format!("COMMENT ON DATABASE {} IS {}", identifier(name), literal(comment)))
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

pub(super) fn exists(admin: &mut PgConnection, database: &str) -> Result<bool, Error> {
    let answer: Answer = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1) AS yes",
    )
    .bind::<Text, _>(database)
    .get_result(admin)
    .doing("look for a template database")?;
    Ok(answer.yes)
}

/// Whether this role may create databases; true where that cannot be found out.
fn may_create(admin: &mut PgConnection) -> bool {
    let answer = diesel::sql_query(
        "SELECT rolsuper OR rolcreatedb AS yes FROM pg_catalog.pg_roles \
         WHERE rolname = current_user",
    );
    answer.get_result::<Answer>(admin).map_or(true, |answer| answer.yes)
}
