//! One state of the database, under settings of our own.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

/// Runs `read` over one state of the database, under `settings` whatever the session's own are.
/// Within a transaction of the caller's, the state is what that lets us see.
pub(crate) fn consistently<T>(
    conn: &mut PgConnection,
    settings: &str,
    read: impl Fn(&mut PgConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    let read = |conn: &mut PgConnection| {
        conn.batch_execute(&format!("SAVEPOINT strata_catalog; {settings}"))?;
        let result = read(conn)?;
        // The settings of a transaction that goes on are the caller's.
        conn.batch_execute("ROLLBACK TO SAVEPOINT strata_catalog")?;
        Ok(result)
    };
    match conn.build_transaction().repeatable_read().read_only().run(read) {
        Err(DieselError::AlreadyInTransaction) => conn.transaction(read),
        outcome => outcome,
    }
}
