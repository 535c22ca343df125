//! One session at a time migrates a database: an advisory lock, polled.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text};

use crate::error::{Doing, Error};

/// The first half of the lock's key; the second is the ledger's. PostgreSQL itself keeps the
/// locks of one database apart from those of another.
const CLASS: i32 = 0x5354_5241;

/// How long a run waits for another one, unless told otherwise.
pub(crate) const DEADLINE: Duration = Duration::from_secs(600);
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// How often a server process behind a pooler is looked for.
const TRIES: usize = 400;

/// How a wait for the lock ends, if it does not fail.
pub(crate) enum Turn<'a, T> {
    /// The lock is ours.
    Ours(Held<'a>),
    /// It is not needed any more.
    Over(T),
}

/// The lock, while it is held by the server process `pid`.
#[must_use]
pub(crate) struct Held<'a> {
    lock: &'a Lock,
    pid: i32,
}

#[derive(QueryableByName)]
struct Try {
    #[diesel(sql_type = Bool)]
    locked: bool,
    #[diesel(sql_type = Integer)]
    pid: i32,
}

#[derive(QueryableByName)]
struct Holder {
    #[diesel(sql_type = Integer)]
    pid: i32,
    #[diesel(sql_type = Nullable<Text>)]
    application: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    address: Option<String>,
}

/// A lock over one ledger, on one connection.
pub(crate) struct Lock {
    key: i32,
    deadline: Duration,
}

impl Lock {
    /// The lock over the ledger called `name`.
    pub(crate) fn new(name: &str, deadline: Duration) -> Self {
        Self { key: key(name), deadline }
    }

    /// Waits for the lock. While it is busy, `waiting` hears once who holds it, and `over` may end
    /// the wait with a result of its own.
    pub(crate) fn wait<T>(
        &self,
        conn: &mut PgConnection,
        mut waiting: impl FnMut(&str),
        mut over: impl FnMut(&mut PgConnection) -> Result<Option<T>, Error>,
    ) -> Result<Turn<'_, T>, Error> {
        let start = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let attempt = self.attempt(conn)?;
            if attempt.locked {
                tracing::debug!(pid = attempt.pid, "migration lock taken");
                return Ok(Turn::Ours(Held { lock: self, pid: attempt.pid }));
            }
            if let Some(result) = over(conn)? {
                return Ok(Turn::Over(result));
            }
            let waited = start.elapsed();
            if pause == FIRST_PAUSE || waited >= self.deadline {
                let holder = self.holder(conn)?;
                if waited >= self.deadline {
                    return Err(Error::Locked { holder, waited });
                }
                waiting(&holder);
            }
            // Nothing is held while asleep: CREATE INDEX CONCURRENTLY waits for old snapshots.
            sleep(pause.min(self.deadline.saturating_sub(waited)));
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// One try. A lock that this very server process holds already counts as somebody else's:
    /// behind a transaction pooler two clients can be given one process, and it would let both in.
    fn attempt(&self, conn: &mut PgConnection) -> Result<Try, Error> {
        diesel::sql_query(format!(
            "SELECT pg_backend_pid() AS pid, CASE WHEN EXISTS ({} AND pid = pg_backend_pid()) \
             THEN false ELSE pg_try_advisory_lock({CLASS}, {}) END AS locked",
            self.holders("1"),
            self.key,
        ))
        .get_result(conn)
        .doing("take the migration lock")
    }

    fn holders(&self, columns: &str) -> String {
        format!(
            "SELECT {columns} FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted \
             AND database = (SELECT oid FROM pg_catalog.pg_database \
             WHERE datname = current_database()) \
             AND classid = {CLASS} AND objid = {} AND objsubid = 2",
            self.key
        )
    }

    fn holder(&self, conn: &mut PgConnection) -> Result<String, Error> {
        let holder = diesel::sql_query(format!(
            "SELECT l.pid, a.application_name AS application, host(a.client_addr) AS address \
             FROM ({}) l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid LIMIT 1",
            self.holders("pid")
        ))
        .get_result::<Holder>(conn)
        .optional()
        .doing("find out who holds the migration lock")?;
        let Some(holder) = holder else {
            return Ok("a session that has just ended".to_owned());
        };
        let application = holder.application.filter(|name| !name.is_empty());
        let application = application.map(|name| format!(" ({name})")).unwrap_or_default();
        let address = holder.address.map(|address| format!(" from {address}")).unwrap_or_default();
        Ok(format!("pid {}{application}{address}", holder.pid))
    }
}

impl Held<'_> {
    /// What `work` returns, given the pid of the server process that holds the lock. The lock is
    /// released on every path, a panic included.
    pub(crate) fn during<T>(
        self,
        conn: &mut PgConnection,
        work: impl FnOnce(&mut PgConnection, i32) -> T,
    ) -> T {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(conn, self.pid)));
        if outcome.is_err() {
            // The panic may have left a transaction open; if not, this is a warning.
            let _ = diesel::sql_query("ROLLBACK").execute(conn);
        }
        self.release(conn);
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Unlocks. A lost connection has released the lock itself.
    fn release(self, conn: &mut PgConnection) {
        for _ in 0..TRIES {
            match self.unlock(conn) {
                Ok(true) => return,
                // Behind a pooler: another server process answered, on which nothing is held.
                Ok(false) => sleep(FIRST_PAUSE),
                Err(error) => {
                    tracing::warn!(%error, "the migration lock was not released");
                    return;
                }
            }
        }
        if let Err(error) = self.end_holder(conn) {
            tracing::warn!(%error, pid = self.pid, "the migration lock stays until its holder ends");
        }
    }

    fn unlock(&self, conn: &mut PgConnection) -> QueryResult<bool> {
        let Self { lock, pid } = self;
        let unlocked = diesel::sql_query(format!(
            "SELECT pg_backend_pid() AS pid, CASE WHEN pg_backend_pid() = {pid} \
             THEN pg_advisory_unlock({CLASS}, {}) ELSE false END AS locked",
            lock.key
        ));
        Ok(unlocked.get_result::<Try>(conn)?.locked)
    }

    /// Ends the pooler's idle server process that holds the lock, which would otherwise keep
    /// everybody out for as long as the pooler keeps it.
    fn end_holder(&self, conn: &mut PgConnection) -> QueryResult<usize> {
        diesel::sql_query(format!(
            "SELECT pg_terminate_backend(pid) FROM ({}) l JOIN pg_catalog.pg_stat_activity a \
             USING (pid) WHERE a.pid = {} AND a.state = 'idle'",
            self.lock.holders("pid"),
            self.pid
        ))
        .execute(conn)
    }
}

/// FNV-1a of the ledger's name, as a positive number: the same in every release.
fn key(name: &str) -> i32 {
    let hash = name
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    i32::from_ne_bytes((hash >> 1).to_ne_bytes())
}
