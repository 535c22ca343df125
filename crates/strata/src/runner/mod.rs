//! Applies one migration on one connection, with its ledger row.

mod concurrent_index;
mod locate;

use std::error::Error as StdError;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::BigInt;
use locate::{Located, locate};
use strata_sequence::Header;
use strata_sql::split_statements;

use crate::error::{Doing, Error, Outcome, SqlFailure};
use crate::event::Event;
use crate::ledger::Ledger;
use crate::migrations::Migration;
use crate::session::{Settings, inside_transaction, may_change_settings};

/// A run under the lock: what all of its migrations share.
pub(crate) struct Runner<'a> {
    pub conn: &'a mut PgConnection,
    ledger: &'a Ledger,
    /// The server process that holds the lock.
    pid: i32,
    /// Whether the caller has a transaction open, in which all of it happens.
    pub nested: bool,
    /// The session's settings before the first migration.
    settings: Settings,
}

/// Whether a migration ran here, or was found done by somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    Here,
    Elsewhere,
}

/// A failed second look at a migration must not take as long as the migration did.
const LOCATE_WITHIN: Duration = Duration::from_secs(30);

/// What a transaction around a Rust migration ends with.
enum Broken {
    Database(DieselError),
    Up(Box<dyn StdError + Send + Sync>),
    LeftTransaction,
}

impl From<DieselError> for Broken {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

#[derive(QueryableByName)]
struct TransactionId {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

impl<'a> Runner<'a> {
    /// A run on `conn`, whose server process `pid` holds the lock; the ledger is there then.
    pub(crate) fn begin(
        conn: &'a mut PgConnection,
        ledger: &'a Ledger,
        pid: i32,
    ) -> Result<Self, Error> {
        ledger.create(conn)?;
        let nested = inside_transaction(conn);
        let settings = Settings::of(conn).doing("read the session's settings")?;
        Ok(Self { conn, ledger, pid, nested, settings })
    }

