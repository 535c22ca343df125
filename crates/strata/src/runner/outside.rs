//! Migrations that run outside a transaction: statement by statement, recorded when all are done.

#[cfg(feature = "harness")]
use std::error::Error as StdError;

use diesel::connection::SimpleConnection;
#[cfg(feature = "harness")]
use diesel::pg::PgConnection;
use strata_sequence::Header;
use strata_sql::split_statements;

use super::base::{Applied, Runner, is_closed, limits};
use super::concurrent_index::drop_invalid;
use super::locate::{Located, failure};
#[cfg(feature = "harness")]
use super::rust::UpError;
use crate::error::{Doing, Error, Fate, Outcome};
use crate::event::Event;
use crate::migrations::{Migration, Up};

impl Runner<'_> {
    /// Runs `migration` outside a transaction, and records it as `row` once it is done.
    pub(crate) fn outside(
        &mut self,
        migration: &Migration,
        up: Option<Up>,
        row: &str,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<Applied, Error> {
        self.settle()?;
        self.stand(migration.name())?;
        self.set_limits(migration.header()?)?;
        let worked = match up {
            Some(up) => self.call(migration, up),
            None => self.one_by_one(migration, &migration.sql()?, on_event),
        };
        if let Err(error @ (Error::ConnectionLost { .. } | Error::Pooled)) = worked {
            return Err(error);
        }
        let stood = self.stand(migration.name());
        if stood.is_err() {
            let _ = self.conn.batch_execute("ROLLBACK");
        }
        let restored = self.restore_settings();
        worked.and(stood).and(restored)?;
        self.record(migration.name(), row)
    }

    fn set_limits(&mut self, header: &Header) -> Result<(), Error> {
        for (name, value) in limits(header) {
            let set = self.conn.batch_execute(&format!("SET {name} = {value}"));
            set.doing("set the migration's timeouts")?;
        }
        Ok(())
    }

    /// Runs code outside a transaction, which must leave none open.
    #[cfg(feature = "harness")]
    pub(crate) fn outside_with(
        &mut self,
        name: &str,
        up: impl FnOnce(&mut PgConnection) -> Result<(), Box<dyn StdError + Send + Sync>>,
    ) -> Result<(), UpError> {
        self.settle()?;
        self.stand(name)?;
        up(self.conn).map_err(|error| UpError::Up(error, Outcome::Outside))?;
        Ok(self.stand(name)?)
    }

    fn call(&mut self, migration: &Migration, up: Up) -> Result<(), Error> {
        up(self.conn).map_err(|source| Error::Rust {
            name: migration.name().to_owned(),
            number: migration.number(),
            file: migration.file().to_owned(),
            outcome: Outcome::Outside,
            source,
        })
    }

    fn one_by_one(
        &mut self,
        migration: &Migration,
        text: &str,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Error> {
        let statements = split_statements(text).unwrap_or_default();
        for (done, statement) in statements.iter().enumerate() {
            if done > 0 {
                self.stand(migration.name())?;
            }
            if let Some(index) = drop_invalid(self.conn, migration, statement)? {
                on_event(Event::IndexRebuilt { migration, index: &index });
            }
            let Err(error) = self.conn.batch_execute(statement.text) else {
                continue;
            };
            if is_closed(&error) {
                return Err(self.lost(migration.name(), Fate::Outside, error));
            }
            let located = Located::alone(statement.text, done, statement.offset, &error);
            let outcome = Outcome::Partial { done, of: statements.len() };
            return Err(failure(migration, text, Some(located), error, outcome));
        }
        Ok(())
    }
}
