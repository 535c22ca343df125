//! Migrations that are code: in a transaction with their row, which comes last.
//!
//! Code can end the transaction that it was given. Whatever it commits has no row then: such a
//! migration is never recorded, not even if the program dies in the middle of it.

use std::error::Error as StdError;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{BigInt, Nullable, Text};
use strata_sql::literal;

use super::base::{Applied, Runner, is_closed};
use crate::error::{Error, Fate, Outcome};
use crate::session::{guard, swapped};

/// Why a migration that is code failed.
pub(crate) enum UpError {
    /// The engine's own part of it.
    Engine(Error),
    /// The code's, and what became of the migration.
    Up(Box<dyn StdError + Send + Sync>, Outcome),
}

impl From<Error> for UpError {
    fn from(error: Error) -> Self {
        Self::Engine(error)
    }
}

/// What a transaction around a migration ends with.
enum Broken {
    Database(DieselError),
    /// Before the code began.
    Guard(DieselError),
    Up(Box<dyn StdError + Send + Sync>),
    Left(Option<Box<dyn StdError + Send + Sync>>),
    Row(DieselError),
}

impl From<DieselError> for Broken {
    fn from(error: DieselError) -> Self {
        Self::Database(error)
    }
}

#[derive(QueryableByName)]
struct Transaction {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

#[derive(QueryableByName)]
struct Fated {
    #[diesel(sql_type = Nullable<Text>)]
    status: Option<String>,
}

impl Runner<'_> {
    /// Runs `up` in a transaction, and records the migration as `row` in it.
    pub(crate) fn in_transaction(
        &mut self,
        name: &str,
        limits: &[(&str, String)],
        row: &str,
        up: impl FnOnce(&mut PgConnection) -> Result<(), Box<dyn StdError + Send + Sync>>,
    ) -> Result<Applied, UpError> {
        self.settle()?;
        self.stand(name)?;
        let opening = opening(self.facts.pid, limits);
        let insert = self.ledger.insert(row);
        let mut id = None;
        let result = self.conn.transaction(|conn| {
            conn.batch_execute(&opening).map_err(Broken::Guard)?;
            let before = transaction_id(conn)?;
            id = Some(before);
            match (up(conn), transaction_id(conn)) {
                (Ok(()), Ok(now)) if now == before => {}
                (Ok(()), Ok(_)) => return Err(Broken::Left(None)),
                (Ok(()), Err(error)) => return Err(Broken::Database(error)),
                (Err(error), Ok(now)) if now != before => return Err(Broken::Left(Some(error))),
                // A transaction in which something failed answers nothing.
                (Err(error), _) => return Err(Broken::Up(error)),
            }
            conn.batch_execute(&insert).map_err(Broken::Row)
        });
        let Err(broken) = result else {
            return Ok(Applied::Here);
        };
        if !self.nested {
            // Whatever the code left open.
            let _ = self.conn.batch_execute("ROLLBACK");
        }
        self.broken(name, broken, id)
    }

    fn broken(&mut self, name: &str, broken: Broken, id: Option<i64>) -> Result<Applied, UpError> {
        let left = matches!(broken, Broken::Left(_));
        let source: Option<Box<dyn StdError + Send + Sync>> = match broken {
            Broken::Guard(error) if swapped(&error) => return Err(Error::Pooled.into()),
            Broken::Guard(source) => {
                return Err(Error::Database { doing: "begin a migration", source }.into());
            }
            Broken::Row(error) if self.is_recorded(name)? => {
                tracing::debug!(%error, "the row was there");
                return Ok(Applied::Elsewhere);
            }
            Broken::Row(error) => {
                return Err(self.ledger.error("write to the ledger", error).into());
            }
            Broken::Database(error) if is_closed(&error) => {
                return Err(self.lost(name, Fate::WholeOrNot, error).into());
            }
            Broken::Database(error) => Some(Box::new(error)),
            Broken::Up(error) => Some(error),
            Broken::Left(error) => error,
        };
        match (self.fate(id), source) {
            (Ok(Ended::RolledBack), Some(source)) if !left => {
                Err(UpError::Up(source, Outcome::RolledBack))
            }
            (Ok(ended), source) => {
                let committed = ended == Ended::Committed;
                Err(Error::LeftTransaction { name: name.to_owned(), committed, source }.into())
            }
            (Err(error), _) => Err(self.lost(name, Fate::WholeOrNot, error).into()),
        }
    }

    /// What became of the transaction numbered `id`, which the server remembers.
    fn fate(&mut self, id: Option<i64>) -> QueryResult<Ended> {
        let Some(id) = id else {
            return Ok(Ended::RolledBack);
        };
        let query = diesel::sql_query(format!("SELECT pg_catalog.txid_status({id}) AS status"));
        Ok(match query.get_result::<Fated>(self.conn)?.status.as_deref() {
            Some("committed") => Ended::Committed,
            // Inside a caller's transaction a savepoint was rolled back.
            _ => Ended::RolledBack,
        })
    }

    /// Adds the row of what has run already.
    pub(crate) fn record(&mut self, name: &str, row: &str) -> Result<Applied, Error> {
        let insert = format!("SELECT {};{}", guard(self.facts.pid), self.ledger.insert(row));
        match self.conn.batch_execute(&insert) {
            Ok(()) => Ok(Applied::Here),
            Err(error) if is_closed(&error) => Err(self.lost(name, Fate::Outside, error)),
            Err(error) if swapped(&error) => Err(Error::Pooled),
            Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
                if self.is_recorded(name)? =>
            {
                Ok(Applied::Elsewhere)
            }
            Err(error) => Err(self.ledger.error("write to the ledger", error)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    RolledBack,
    Committed,
}

fn opening(pid: i32, limits: &[(&str, String)]) -> String {
    let set = limits.iter().map(|(name, value)| {
        format!(",pg_catalog.set_config({},{},true)", literal(name), literal(value))
    });
    format!("SELECT {}{}", guard(pid), set.collect::<String>())
}

fn transaction_id(conn: &mut PgConnection) -> QueryResult<i64> {
    let query = diesel::sql_query("SELECT pg_catalog.txid_current() AS id");
    Ok(query.get_result::<Transaction>(conn)?.id)
}