    /// Applies `migration` and records it as `row`. A commit that is not `durable` may be lost in
    /// a crash of the server, whole and with its row.
    pub(crate) fn apply(
        &mut self,
        migration: &Migration,
        row: &str,
        durable: bool,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<Applied, Error> {
        let header = migration.header()?;
        match (migration.up()?, header.no_transaction) {
            (Some(up), false) => {
                let limits = limits(header, "SET LOCAL ");
                let done = self.in_transaction(migration.name(), &limits, row, up);
                let done = done.map_err(|cause| rust_error(migration, cause))?;
                self.restore_settings()?;
                Ok(done)
            }
            (Some(up), true) => self.outside(migration, row, |runner| {
                up(runner.conn).map_err(|cause| rust_error(migration, cause))
            }),
            (None, true) => {
                let text = migration.sql()?;
                self.outside(migration, row, |runner| runner.one_by_one(migration, &text, on_event))
            }
            (None, false) => self.in_one_message(migration, row, durable),
        }
    }

    /// Transaction, row and body in one message to the server.
    fn in_one_message(
        &mut self,
        migration: &Migration,
        row: &str,
        durable: bool,
    ) -> Result<Applied, Error> {
        let text = migration.sql()?;
        let mut opening = limits(migration.header()?, "SET LOCAL ");
        if !durable && !self.nested {
            opening.push_str("SET LOCAL synchronous_commit = off;");
        }
        opening.push_str(&self.ledger.insert(row, self.pid));
        opening.push_str(";\n");
        let start = Instant::now();
        let (prefix, sent) = if self.nested {
            let message = format!("{opening}{text}");
            (opening.clone(), self.conn.transaction(|conn| conn.batch_execute(&message)))
        } else {
            let prefix = format!("BEGIN;{opening}");
            // The line break ends a comment that the text may end with.
            let sent = self.conn.batch_execute(&format!("{prefix}{text}\n;COMMIT"));
            if sent.is_err() {
                // Fails only with the connection, which the first error tells already.
                let _ = self.conn.batch_execute("ROLLBACK");
            }
            (prefix, sent)
        };
        // The text has been split once already, when it was checked.
        let statements = split_statements(&text).unwrap_or_default();
        if let Err(error) = sent {
            let again = (start.elapsed() < LOCATE_WITHIN).then_some(opening.as_str());
            let located = Located::from_server(&text, prefix.chars().count(), &error);
            let error = self.row_error(migration.name(), error)?;
            let Some(error) = error else {
                return Ok(Applied::Elsewhere);
            };
            let located = located.or_else(|| locate(self.conn, again?, &statements, &error));
            return Err(failure(migration, &text, located, error, Outcome::RolledBack));
        }
        if may_change_settings(&text, &statements) {
            self.restore_settings()?;
        }
        Ok(Applied::Here)
    }

    /// Runs `up` in a transaction with the row, which comes first: its unique name makes even a
    /// runner wait that knows nothing of the lock.
    pub(crate) fn in_transaction(
        &mut self,
        name: &str,
        limits: &str,
        row: &str,
        up: impl FnOnce(&mut PgConnection) -> Result<(), Box<dyn StdError + Send + Sync>>,
    ) -> Result<Applied, UpError> {
        let opening = format!("{limits}{}", self.ledger.insert(row, self.pid));
        let mut recorded = false;
        let result = self.conn.transaction(|conn| {
            conn.batch_execute(&opening)?;
            recorded = true;
            let before = transaction_id(conn)?;
            up(conn).map_err(Broken::Up)?;
            if transaction_id(conn)? == before { Ok(()) } else { Err(Broken::LeftTransaction) }
        });
        match result {
            Ok(()) => Ok(Applied::Here),
            Err(Broken::Up(error)) => Err(UpError::Up(error)),
            Err(Broken::LeftTransaction) => {
                Err(UpError::Engine(Error::LeftTransaction { name: name.to_owned() }))
            }
            Err(Broken::Database(error)) if recorded => Err(UpError::Up(Box::new(error))),
            Err(Broken::Database(error)) => match self.row_error(name, error)? {
                None => Ok(Applied::Elsewhere),
                Some(source) => Err(UpError::Engine(Error::Database {
                    doing: "record a migration in the ledger",
                    source,
                })),
            },
        }
    }

    /// Runs `work` outside a transaction and, once it is done, adds the row.
    fn outside(
        &mut self,
        migration: &Migration,
        row: &str,
        work: impl FnOnce(&mut Self) -> Result<(), Error>,
    ) -> Result<Applied, Error> {
        let limits = limits(migration.header()?, "SET ");
        if !limits.is_empty() {
            self.conn.batch_execute(&limits).doing("set the migration's timeouts")?;
        }
        let worked = work(self);
        let restored = self.restore_settings();
        worked.and(restored)?;
        self.record(migration.name(), row)
    }

    /// Adds the row of what has run already.
    pub(crate) fn record(&mut self, name: &str, row: &str) -> Result<Applied, Error> {
        match self.conn.batch_execute(&self.ledger.insert(row, self.pid)) {
            Ok(()) => Ok(Applied::Here),
            Err(error) => match self.row_error(name, error)? {
                None => Ok(Applied::Elsewhere),
                Some(error) => Err(error).doing("record a migration in the ledger"),
            },
        }
    }

    fn one_by_one(
        &mut self,
        migration: &Migration,
        text: &str,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Error> {
        let statements = split_statements(text).unwrap_or_default();
        for (done, statement) in statements.iter().enumerate() {
            if let Some(index) = concurrent_index::drop_invalid(self.conn, migration, statement)? {
                on_event(Event::IndexRebuilt { migration, index: &index });
            }
            self.conn.batch_execute(statement.text).map_err(|error| {
                let located = Located::in_statement(text, &statements, done, &error);
                let outcome = Outcome::Partial { done, of: statements.len() };
                failure(migration, text, Some(located), error, outcome)
            })?;
        }
        Ok(())
    }

    /// What an error that may come from the row says: `None` if somebody else applied the
    /// migration meanwhile, an error of its own for a pooler or a lost connection, or `error`.
    fn row_error(&self, name: &str, error: DieselError) -> Result<Option<DieselError>, Error> {
        let DieselError::DatabaseError(kind, info) = &error else {
            return Ok(Some(error));
        };
        let of_ledger = info.table_name() == Some(self.ledger.table());
        match kind {
            DatabaseErrorKind::ClosedConnection => {
                Err(Error::ConnectionLost { name: name.to_owned(), source: error })
            }
            DatabaseErrorKind::UniqueViolation if of_ledger => Ok(None),
            DatabaseErrorKind::NotNullViolation if of_ledger => Err(Error::Pooled),
            _ => Ok(Some(error)),
        }
    }

    pub(crate) fn restore_settings(&mut self) -> Result<(), Error> {
        self.settings.restore(self.conn).doing("set the session's settings back")
    }
}

/// Why a migration that is code failed.
pub(crate) enum UpError {
    /// The engine's own part of it.
    Engine(Error),
    /// The code's.
    Up(Box<dyn StdError + Send + Sync>),
}

impl From<Error> for UpError {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

impl From<Box<dyn StdError + Send + Sync>> for UpError {
    fn from(error: Box<dyn StdError + Send + Sync>) -> Self {
        Self::Up(error)
    }
}

fn rust_error(migration: &Migration, cause: impl Into<UpError>) -> Error {
    match cause.into() {
        UpError::Engine(error) => error,
        UpError::Up(source) => Error::Rust {
            name: migration.name().to_owned(),
            number: migration.number(),
            file: migration.file().to_owned(),
            source,
        },
    }
}

fn transaction_id(conn: &mut PgConnection) -> QueryResult<i64> {
    let query = diesel::sql_query("SELECT pg_catalog.txid_current() AS id");
    Ok(query.get_result::<TransactionId>(conn)?.id)
}

/// The settings that a migration asks for, as statements.
fn limits(header: &Header, set: &str) -> String {
    let limits =
        [("lock_timeout", header.lock_timeout), ("statement_timeout", header.statement_timeout)];
    let asked = limits.into_iter().filter_map(|(name, limit)| Some((name, limit?.as_millis())));
    asked.map(|(name, limit)| format!("{set}{name} = {limit};")).collect()
}

fn failure(
    migration: &Migration,
    text: &str,
    located: Option<Located>,
    error: DieselError,
    outcome: Outcome,
) -> Error {
    let (kind, info) = match error {
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
            return Error::ConnectionLost { name: migration.name().to_owned(), source: error };
        }
        DieselError::DatabaseError(kind, info) => (kind, info),
        source => {
            return Error::Database { doing: "send a migration", source };
        }
    };
    let info: &dyn DatabaseErrorInformation = &*info;
    Error::Sql(Box::new(SqlFailure {
        name: migration.name().to_owned(),
        file: migration.file().to_owned(),
        place: located.map(|located| located.place(text)),
        message: info.message().to_owned(),
        detail: info.details().map(str::to_owned),
        hint: info.hint().map(str::to_owned),
        kind: (&kind).into(),
        outcome,
    }))
}
