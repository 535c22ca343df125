//! How long a migration asks for a lock: in short, growing steps, so that whoever comes behind it
//! in the queue never waits for longer than a step.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};
use strata_sql::literal;

use crate::error::{Error, Kind, Outcome};
use crate::session::{Facts, Reach};

/// The first step; a migration that holds a lock already waits no longer for the next one.
pub(crate) const FIRST: Duration = Duration::from_millis(100);
const LAST: Duration = Duration::from_secs(5);
/// How often a second connection looks who is in the way.
const LOOK: Duration = Duration::from_millis(30);

/// The steps of one migration.
#[derive(Debug, Clone)]
pub(crate) struct Ladder {
    pub step: Duration,
    pub tries: u32,
    began: Instant,
    until: Instant,
    /// Who was seen in the way.
    pub blocker: Option<Blocker>,
}

/// A session that holds what a migration needs.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Blocker {
    #[diesel(sql_type = Integer)]
    pub pid: i32,
    #[diesel(sql_type = Nullable<Text>)]
    application: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    since: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    query: Option<String>,
}

impl std::fmt::Display for Blocker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "pid {}", self.pid)?;
        if let Some(application) = self.application.as_ref().filter(|name| !name.is_empty()) {
            write!(f, " ({application})")?;
        }
        match (&self.since, &self.query) {
            (Some(since), Some(query)) => write!(f, ", in its transaction since {since}: {query}"),
            _ => f.write_str(", whose work this role may not see"),
        }
    }
}

impl Ladder {
    /// The ladder of a migration that begins now and may go on `until` then.
    pub(crate) fn new(until: Instant) -> Self {
        Self { step: FIRST, tries: 0, began: Instant::now(), until, blocker: None }
    }

    /// How long it has been climbed.
    pub(crate) fn climbed(&self) -> Duration {
        self.began.elapsed()
    }

    /// `error`, with what was tried.
    pub(crate) fn account(&self, error: Error) -> Error {
        let Error::Sql(mut failure) = error else {
            return error;
        };
        if failure.kind == Kind::LockTimeout && failure.hint.is_none() && self.tries > 1 {
            let who = match &self.blocker {
                None => "who is in the way was not seen".to_owned(),
                Some(blocker) => format!(
                    "in the way is {blocker}; to end it: SELECT pg_terminate_backend({})",
                    blocker.pid
                ),
            };
            let tried = self.climbed().as_secs();
            failure.hint = Some(format!("tried {} times in {tried}s; {who}", self.tries));
        }
        Error::Sql(failure)
    }

    /// Goes one step up after `error`, having paused, if there is time left and a rollback has
    /// undone everything; returns whether to try again.
    pub(crate) fn climb(&mut self, error: &Error) -> bool {
        self.tries += 1;
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() || !met_a_lock(error) {
            return false;
        }
        // By chance longer or shorter, so that two that wait for each other part.
        let chance = RandomState::new().hash_one(self.tries) % 100;
        let pause = self.step.mul_f64(0.5 + f64::from(u32::try_from(chance).unwrap_or(50)) / 100.0);
        thread::sleep(pause.min(left));
        self.step = (self.step * 2).min(LAST).min(left.max(FIRST));
        true
    }
}

/// Whether `error` is one of meeting other sessions, after which a migration can be tried again.
fn met_a_lock(error: &Error) -> bool {
    let Error::Sql(failure) = error.cause() else {
        return false;
    };
    matches!(failure.outcome, Outcome::RolledBack)
        && matches!(failure.kind, Kind::LockTimeout | Kind::Deadlock | Kind::Serialization)
}

/// Whether a rollback undoes all that `text` does, as far as that can be seen in it.
pub(crate) fn can_be_undone(text: &str) -> bool {
    let has = |needle: &str| {
        let mut windows = text.as_bytes().windows(needle.len());
        windows.any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
    };
    !has("program") && !has("dblink")
}

/// Looks from a second connection who is in the way of a session, until it is dropped.
pub(crate) struct Lookout {
    ended: Arc<AtomicBool>,
    seen: Arc<Mutex<Option<Blocker>>>,
}

impl Lookout {
    /// A lookout for the session that `facts` describe; sees nothing where there is no second way.
    pub(crate) fn new(reach: &Reach, facts: &Facts) -> Self {
        let lookout = Self { ended: Arc::default(), seen: Arc::default() };
        if !reach.is_none() {
            let (ended, seen) = (lookout.ended.clone(), lookout.seen.clone());
            let (reach, pid) = (reach.clone(), facts.pid);
            let started = facts.started.clone().unwrap_or_default();
            thread::spawn(move || {
                let Some(mut side) = reach.open() else { return };
                while !ended.load(Ordering::SeqCst) {
                    if let Ok(Some(found)) = blocker(&mut side, pid, &started) {
                        *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(found);
                    }
                    thread::sleep(LOOK);
                }
            });
        }
        lookout
    }

    /// Who was seen last.
    pub(crate) fn seen(&self) -> Option<Blocker> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Lookout {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
    }
}

fn blocker(conn: &mut PgConnection, pid: i32, started: &str) -> QueryResult<Option<Blocker>> {
    diesel::sql_query(format!(
        "SELECT b.pid, b.application_name AS application, \
         to_char(b.xact_start, 'HH24:MI:SS') AS since, \
         pg_catalog.left(pg_catalog.regexp_replace(b.query, '\\s+', ' ', 'g'), 60) AS query \
         FROM pg_catalog.pg_stat_activity s \
         JOIN pg_catalog.pg_stat_activity b ON b.pid = ANY(pg_catalog.pg_blocking_pids(s.pid)) \
         WHERE s.pid = {pid} AND s.backend_start::text = {} ORDER BY b.xact_start LIMIT 1",
        literal(started)
    ))
    .get_result(conn)
    .optional()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_rollback_does_not_undo_is_not_tried_again() {
        assert!(can_be_undone("ALTER TABLE t ADD a int"));
        assert!(!can_be_undone("COPY t TO PROGRAM 'x'"));
        assert!(!can_be_undone("SELECT DBLink_exec('x')"));
    }
}
