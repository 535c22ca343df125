//! Transactional SQL migrations: sent together, sorted out apart.

use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::Bool;
use strata_sql::literal;

use super::base::{Runner, is_closed, limits};
use super::ladder::FIRST;
use super::locate::{Located, failure};
use super::message::{Frame, Message, Part, Step, durations};
use crate::error::{Doing, Error, Fate, Kind, Outcome};
use crate::session::{Marks, guard, swapped};

/// What became of a message.
pub(crate) struct Sent {
    /// How long those took that were applied: the first ones of the message.
    pub done: Vec<Duration>,
    pub end: End,
}

/// How a message ended.
pub(crate) enum End {
    /// All of it was applied.
    Whole,
    /// The next one was applied by another session meanwhile.
    Elsewhere,
    /// The next one failed.
    Failed(Error),
}

/// How long another session's row is waited for, while it works in this database.
const OTHERS_WORK: Duration = Duration::from_secs(3);
/// How long it is waited for where nobody is seen to work.
const OTHERS_END: Duration = Duration::from_millis(150);

#[derive(QueryableByName)]
struct Others {
    #[diesel(sql_type = Bool)]
    work: bool,
}

/// How a part is dressed in this run.
struct Dress<'r, 'a>(&'r Runner<'a>);

impl Frame for Dress<'_, '_> {
    fn open(&self, part: &Part<'_>, opening: &str, recorded: &str) -> String {
        let Self(runner) = self;
        let begin = if runner.nested { "" } else { "BEGIN;" };
        let mut set = String::new();
        if let Some(step) = runner.step {
            let step = step.as_millis();
            set.push_str(&format!(",pg_catalog.set_config('lock_timeout','{step}',true)"));
        }
        for (name, value) in limits(part.header) {
            set.push_str(&format!(",pg_catalog.set_config('{name}','{value}',true)"));
        }
        let insert = runner.ledger.insert(&part.row);
        let guard = guard(runner.facts.pid);
        format!("{begin}SELECT {guard},{opening}{set};{insert} RETURNING {recorded};\n")
    }

    fn between(&self, part: &Part<'_>) -> String {
        match self.0.step {
            // What it holds by now, it holds briefly; what it sets itself, it sets.
            Some(step) if step > FIRST && !part.names("lock_timeout") => {
                format!(",pg_catalog.set_config('lock_timeout','{}',true)", FIRST.as_millis())
            }
            _ => String::new(),
        }
    }

    fn close(&self, part: &Part<'_>) -> String {
        let Self(runner) = self;
        if runner.nested {
            return String::new();
        }
        let local: &[_] = if part.durable { &[] } else { &[("synchronous_commit", "off")] };
        format!("{}COMMIT;", runner.settings.put_back(&part.named, local))
    }
}

