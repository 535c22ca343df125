//! One session at a time migrates a database: an advisory lock, polled.

use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Bool, Integer, Nullable, Text};
use strata_sql::literal;

use super::facts::Facts;
use super::inside_transaction;
use super::key::{CLASS, holders};
use super::pooler::{guard, swapped};
use super::reach::Reach;
use super::settings::{Settings, Whose};
use crate::error::{Doing, Error};
use crate::ledger::Ledger;

/// How long a run waits for another one, unless told otherwise.
pub(crate) const DEADLINE: Duration = Duration::from_secs(600);
const FIRST_PAUSE: Duration = Duration::from_millis(5);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// How long a pooler is asked for the session that it took away, before that is ended: the pooler
/// may be giving it to somebody else just then.
const BY_CHANCE: Duration = Duration::from_secs(1);
/// How long a holder that a pooler keeps is waited for until it is idle.
const HOLDER_BUSY: Duration = Duration::from_secs(5);

/// How a wait for the lock ends, if it does not fail.
pub(crate) enum Turn<T> {
    /// The lock is ours.
    Ours(Box<Held>),
    /// It is not needed any more.
    Over(T),
}

/// The lock, while the session that `facts` describe holds it.
#[must_use]
pub(crate) struct Held {
    pub facts: Facts,
    /// Whether the transaction is still open in which the lock was taken.
    pub open: bool,
    nested: bool,
}

/// A lock over one ledger, to be waited for.
pub(crate) struct Lock<'a> {
    pub ledger: &'a Ledger,
    pub deadline: Duration,
    /// The settings whose values are asked for on the way.
    pub names: &'a [String],
    pub reach: &'a Reach,
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

impl Lock<'_> {
    /// Waits for the lock. While it is busy, `waiting` hears once who holds it, and `over` may end
    /// the wait with a result of its own.
    pub(crate) fn wait<T>(
        &self,
        conn: &mut PgConnection,
        mut waiting: impl FnMut(&str),
        mut over: impl FnMut(&mut PgConnection) -> Result<Option<T>, Error>,
    ) -> Result<Turn<T>, Error> {
        let start = Instant::now();
        let nested = inside_transaction(conn);
        let facts = self.first_try(conn, nested)?;
        self.reach.session(facts.pid, facts.started.as_deref().unwrap_or_default());
        if facts.locked {
            return Ok(Turn::Ours(Box::new(Held { facts, open: !nested, nested })));
        }
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(result) = over(conn)? {
                return Ok(Turn::Over(result));
            }
            let waited = start.elapsed();
            if pause == FIRST_PAUSE || waited >= self.deadline {
                let (holder, pid) = holder(conn, facts.key)?;
                if pause == FIRST_PAUSE {
                    waiting(&holder);
                }
                if waited >= self.deadline {
                    return Err(Error::Locked { holder, pid, waited });
                }
            }
            if self.reach.stop.is_requested() {
                return Err(Error::Stopped { name: "the first migration".to_owned() });
            }
            self.reach.nothing();
            // Nothing is held while asleep: CREATE INDEX CONCURRENTLY waits for old snapshots.
            sleep(pause.min(self.deadline.saturating_sub(waited)));
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.reach.question("take the migration lock");
            if attempt(conn, &facts)? {
                let facts = Facts { locked: true, ..facts };
                return Ok(Turn::Ours(Box::new(Held { facts, open: false, nested })));
            }
        }
    }

    /// The first try comes with the facts, and in a transaction: a pooler that has none, because it
    /// gives every statement another session, refuses it before anything is left behind.
    fn first_try(&self, conn: &mut PgConnection, nested: bool) -> Result<Facts, Error> {
        let doing = "take the migration lock";
        if nested {
            return Facts::of(conn, self.ledger, self.names, true);
        }
        let begun = conn.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED");
        begun.map_err(|error| match is_closed(&error) && !swapped(&error) {
            true => Error::ClosedAtBegin { source: error },
            false => pooled_or(error, doing),
        })?;
        let facts = Facts::of(conn, self.ledger, self.names, true);
        let facts = match facts {
            Err(Error::Database { source, .. }) => return Err(pooled_or(source, doing)),
            facts => facts?,
        };
        if !facts.locked {
            conn.batch_execute("COMMIT").doing(doing)?;
        }
        Ok(facts)
    }
}

fn is_closed(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _))
}

fn pooled_or(error: DieselError, doing: &'static str) -> Error {
    if swapped(&error) { Error::Pooled } else { Error::Database { doing, source: error } }
}

/// One more try. A lock that this very server process holds already counts as somebody else's:
/// behind a transaction pooler two clients can be given one process, and it would let both in.
fn attempt(conn: &mut PgConnection, facts: &Facts) -> Result<bool, Error> {
    let Facts { pid, key, .. } = facts;
    let attempt = diesel::sql_query(format!(
        "SELECT pg_catalog.pg_backend_pid() AS pid, CASE WHEN pg_catalog.pg_backend_pid() <> {pid} \
         OR EXISTS ({} AND pid = {pid}) THEN false \
         ELSE pg_catalog.pg_try_advisory_lock({CLASS}, {key}) END AS locked",
        holders("1", &key.to_string()),
    ));
    let attempt = attempt.get_result::<Try>(conn).doing("take the migration lock")?;
    if attempt.pid == *pid { Ok(attempt.locked) } else { Err(Error::Pooled) }
}

