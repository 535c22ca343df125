//! A pooler between the program and the server, which may swap the session under us.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Integer, Nullable};

use super::reach::Reach;
use crate::error::{Doing, Error};

/// How often a second connection that a pooler certainly gave is compared with the first one:
/// other clients may keep it from showing itself.
const LOOKS: usize = 20;

#[derive(QueryableByName)]
struct Process {
    #[diesel(sql_type = Integer)]
    pid: i32,
    /// When it began, and what time it is, in microseconds.
    #[diesel(sql_type = Nullable<BigInt>)]
    began: Option<i64>,
    #[diesel(sql_type = BigInt)]
    now: i64,
}

/// An expression that fails in any server process but `pid`, with an error that [`swapped`] knows.
pub(crate) fn guard(pid: i32) -> String {
    format!(
        "CASE WHEN pg_catalog.pg_backend_pid() <> {pid} \
         THEN (pg_catalog.pg_backend_pid() || ' is not the session {pid}')::int END"
    )
}

/// Whether `error` is that of a [`guard`], or of a pooler that has no transactions.
pub(crate) fn swapped(error: &DieselError) -> bool {
    let DieselError::DatabaseError(_, info) = error else {
        return false;
    };
    let message = info.message();
    message.contains(" is not the session ") || message.contains("statement pooling")
}

/// Refuses a pooler that gives `conn` another session with every transaction, if a second
/// connection proves that there is one: two connections never share a session otherwise. Nothing
/// is set or held then.
pub(crate) fn refuse(conn: &mut PgConnection, reach: &Reach) -> Result<(), Error> {
    let ours = match reach.is_none() {
        true => return Ok(()),
        false => process(conn)?,
    };
    let Some(mut side) = reach.open() else {
        return Ok(());
    };
    let mut looks = 0;
    loop {
        let theirs = process(&mut side)?;
        if theirs.pid == ours.pid || process(conn)?.pid != ours.pid {
            return Err(Error::Pooled);
        }
        looks += 1;
        // A server process that is older than its connection comes from a pool.
        let pooled = theirs.began.is_some_and(|began| began < ours.now);
        if !pooled || looks == LOOKS {
            return Ok(());
        }
    }
}

fn process(conn: &mut PgConnection) -> Result<Process, Error> {
    let micros = |time: &str| format!("(extract(epoch FROM {time}) * 1000000)::bigint");
    let query = diesel::sql_query(format!(
        "SELECT pg_catalog.pg_backend_pid() AS pid, {} AS now, (SELECT {} \
         FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())) AS began",
        micros("pg_catalog.clock_timestamp()"),
        micros("backend_start"),
    ));
    query.get_result(conn).doing("look for a pooler")
}