impl Runner<'_> {
    /// Applies `parts`, each in a transaction with its row, in one message to the server.
    pub(crate) fn apply_parts(&mut self, parts: &[Part<'_>]) -> Result<Sent, Error> {
        let owed = std::mem::take(&mut self.owed);
        let message = Message::new(parts, &owed, &Dress(self));
        let start = Instant::now();
        let sent = match self.nested {
            true => self.conn.transaction(|conn| conn.batch_execute(&message.text)),
            false => self.conn.batch_execute(&message.text),
        };
        match sent {
            Ok(()) => self.account(parts, start.elapsed()),
            Err(error) => self.sort_out(parts, &message, error),
        }
    }

    /// Applies `part` as [`Self::apply_parts`] does, but statement by statement: for a server that
    /// hands a whole message on to others, and so cannot take several in one.
    pub(crate) fn apply_stepwise(&mut self, part: &Part<'_>) -> Result<Sent, Error> {
        self.settle()?;
        let start = Instant::now();
        let dress = Dress(self);
        let (open, close) = (dress.open(part, "NULL", "1"), dress.close(part));
        let mut at = Step::Row;
        let mut steps = |conn: &mut PgConnection| {
            conn.batch_execute(&open)?;
            for (index, range) in part.statements.iter().enumerate() {
                at = Step::Statement(index);
                conn.batch_execute(&part.text[range.clone()])?;
            }
            at = Step::End;
            conn.batch_execute(&format!("SET CONSTRAINTS ALL IMMEDIATE;{close}"))
        };
        let sent = match self.nested {
            true => self.conn.transaction(steps),
            false => steps(self.conn),
        };
        match sent {
            Ok(()) => self.account(std::slice::from_ref(part), start.elapsed()),
            Err(error) => self.step_failed(part, at, error),
        }
    }

    fn step_failed(
        &mut self,
        part: &Part<'_>,
        step: Step,
        error: DieselError,
    ) -> Result<Sent, Error> {
        if is_closed(&error) && !swapped(&error) {
            return self.lost_in(std::slice::from_ref(part), error);
        }
        if !self.nested {
            let _ = self.conn.batch_execute("ROLLBACK");
            self.owed = self.settings.prepare();
        }
        let end = match step {
            _ if swapped(&error) => End::Failed(Error::Pooled),
            _ if self.is_applied_elsewhere(part, &error)? => End::Elsewhere,
            Step::Statement(index) => {
                let range = part.statements[index].clone();
                let located = Located::alone(&part.text[range.clone()], index, range.start, &error);
                let outcome = Outcome::RolledBack;
                let located = Some(located);
                End::Failed(failure(part.migration, &part.text, located, error, outcome))
            }
            step => End::Failed(self.failed(part, step, None, error)),
        };
        Ok(Sent { done: Vec::new(), end })
    }

    fn account(&mut self, parts: &[Part<'_>], elapsed: Duration) -> Result<Sent, Error> {
        let count = parts.len();
        // One alone took as long as it was waited for.
        let mut done = vec![elapsed / u32::try_from(count).unwrap_or(1); count];
        let end = match Marks::take(self.conn) {
            Ok(marks) if count > 1 && marks.clocks.len() == count + 1 => {
                done = durations(&marks.clocks, count);
                End::Whole
            }
            Ok(_) => End::Whole,
            Err(source) => End::Failed(Error::Database { doing: "read the clock", source }),
        };
        if self.nested || parts.iter().any(Part::prepares) {
            self.restore_settings()?;
        }
        Ok(Sent { done, end })
    }

    /// What a message that ended in `error` has done, and why it ended.
    fn sort_out(
        &mut self,
        parts: &[Part<'_>],
        message: &Message,
        error: DieselError,
    ) -> Result<Sent, Error> {
        if is_closed(&error) && !swapped(&error) {
            return self.lost_in(parts, error);
        }
        if !self.nested {
            // Fails only with the connection, which the next question tells.
            let _ = self.conn.batch_execute("ROLLBACK");
            self.owed = self.settings.prepare();
        }
        if swapped(&error) {
            return Ok(Sent { done: Vec::new(), end: End::Failed(Error::Pooled) });
        }
        let marks = Marks::take(self.conn).doing("look where the migration failed")?;
        let place = message.place_of(&error, self.facts.counts_bytes);
        let Some(mark) = marks.place else {
            return self.without_marks(parts, place, error);
        };
        let (index, step) = message.step_of(mark, parts);
        let done = durations(&marks.clocks, index);
        if self.is_applied_elsewhere(&parts[index], &error)? {
            return Ok(Sent { done, end: End::Elsewhere });
        }
        let place = place.filter(|(part, _)| *part == index).map(|(_, byte)| byte);
        Ok(Sent { done, end: End::Failed(self.failed(&parts[index], step, place, error)) })
    }

    /// Nothing of a message ran, since the server could not read it: the part that is at fault
    /// stops none before it.
    fn without_marks(
        &mut self,
        parts: &[Part<'_>],
        place: Option<(usize, usize)>,
        error: DieselError,
    ) -> Result<Sent, Error> {
        let (index, byte) = match place {
            Some((index, byte)) => (index, Some(byte)),
            None if parts.len() > 1 => return self.apart(parts),
            None => (0, None),
        };
        let mut sent = match index {
            0 => Sent { done: Vec::new(), end: End::Whole },
            _ => self.apply_parts(&parts[..index])?,
        };
        if matches!(sent.end, End::Whole) {
            sent.end = match self.is_recorded(parts[index].migration.name())? {
                true => End::Elsewhere,
                false => End::Failed(self.failed(&parts[index], Step::End, byte, error)),
            };
        }
        Ok(sent)
    }

    /// Applies `parts` each in a message of its own: the server has not said which of them it
    /// cannot read, be it for a character that the database's encoding does not have.
    fn apart(&mut self, parts: &[Part<'_>]) -> Result<Sent, Error> {
        let mut done = Vec::new();
        for part in parts {
            let sent = self.apply_parts(std::slice::from_ref(part))?;
            done.extend(sent.done);
            if !matches!(sent.end, End::Whole) {
                return Ok(Sent { done, end: sent.end });
            }
        }
        Ok(Sent { done, end: End::Whole })
    }

    fn failed(
        &self,
        part: &Part<'_>,
        step: Step,
        byte: Option<usize>,
        error: DieselError,
    ) -> Error {
        let located = match (byte, step) {
            (Some(byte), _) => Some(Located::Byte(byte)),
            (None, Step::Statement(index)) => part
                .statements
                .get(index)
                .map(|range| Located::Statement { index, offset: range.start }),
            (None, Step::Row) => return self.ledger.error("write to the ledger", error),
            (None, Step::End) => None,
        };
        failure(part.migration, &part.text, located, error, Outcome::RolledBack)
    }

    /// What is known of `parts` after the connection was lost: what the ledger says, if a second
    /// connection can ask it.
    fn lost_in(&mut self, parts: &[Part<'_>], error: DieselError) -> Result<Sent, Error> {
        let name = parts.first().map_or("", |part| part.migration.name());
        let lost = self.lost(name, Fate::WholeOrNot, error);
        let Error::ConnectionLost { fate, source, .. } = lost else {
            return Err(lost);
        };
        let applied = match self.reach.open() {
            Some(mut side) => match self.ledger.rows(&mut side) {
                Ok(Some(rows)) => parts
                    .iter()
                    .take_while(|part| rows.iter().any(|row| row.name == part.row))
                    .count(),
                _ => 0,
            },
            None => 0,
        };
        let next = parts.get(applied).or(parts.last());
        let name = next.map_or("", |part| part.migration.name()).to_owned();
        let done = vec![Duration::ZERO; applied];
        Ok(Sent { done, end: End::Failed(Error::ConnectionLost { name, fate, source }) })
    }

    /// Whether another session, which may know nothing of our lock, has applied `part`, or is about
    /// to: its row can be the last thing that it writes.
    fn is_applied_elsewhere(
        &mut self,
        part: &Part<'_>,
        error: &DieselError,
    ) -> Result<bool, Error> {
        let start = Instant::now();
        loop {
            if self.is_recorded(part.migration.name())? {
                return Ok(true);
            }
            if !met_somebody(error) {
                return Ok(false);
            }
            let patience = if others_work(self.conn)? { OTHERS_WORK } else { OTHERS_END };
            if start.elapsed() >= patience {
                return Ok(false);
            }
            sleep(Duration::from_millis(25));
        }
    }
}

/// Whether `error` may be another session's doing, or what it did.
fn met_somebody(error: &DieselError) -> bool {
    let DieselError::DatabaseError(kind, info) = error else {
        return false;
    };
    let class = Kind::of(kind, info.message());
    match kind {
        DatabaseErrorKind::UniqueViolation | DatabaseErrorKind::SerializationFailure => true,
        // A place that the server names is a fault of the text.
        DatabaseErrorKind::Unknown if info.statement_position().is_none() => {
            matches!(class, Kind::Other | Kind::Deadlock)
        }
        _ => false,
    }
}

/// Whether another session is changing this database just now.
fn others_work(conn: &mut PgConnection) -> Result<bool, Error> {
    let query = diesel::sql_query(format!(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_locks WHERE locktype = 'relation' AND granted \
         AND mode <> {} AND mode <> 'RowShareLock' AND pid <> pg_catalog.pg_backend_pid() \
         AND database = (SELECT oid FROM pg_catalog.pg_database \
         WHERE datname = pg_catalog.current_database())) AS work",
        literal("AccessShareLock")
    ));
    let others = query.get_result::<Others>(conn).doing("look for other sessions")?;
    Ok(others.work)
}