fn holder(conn: &mut PgConnection, key: i32) -> Result<(String, Option<i32>), Error> {
    let holder = diesel::sql_query(format!(
        "SELECT l.pid, a.application_name AS application, \
         pg_catalog.host(a.client_addr) AS address \
         FROM ({}) l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid LIMIT 1",
        holders("pid", &key.to_string())
    ))
    .get_result::<Holder>(conn)
    .optional()
    .doing("find out who holds the migration lock")?;
    let Some(holder) = holder else {
        return Ok(("a session that has just ended".to_owned(), None));
    };
    let application = holder.application.filter(|name| !name.is_empty());
    let application = application.map(|name| format!(" ({name})")).unwrap_or_default();
    let address = holder.address.map(|address| format!(" from {address}")).unwrap_or_default();
    Ok((format!("pid {}{application}{address}", holder.pid), Some(holder.pid)))
}

impl Held {
    /// What `work` returns. The lock is released on every path, a panic included; the
    /// session's `settings` are set back with it.
    pub(crate) fn during<T, E>(
        self,
        conn: &mut PgConnection,
        settings: &Settings,
        reach: &Reach,
        work: impl FnOnce(&mut PgConnection, &Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let outcome = catch_unwind(AssertUnwindSafe(|| work(conn, &self)));
        if !matches!(outcome, Ok(Ok(_))) && !self.nested {
            // What failed may have left a transaction open; if not, this is a warning.
            let _ = conn.batch_execute("ROLLBACK");
        }
        self.release(conn, settings, reach);
        outcome.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// Unlocks, in one message that only the holder answers. A lost connection has released the
    /// lock itself, unless a pooler keeps the session.
    fn release(&self, conn: &mut PgConnection, settings: &Settings, reach: &Reach) {
        let start = Instant::now();
        let put_back = settings.last(conn);
        while let Err(error) = conn.batch_execute(&self.unlock(&put_back)) {
            let swapped = swapped(&error);
            if swapped && start.elapsed() < BY_CHANCE {
                // Another server process answered, on which nothing is held; ours may be next.
                sleep(FIRST_PAUSE);
                continue;
            }
            let ended = match swapped {
                true => self.end_holder(conn),
                false => match reach.open() {
                    Some(mut side) => self.end_holder(&mut side),
                    None => return tracing::warn!(%error, "the migration lock was not released"),
                },
            };
            match ended {
                Ok(true) => return,
                Ok(false) if start.elapsed() < HOLDER_BUSY => sleep(FIRST_PAUSE * 4),
                Ok(false) => {
                    let pid = self.facts.pid;
                    return tracing::warn!(pid, "the migration lock stays until its holder ends");
                }
                Err(error) => return tracing::warn!(%error, "the migration lock may still be held"),
            }
        }
    }

    fn unlock(&self, put_back: &str) -> String {
        let Facts { pid, key, .. } = self.facts;
        let unlock = format!("pg_catalog.pg_advisory_unlock({CLASS},{key})");
        // Several statements in one message are one transaction, without any words for it.
        match self.nested {
            true => format!("SELECT {};SELECT {unlock}", guard(pid)),
            false => format!("SELECT {};{put_back}SELECT {unlock}", guard(pid)),
        }
    }

    /// Ends the pooler's server process that holds the lock, which would otherwise keep everybody
    /// out for as long as the pooler keeps it, and says whether it holds it no more. While it is
    /// busy it works for somebody else.
    fn end_holder(&self, conn: &mut PgConnection) -> QueryResult<bool> {
        let Facts { pid, key, started, .. } = &self.facts;
        let ended = diesel::sql_query(format!(
            "SELECT a.pid, a.state = 'idle' AND a.pid <> pg_catalog.pg_backend_pid() \
             AND pg_catalog.pg_terminate_backend(a.pid) AS locked \
             FROM ({}) l JOIN pg_catalog.pg_stat_activity a USING (pid) \
             WHERE a.pid = {pid} AND a.backend_start::text = {}",
            holders("pid", &key.to_string()),
            literal(started.as_deref().unwrap_or_default()),
        ));
        let holders = ended.load::<Try>(conn)?;
        // What was ended is looked for again, until it is gone.
        Ok(holders.is_empty())
    }
}

/// What `work` returns, done under the lock over `ledger`, given the server process that holds it.
/// Nothing that it does to the session's settings lasts.
pub(crate) fn under_lock<T, E: From<Error>>(
    ledger: &Ledger,
    deadline: Duration,
    conn: &mut PgConnection,
    work: impl FnOnce(&mut PgConnection, i32) -> Result<T, E>,
) -> Result<T, E> {
    let reach = Reach::default();
    let lock = Lock { ledger, deadline, names: &[], reach: &reach };
    let held = match lock.wait(conn, |_| {}, |_| Ok(None::<Infallible>))? {
        Turn::Ours(held) => held,
        Turn::Over(never) => match never {},
    };
    let settings = Settings::new(&held.facts, &[], Whose::Callers);
    held.during(conn, &settings, &reach, |conn, held| {
        if held.open {
            let closed = conn.batch_execute("COMMIT");
            closed.doing("take the migration lock")?;
        }
        work(conn, held.facts.pid)
    })
}

/// Ends the session that `facts` describe where it is idle, and says whether it is gone.
pub(crate) fn end_if_idle(conn: &mut PgConnection, facts: &Facts) -> QueryResult<bool> {
    let start = Instant::now();
    loop {
        let sessions = diesel::sql_query(format!(
            "SELECT pid, state = 'idle' AND pg_catalog.pg_terminate_backend(pid) AS locked \
             FROM pg_catalog.pg_stat_activity WHERE pid = {} AND backend_start::text = {} \
             AND pid <> pg_catalog.pg_backend_pid()",
            facts.pid,
            literal(facts.started.as_deref().unwrap_or_default()),
        ));
        let sessions = sessions.load::<Try>(conn)?;
        if sessions.is_empty() || start.elapsed() > HOLDER_BUSY {
            return Ok(sessions.is_empty());
        }
        sleep(FIRST_PAUSE * 4);
    }
}
