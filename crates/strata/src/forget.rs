//! Entries of the ledger that are to go.

use diesel::pg::PgConnection;
use strata_sequence::MigrationName;

use crate::error::Error;
use crate::migrations::Migration;
use crate::migrator::Migrator;
use crate::plan::answers;
use crate::row::{Row, stem};

/// What [`Migrator::forget`] removes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Forgettable {
    /// Every entry of the migration, as the ledger spells them.
    pub rows: Vec<String>,
    /// The migration that will be pending then, and so runs again; none where the sequence has none
    /// that answers to these entries.
    pub runs_again: Option<String>,
}

impl Migrator {
    /// The entries of one migration, which `name` names: by its number, by its name with or without
    /// extension, or by a name under which the ledger holds it.
    ///
    /// # Errors
    ///
    /// The ledger holds no such entry, or those of several migrations; or it cannot be read.
    pub fn forgettable(&self, conn: &mut PgConnection, name: &str) -> Result<Forgettable, Error> {
        let rows = self.rows(conn)?;
        let migrations = self.sequence().migrations();
        let found = match self.named(&rows, name)? {
            Some(migration) => of_migration(&rows, migration)?,
            None => Forgettable { rows: unknown(&rows, name)?, runs_again: None },
        };
        match found.rows.is_empty() {
            false => Ok(found),
            true => Err(Error::NotInLedger {
                name: name.to_owned(),
                pending: migrations.iter().any(|m| is_named(m, name)),
            }),
        }
    }

    /// Removes these entries from the ledger. What the migration did to the database stays.
    ///
    /// # Errors
    ///
    /// The ledger cannot be written; then all entries are as they were.
    pub fn forget(&self, conn: &mut PgConnection, found: &Forgettable) -> Result<(), Error> {
        self.ledger_table().forget(conn, &found.rows)
    }

    /// The migration that `name` names: its own name before one that only the ledger has.
    fn named(&self, rows: &[Row], name: &str) -> Result<Option<&Migration>, Error> {
        let migrations = self.sequence().migrations();
        if let Some(migration) = migrations.iter().find(|migration| is_named(migration, name)) {
            return Ok(Some(migration));
        }
        for row in rows.iter().filter(|row| is_row_named(row, name)) {
            for migration in migrations {
                if answers(migration, row)? {
                    return Ok(Some(migration));
                }
            }
        }
        Ok(None)
    }
}

fn of_migration(rows: &[Row], migration: &Migration) -> Result<Forgettable, Error> {
    let mut found = Vec::new();
    for row in rows {
        if answers(migration, row)? {
            found.push(row.name.clone());
        }
    }
    Ok(Forgettable { rows: found, runs_again: Some(migration.name().to_owned()) })
}

/// Rows that no migration answers to.
fn unknown(rows: &[Row], name: &str) -> Result<Vec<String>, Error> {
    let found: Vec<_> = rows.iter().filter(|row| is_row_named(row, name)).collect();
    match found.iter().all(|row| stem(&row.name) == stem(&found[0].name)) {
        true => Ok(found.into_iter().map(|row| row.name.clone()).collect()),
        false => Err(Error::SeveralInLedger {
            name: name.to_owned(),
            rows: found.into_iter().map(|row| row.name.clone()).collect(),
        }),
    }
}

fn is_named(migration: &Migration, name: &str) -> bool {
    stem(name) == migration.name() || name.parse() == Ok(migration.number())
}

fn is_row_named(row: &Row, name: &str) -> bool {
    let number = MigrationName::parse(stem(&row.name)).ok().map(|name| name.number());
    stem(&row.name) == stem(name) || (number.is_some() && number == name.parse().ok())
}
