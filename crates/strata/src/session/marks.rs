//! How far a message has come, and when: advisory locks that outlive a rollback.
//!
//! A message to the server is one text; an error of it may have no position. What a transaction
//! did is gone with it, but for the locks of the session: one moves on with every statement and
//! tells which one failed, and one a migration keeps the server's clock. They are shared locks, so
//! that no two sessions ever meet in them.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

/// The first half of the key of the lock that moves on; the second is the mark.
const PLACE: i32 = 0x5354_524d;
/// The first half of the key of the first clock; the second is its time in microseconds.
const CLOCK: i32 = 0x5354_5400;
/// How many clocks one message may have.
pub(crate) const CLOCKS: usize = 256;

/// What a session's marks said. They are taken away with the reading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The last mark that was set.
    pub place: Option<usize>,
    /// The clocks in their order, in microseconds from the message's arrival.
    pub clocks: Vec<u64>,
}

#[derive(QueryableByName)]
struct Mark {
    #[diesel(sql_type = BigInt)]
    class: i64,
    #[diesel(sql_type = BigInt)]
    value: i64,
    #[diesel(sql_type = Bool)]
    #[expect(dead_code, reason = "released is released")]
    released: bool,
}

/// The expression that moves the mark to `mark`, from the one before it.
pub(crate) fn advance(mark: usize) -> String {
    let set = format!("pg_catalog.pg_try_advisory_lock_shared({PLACE},{mark})");
    match mark.checked_sub(1) {
        None => set,
        Some(before) => format!("{set},pg_catalog.pg_advisory_unlock_shared({PLACE},{before})"),
    }
}

/// The expression that keeps the time in the clock number `clock`.
pub(crate) fn stop_clock(clock: usize) -> String {
    let class = CLOCK + i32::try_from(clock).unwrap_or_default();
    format!(
        "pg_catalog.pg_try_advisory_lock_shared({class},least(2147483647,extract(epoch FROM \
         pg_catalog.clock_timestamp()-pg_catalog.statement_timestamp())*1000000)::int)"
    )
}

impl Marks {
    /// The marks of the session, which is without any then. One query.
    pub(crate) fn take(conn: &mut PgConnection) -> QueryResult<Self> {
        let last = CLOCK as usize + CLOCKS - 1;
        let rows = diesel::sql_query(format!(
            "WITH held AS MATERIALIZED (SELECT classid::bigint AS class, objid::bigint AS value \
             FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND objsubid = 2 \
             AND pid = pg_catalog.pg_backend_pid() AND mode = 'ShareLock' \
             AND (classid = {PLACE} OR classid BETWEEN {CLOCK} AND {last})) SELECT class, value, \
             pg_catalog.pg_advisory_unlock_shared(class::int, value::int) AS released \
             FROM held ORDER BY 1, 2",
        ))
        .load::<Mark>(conn)?;
        Ok(Self::of(&rows))
    }

    fn of(rows: &[Mark]) -> Self {
        let value = |row: &Mark| u64::try_from(row.value).unwrap_or_default();
        let (places, clocks): (Vec<_>, Vec<_>) =
            rows.iter().partition(|row| row.class == i64::from(PLACE));
        Self {
            place: places.last().and_then(|row| usize::try_from(row.value).ok()),
            clocks: clocks.into_iter().map(value).collect(),
        }
    }
}
