//! Entries of migrations that ran elsewhere: taken over from another ledger, or in the database
//! since before there was one.

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use strata_sql::literal;

use crate::error::{Doing, Error};
use crate::ledger::Ledger;
use crate::migrator::Migrator;
use crate::plan::{Rules, plan};
use crate::row::Row;
use crate::session::under_lock;

/// A migration that ran elsewhere, to be recorded as applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its name in the sequence.
    pub name: String,
    /// When it ran, in ISO 8601 and UTC (`2026-01-31T12:00:00.5`), if that is known.
    pub applied_at: Option<String>,
}

impl Migrator {
    /// Records as applied, without running them, the migrations that `choose` gives, and returns
    /// the names of those that were pending. All of it, `choose` included, happens in one
    /// transaction under the migration lock. What is applied already is passed over; a ledger is
    /// only created if there is something to record. A time that is not known is left out.
    ///
    /// # Errors
    ///
    /// `choose` fails, or gives a name that the sequence does not have; the lock is not free
    /// before the deadline; or the ledger cannot be written. Nothing is recorded then.
    pub fn record_with<E: From<Error>>(
        &self,
        conn: &mut PgConnection,
        choose: impl FnOnce(&mut PgConnection) -> Result<Vec<Record>, E>,
    ) -> Result<Vec<String>, E> {
        let (ledger, deadline) = self.parts();
        under_lock(ledger, deadline, conn, |conn, pid| {
            let recorded = conn.transaction(|conn| {
                let records = choose(conn).map_err(Stop::Choice)?;
                self.record(conn, pid, &records).map_err(|error| Stop::Choice(error.into()))
            });
            recorded.map_err(Stop::into_error)
        })
    }

    fn record(
        &self,
        conn: &mut PgConnection,
        pid: i32,
        records: &[Record],
    ) -> Result<Vec<String>, Error> {
        let (ledger, _) = self.parts();
        let migrations = self.sequence().migrations();
        let is_known = |record: &&Record| migrations.iter().any(|m| m.name() == record.name);
        if let Some(stranger) = records.iter().find(|record| !is_known(record)) {
            return Err(Error::NotInSequence { name: stranger.name.clone() });
        }
        let names = ledger.rows(conn)?.unwrap_or_default();
        let plan = plan(migrations, &names, Rules::default())?;
        let pending = |record: &&Record| plan.pending.iter().any(|m| m.name() == record.name);
        let new: Vec<_> = records.iter().filter(pending).collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        ledger.create(conn)?;
        let unknown = time_of_the_unknown(ledger, conn)?;
        let row = |record: &&Record| {
            let migration = plan.pending.iter().find(|m| m.name() == record.name);
            let name = migration.map_or(record.name.clone(), |m| plan.row_name(m));
            let at = record.applied_at.as_ref();
            let at = at.map_or(unknown.to_owned(), |at| format!("{}::timestamp", literal(at)));
            // Another server process violates NOT NULL: a pooler has swapped sessions.
            format!("(CASE WHEN pg_backend_pid() = {pid} THEN {} END, {at})", literal(&name))
        };
        let rows: Vec<_> = new.iter().map(row).collect();
        conn.batch_execute(&format!(
            "INSERT INTO {} (migration_name, applied_at) VALUES {}",
            ledger,
            rows.join(", ")
        ))
        .doing("record migrations in the ledger")?;
        Ok(new.iter().map(|record| record.name.clone()).collect())
    }

    /// The names in the ledger, without their extensions.
    ///
    /// # Errors
    ///
    /// The ledger cannot be read.
    pub fn recorded(&self, conn: &mut PgConnection) -> Result<Vec<String>, Error> {
        let rows = self.parts().0.rows(conn)?.unwrap_or_default();
        Ok(rows.iter().map(|Row { name, .. }| crate::row::stem(name).to_owned()).collect())
    }
}

/// What stands for a time that is not known: nothing, where the column takes that.
fn time_of_the_unknown(ledger: &Ledger, conn: &mut PgConnection) -> Result<&'static str, Error> {
    let needs_one = diesel::select(
        sql::<Nullable<Bool>>(
            "(SELECT attnotnull FROM pg_catalog.pg_attribute \
             WHERE attname = 'applied_at' AND attrelid = to_regclass(",
        )
        .bind::<Text, _>(ledger.to_string())
        .sql("))"),
    )
    .get_result::<Option<bool>>(conn)
    .doing("look at the ledger")?;
    Ok(if needs_one == Some(true) { "NOW()" } else { "NULL" })
}

/// Why the transaction ends without a commit.
enum Stop<E> {
    Choice(E),
    Database(diesel::result::Error),
}

impl<E: From<Error>> Stop<E> {
    fn into_error(self) -> E {
        match self {
            Self::Choice(error) => error,
            Self::Database(source) => {
                E::from(Error::Database { doing: "record migrations in the ledger", source })
            }
        }
    }
}

impl<E> From<diesel::result::Error> for Stop<E> {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}
