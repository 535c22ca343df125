//! A database that has already what the first migrations build, and no ledger that says so.

use diesel::pg::PgConnection;
use diesel_strata::{Migrator, Record, schema_difference, schema_snapshot};

use crate::built::built_schema;
use crate::error::WorkshopError;
use crate::scratch::ScratchServer;

/// A database as it is, and as the migrations up to a number make it.
#[derive(Debug)]
pub struct Baseline<'a> {
    migrator: &'a Migrator,
    to: u64,
    /// The schema that the migrations build.
    built: String,
}

impl<'a> Baseline<'a> {
    /// Builds on `server` what the migrations up to the number `to` do; `migrator` has that number
    /// for its target.
    ///
    /// # Errors
    ///
    /// A migration fails there.
    pub fn build(
        migrator: &'a Migrator,
        to: u64,
        server: &ScratchServer,
    ) -> Result<Self, WorkshopError> {
        Ok(Self { migrator, to, built: built_schema(server, migrator)? })
    }

    /// How the database of `conn` differs from what they build: `-` is missing there, `+` is only
    /// there. What begins as one of `accepted` does is left out.
    ///
    /// # Errors
    ///
    /// The catalog cannot be read.
    pub fn difference(
        &self,
        conn: &mut PgConnection,
        accepted: &[String],
    ) -> Result<Vec<String>, WorkshopError> {
        let mut difference = schema_difference(&self.built, &schema_snapshot(conn)?);
        difference.retain(|line| !accepted.iter().any(|accepted| begins(line, accepted)));
        Ok(difference)
    }

    /// Records the migrations as applied, in one transaction with a last look at the difference,
    /// and returns the names of those that were not yet; or, where the database differs, the
    /// difference.
    ///
    /// # Errors
    ///
    /// The catalog cannot be read, or the ledger cannot be written.
    pub fn record(
        &self,
        conn: &mut PgConnection,
        accepted: &[String],
    ) -> Result<Result<Vec<String>, Vec<String>>, WorkshopError> {
        let mut difference = Vec::new();
        let recorded = self.migrator.record_with(conn, |conn| {
            difference = self.difference(conn, accepted)?;
            let migrations = self.migrator.sequence().migrations().iter();
            let below = migrations.filter(|migration| migration.number() <= self.to);
            let records = below
                .map(|migration| Record { name: migration.name().to_owned(), applied_at: None });
            let none = !difference.is_empty();
            Ok::<_, WorkshopError>(records.take_while(|_| !none).collect())
        })?;
        Ok(if difference.is_empty() { Ok(recorded) } else { Err(difference) })
    }
}

/// Whether a line of a difference is the one that `accepted` names, or belongs to it.
fn begins(line: &str, accepted: &str) -> bool {
    let line = line.trim_start_matches(['+', '-']).trim_start();
    let rest = line.strip_prefix(accepted.trim_start_matches(['+', '-']).trim());
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_accepted_is_a_thing_with_all_that_belongs_to_it() {
        let line = "+ table users: index by_name ON users (name)";
        for accepted in ["table users", "table users: index by_name", "+ table users", line] {
            assert!(begins(line, accepted), "{accepted}");
        }
        for accepted in ["table user", "table", "users", "table users: index by"] {
            assert!(!begins(line, accepted) || accepted == "table", "{accepted}");
        }
    }
}
