//! Our migrations as a source of Diesel's kind, for any harness of Diesel's.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use diesel::connection::BoxableConnection;
use diesel::migration::{
    Migration as DieselMigration, MigrationMetadata, MigrationName, MigrationSource,
    MigrationVersion, Result,
};
use diesel::pg::{Pg, PgConnection};
use strata_sql::split_statements;

use crate::error::Error;
use crate::migrations::{EmbeddedMigrations, Migration, Sequence};

/// Digits of a version that stands for one of our numbers. Diesel compares versions as text, so
/// that they must be of one length.
const VERSION_DIGITS: usize = 14;

impl MigrationSource<Pg> for Sequence {
    fn migrations(&self) -> Result<Vec<Box<dyn DieselMigration<Pg>>>> {
        let boxed = |migration: &Migration| {
            let in_transaction = !migration.header()?.no_transaction;
            let version = format!("{:0VERSION_DIGITS$}", migration.number());
            let layer = Box::new(Layer { migration: migration.clone(), version, in_transaction });
            layers().insert(address(&*layer), migration.clone());
            Ok(layer as Box<dyn DieselMigration<Pg>>)
        };
        self.migrations().iter().map(boxed).collect()
    }
}

impl MigrationSource<Pg> for EmbeddedMigrations {
    fn migrations(&self) -> Result<Vec<Box<dyn DieselMigration<Pg>>>> {
        MigrationSource::migrations(&Sequence::try_from(self)?)
    }
}

/// A migration of ours, to Diesel.
struct Layer {
    migration: Migration,
    version: String,
    in_transaction: bool,
}

/// The layers that are alive, by their addresses: Diesel's trait hides what a migration is, and our
/// own harness must know its own, with all their names.
static LAYERS: Mutex<BTreeMap<usize, Migration>> = Mutex::new(BTreeMap::new());

fn layers() -> MutexGuard<'static, BTreeMap<usize, Migration>> {
    LAYERS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn address(migration: &dyn DieselMigration<Pg>) -> usize {
    std::ptr::from_ref(migration).cast::<()>().addr()
}

impl Drop for Layer {
    fn drop(&mut self) {
        layers().remove(&address(self));
    }
}

/// The migration of ours that `migration` is, if it is one.
#[cfg(feature = "harness")]
pub(crate) fn ours(migration: &dyn DieselMigration<Pg>) -> Option<Migration> {
    layers().get(&address(migration)).cloned()
}

impl DieselMigration<Pg> for Layer {
    fn run(&self, conn: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        if let Some(up) = self.migration.up()? {
            let conn =
                conn.downcast_mut::<PgConnection>().ok_or("Rust migrations need a PgConnection")?;
            return up(conn);
        }
        let text = self.migration.sql()?;
        if self.in_transaction {
            return Ok(conn.batch_execute(&text)?);
        }
        for statement in split_statements(&text).map_err(|(_, problem)| problem)? {
            conn.batch_execute(statement.text)?;
        }
        Ok(())
    }

    fn revert(&self, _: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        Err(Box::new(Error::OneWay { name: self.migration.name().to_owned() }))
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

impl MigrationMetadata for Layer {
    fn run_in_transaction(&self) -> bool {
        self.in_transaction
    }
}

impl MigrationName for Layer {
    fn version(&self) -> MigrationVersion<'_> {
        MigrationVersion::from(self.version.as_str())
    }
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.migration.name())
    }
}

/// The version that Diesel sees in a ledger's name: what stands before the first underscore,
/// without dashes; for our short numbers, as [`Layer`] gives it.
#[cfg(feature = "harness")]
pub(crate) fn version(name: &str) -> String {
    let version = name.split('_').next().unwrap_or_default().replace('-', "");
    match version.parse::<u64>() {
        Ok(number) => format!("{number:0VERSION_DIGITS$}"),
        Err(_) => version,
    }
}
