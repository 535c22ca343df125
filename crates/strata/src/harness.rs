//! A harness of Diesel's kind, which runs any source of Diesel's into our ledger.

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use diesel::migration::{Migration as DieselMigration, MigrationSource, MigrationVersion, Result};
use diesel::pg::{Pg, PgConnection};
use diesel_migrations::MigrationHarness;

use crate::error::Error;
use crate::ledger::Ledger;
use crate::migrations::Migration;
use crate::migrator::Migrator;
use crate::plan::{Rules, plan};
use crate::row::stem;
use crate::runner::{Runner, UpError};
use crate::session::{DEADLINE, Lock, Reach, Settings, Turn, Whose};
use crate::source::{ours, version};

/// Runs the migrations of any Diesel source into our ledger, under our lock, each with its row in
/// one transaction.
///
/// A migration is recorded, and recognised, by its whole name: `2024-01-31-120000_create_users`.
/// Migrations are one-way here: to revert is refused.
///
/// ```no_run
/// use diesel::{Connection, PgConnection};
/// use diesel_migrations::{FileBasedMigrations, MigrationHarness};
/// use diesel_strata::Harness;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// let mut conn = PgConnection::establish("postgres://localhost/app")?;
/// let source = FileBasedMigrations::find_migrations_directory()?;
/// Harness::new(&mut conn).run_pending_migrations(source)?;
/// # Ok(())
/// # }
/// ```
pub struct Harness<'a> {
    conn: &'a mut PgConnection,
    ledger: Ledger,
    deadline: Duration,
}

impl<'a> Harness<'a> {
    /// A harness on `conn`, with the ledger `__migrations`.
    pub fn new(conn: &'a mut PgConnection) -> Self {
        Self { conn, ledger: Ledger::default(), deadline: DEADLINE }
    }

    /// Keeps the ledger in another table.
    #[must_use]
    pub fn ledger(self, ledger: Ledger) -> Self {
        Self { ledger, ..self }
    }

    /// Waits at most `deadline` for another session that migrates; 10 minutes unless set.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    fn names(&mut self) -> std::result::Result<HashSet<String>, Error> {
        let rows = self.ledger.rows(self.conn)?.unwrap_or_default();
        Ok(rows.iter().map(|row| stem(&row.name).to_owned()).collect())
    }

    fn run(&mut self, migrations: &[&dyn DieselMigration<Pg>]) -> std::result::Result<(), Error> {
        match ours_of(migrations) {
            Some(ours) => {
                let migrator = Migrator::of(ours, self.ledger.clone(), self.deadline);
                migrator.migrate(self.conn).map(drop)
            }
            None => self.run_locked(migrations),
        }
    }

    /// Runs, under one lock, those of `migrations` that no other session has run meanwhile.
    fn run_locked(
        &mut self,
        migrations: &[&dyn DieselMigration<Pg>],
    ) -> std::result::Result<(), Error> {
        let reach = Reach::default();
        let lock =
            Lock { ledger: &self.ledger, deadline: self.deadline, names: &[], reach: &reach };
        let waiting = |holder: &str| tracing::info!(holder, "waiting for the migration lock");
        let held = match lock.wait(self.conn, waiting, |_| Ok(None::<Infallible>))? {
            Turn::Ours(held) => held,
            Turn::Over(never) => match never {},
        };
        let settings = Settings::new(&held.facts, &[], Whose::Callers);
        let ledger = &self.ledger;
        held.during(self.conn, &settings, &reach, |conn, held| {
            let mut runner = Runner::begin(conn, ledger, held, &settings, &reach)?;
            let rows = runner.rows()?;
            if rows.is_empty() {
                runner.refuse_other_tools()?;
            }
            let applied: HashSet<_> = rows.iter().map(|row| stem(&row.name)).collect();
            let pending = |migration: &&&dyn DieselMigration<Pg>| {
                !applied.contains(migration.name().to_string().as_str())
            };
            let pending: Vec<_> = migrations.iter().filter(pending).collect();
            tracing::info!(pending = pending.len(), "migrating");
            pending.into_iter().try_for_each(|migration| run_foreign(&mut runner, *migration))
        })
    }
}

/// Our own migrations, if all of these are.
fn ours_of(migrations: &[&dyn DieselMigration<Pg>]) -> Option<Vec<Migration>> {
    let ours = migrations.iter().map(|migration| ours(*migration)).collect::<Option<Vec<_>>>();
    ours.filter(|ours| !ours.is_empty())
}

fn run_foreign(
    runner: &mut Runner<'_>,
    migration: &dyn DieselMigration<Pg>,
) -> std::result::Result<(), Error> {
    let name = migration.name().to_string();
    let in_transaction = migration.metadata().run_in_transaction();
    let ran = match in_transaction {
        true => runner.in_transaction(&name, &[], &name, |conn| migration.run(conn)).map(drop),
        false if runner.nested => return Err(Error::InsideTransaction { name }),
        false => runner
            .outside_with(&name, |conn| migration.run(conn))
            .and_then(|()| Ok(runner.record(&name, &name).map(drop)?)),
    };
    let restored = runner.restore_settings();
    ran.map_err(|error| match error {
        UpError::Engine(error) => error,
        UpError::Up(source, outcome) => Error::Foreign { name: name.clone(), outcome, source },
    })?;
    tracing::info!(migration = name, "applied");
    restored
}

impl MigrationHarness<Pg> for Harness<'_> {
    fn run_migration(
        &mut self,
        migration: &dyn DieselMigration<Pg>,
    ) -> Result<MigrationVersion<'static>> {
        self.run(&[migration])?;
        Ok(migration.name().version().as_owned())
    }

    fn run_migrations(
        &mut self,
        migrations: &[Box<dyn DieselMigration<Pg>>],
    ) -> Result<Vec<MigrationVersion<'_>>> {
        if !migrations.is_empty() {
            self.run(&migrations.iter().map(AsRef::as_ref).collect::<Vec<_>>())?;
        }
        Ok(migrations.iter().map(|migration| migration.name().version().as_owned()).collect())
    }

    fn revert_migration(
        &mut self,
        migration: &dyn DieselMigration<Pg>,
    ) -> Result<MigrationVersion<'static>> {
        Err(Box::new(Error::OneWay { name: migration.name().to_string() }))
    }

    fn applied_migrations(&mut self) -> Result<Vec<MigrationVersion<'static>>> {
        let mut versions: Vec<_> = self.names()?.iter().map(|name| version(name)).collect();
        versions.sort_unstable_by(|a, b| b.cmp(a));
        Ok(versions.into_iter().map(MigrationVersion::from).collect())
    }

    fn pending_migrations<S: MigrationSource<Pg>>(
        &mut self,
        source: S,
    ) -> Result<Vec<Box<dyn DieselMigration<Pg>>>> {
        let mut pending = source.migrations()?;
        let list: Vec<_> = pending.iter().map(AsRef::as_ref).collect();
        let names: HashSet<String> = match ours_of(&list) {
            Some(ours) => {
                let rows = self.ledger.rows(self.conn)?.unwrap_or_default();
                let plan = plan(&ours, &rows, Rules::default())?;
                plan.pending.iter().map(|migration| migration.name().to_owned()).collect()
            }
            None => {
                let applied = self.names()?;
                let names = list.iter().map(|migration| migration.name().to_string());
                names.filter(|name| !applied.contains(name)).collect()
            }
        };
        pending.retain(|migration| names.contains(&migration.name().to_string()));
        pending.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
        Ok(pending)
    }
}
