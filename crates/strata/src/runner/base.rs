//! A run on one connection: where it stands.

use std::collections::HashSet;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use strata_sequence::Header;

use super::ladder::Lookout;
use crate::error::{Doing, Error, Fate};
use crate::ledger::Ledger;
use crate::row::stem;
use crate::session::{CLASS, Facts, Held, Reach, Settings, guard, holders, swapped};

/// A run under the lock: what all of its migrations share.
pub(crate) struct Runner<'a> {
    pub conn: &'a mut PgConnection,
    /// The ledger, with its schema.
    pub(super) ledger: Ledger,
    pub facts: &'a Facts,
    pub(super) settings: &'a Settings,
    pub reach: &'a Reach,
    /// Whether the caller has a transaction open, in which all of it happens.
    pub nested: bool,
    /// What is still to be said to the server before anything else; it costs no message where the
    /// first migration's can carry it.
    pub(super) owed: String,
    /// How long a lock is asked for; `None` where the server decides.
    pub step: Option<Duration>,
}

/// Whether a migration ran here, or was found done by somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Here,
    Elsewhere,
}

/// What the server is made to say where a transaction is open, or where the lock is not ours.
const OPEN: &str = " has left a transaction open";
const LOST: &str = " has lost the migration lock";

/// An expression that fails with `words` where `condition` holds.
fn complaint(condition: &str, words: &str) -> String {
    format!("CASE WHEN {condition} THEN (pg_catalog.pg_backend_pid()||'{words}')::int END")
}

impl<'a> Runner<'a> {
    /// A run on `conn` under the lock that is `held`; the ledger is there then.
    pub(crate) fn begin(
        conn: &'a mut PgConnection,
        ledger: &Ledger,
        held: &'a Held,
        settings: &'a Settings,
        reach: &'a Reach,
    ) -> Result<Self, Error> {
        let facts = &held.facts;
        if facts.standby {
            return Err(Error::Standby);
        }
        let Some(schema) = &facts.schema else {
            return Err(Error::NoSchema { ledger: ledger.to_string() });
        };
        let ledger = ledger.clone().in_schema(schema);
        let nested = crate::session::inside_transaction(conn);
        let commit = if held.open { "COMMIT;" } else { "" };
        let owed = format!("{commit}{}", settings.prepare());
        let mut runner = Self { conn, ledger, facts, settings, reach, nested, owed, step: None };
        if !facts.ledger {
            runner.settle()?;
            runner.ledger.create(runner.conn)?;
        }
        if nested {
            runner.settle()?;
        }
        Ok(runner)
    }

    /// The names in the ledger now.
    pub(crate) fn rows(&mut self) -> Result<Vec<crate::row::Row>, Error> {
        Ok(self.ledger.rows(self.conn)?.unwrap_or_default())
    }

    /// Says what is owed.
    pub(crate) fn settle(&mut self) -> Result<(), Error> {
        let owed = std::mem::take(&mut self.owed);
        if owed.is_empty() {
            return Ok(());
        }
        let sent = self.conn.batch_execute(&format!("SELECT {};{owed}", guard(self.facts.pid)));
        sent.map_err(|error| match swapped(&error) {
            true => Error::Pooled,
            false => Error::Database { doing: "prepare the session", source: error },
        })
    }

    /// Makes sure that this is still the session that holds the lock, and that it has no
    /// transaction open. A lock that was given away is taken again where it is free.
    pub(super) fn stand(&mut self, name: &str) -> Result<(), Error> {
        let Facts { pid, key, .. } = self.facts;
        // In a message of its own kind a transaction begins with the message, unless it is older.
        let open = match self.nested {
            true => "NULL".to_owned(),
            false => complaint("pg_catalog.now() <> pg_catalog.statement_timestamp()", OPEN),
        };
        let lost = format!(
            "NOT EXISTS ({} AND pid = {pid}) AND NOT pg_catalog.pg_try_advisory_lock({CLASS},{key})",
            holders("1", &key.to_string())
        );
        let stand = format!("SELECT {},{open},{}", guard(*pid), complaint(&lost, LOST));
        let Err(error) = self.conn.batch_execute(&stand) else {
            return Ok(());
        };
        let name = name.to_owned();
        let said = |words: &str| error.to_string().contains(words);
        match () {
            () if swapped(&error) => Err(Error::Pooled),
            () if is_closed(&error) => Err(self.lost(&name, Fate::Outside, error)),
            () if said(LOST) => Err(Error::LockLost { name }),
            () if self.nested => Err(error).doing("look at the session"),
            // An open transaction in which something failed answers nothing.
            () => {
                let _ = self.conn.batch_execute("ROLLBACK");
                Err(Error::LeftOpen { name })
            }
        }
    }

    /// Somebody who sees who is in the way of this session.
    pub(crate) fn lookout(&self) -> Lookout {
        Lookout::new(self.reach, self.facts)
    }

    /// Whether the ledger holds the migration `name` now, under its own name.
    pub(super) fn is_recorded(&mut self, name: &str) -> Result<bool, Error> {
        Ok(self.rows()?.iter().any(|row| stem(&row.name) == name))
    }

    /// The error of a connection that was lost, with what a second one can see; the session, if a
    /// pooler or a dead network keeps it, is ended where it is idle.
    pub(super) fn lost(&mut self, name: &str, fate: Fate, source: DieselError) -> Error {
        let seen = match fate {
            Fate::Outside => fate,
            fate => self.look_from_aside(name).unwrap_or(fate),
        };
        Error::ConnectionLost { name: name.to_owned(), fate: seen, source }
    }

    fn look_from_aside(&self, name: &str) -> Option<Fate> {
        let mut side = self.reach.open()?;
        let gone = crate::session::end_if_idle(&mut side, self.facts).ok()?;
        let rows = self.ledger.rows(&mut side).ok()??;
        let recorded: HashSet<_> = rows.iter().map(|row| stem(&row.name)).collect();
        (gone && !recorded.contains(name)).then_some(Fate::NotApplied)
    }

    /// Refuses a database that another tool has migrated.
    pub(crate) fn refuse_other_tools(&mut self) -> Result<(), Error> {
        let tables =
            super::other_tools::tables(self.conn).doing("look for another tool's ledger")?;
        match tables.is_empty() {
            true => Ok(()),
            false => Err(Error::OtherTool { ledger: self.ledger.to_string(), tables }),
        }
    }

    /// Sets the session back to what it was, but for what the run itself needs.
    pub(crate) fn restore_settings(&mut self) -> Result<(), Error> {
        self.settings.restore(self.conn)
    }
}

pub(crate) fn is_closed(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _))
}

/// The limits that a migration asks for, as pairs of setting and value.
pub(crate) fn limits(header: &Header) -> Vec<(&'static str, String)> {
    let limits =
        [("lock_timeout", header.lock_timeout), ("statement_timeout", header.statement_timeout)];
    let asked = limits.into_iter().filter_map(|(name, limit)| Some((name, limit?.as_millis())));
    asked.map(|(name, limit)| (name, limit.to_string())).collect()
}
