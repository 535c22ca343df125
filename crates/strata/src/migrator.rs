//! Migrating a database: what is pending, the lock, one migration after the other.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use crate::error::Error;
use crate::event::Event;
use crate::ledger::Ledger;
use crate::migrations::{Migration, Sequence};
use crate::plan::{Plan, Rules, plan};
use crate::row::Row;
use crate::runner::{Applied, Runner};
use crate::session::{DEADLINE, Lock, Turn, inside_transaction};
use crate::status::Status;

/// Applies a sequence to databases.
///
/// ```no_run
/// use diesel::{Connection, PgConnection};
/// use diesel_strata::{Migrator, Sequence};
///
/// let mut conn = PgConnection::establish("postgres://localhost/app")?;
/// let report = Migrator::new(Sequence::read("migrations".as_ref())?)?.migrate(&mut conn)?;
/// println!("{} migrations ran", report.applied.len());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Migrator {
    sequence: Sequence,
    ledger: Ledger,
    rules: Rules,
    deadline: Duration,
}

/// What a run did.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The migrations that ran, in order.
    pub applied: Vec<Ran>,
    /// Those that were pending at first and that another session applied meanwhile.
    pub elsewhere: Vec<String>,
    /// Names in the ledger that the sequence does not have.
    pub unknown: Vec<String>,
    /// Those of the migrations that ran whose number is below that of one applied before.
    pub out_of_order: Vec<String>,
    /// What is still pending, since it is above the target.
    pub above_target: Vec<String>,
}

/// A migration that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ran {
    /// Its name.
    pub name: String,
    /// How long it took, its commit included.
    pub elapsed: Duration,
}

impl Migrator {
    /// A migrator of `source`: a [`Sequence`], or what
    /// [`embed_migrations!`](crate::embed_migrations) gave.
    ///
    /// # Errors
    ///
    /// The source breaks a rule of the sequence.
    pub fn new<S>(source: S) -> Result<Self, Error>
    where
        S: TryInto<Sequence>,
        Error: From<S::Error>,
    {
        Ok(Self {
            sequence: source.try_into()?,
            ledger: Ledger::default(),
            rules: Rules::default(),
            deadline: DEADLINE,
        })
    }

    /// Keeps the ledger in another table than `__migrations`.
    #[must_use]
    pub fn ledger(self, ledger: Ledger) -> Self {
        Self { ledger, ..self }
    }

    /// Applies nothing above the migration numbered `target`; 0 applies nothing.
    #[must_use]
    pub fn target(mut self, target: u64) -> Self {
        self.rules.target = Some(target);
        self
    }

    /// Refuses to run while a pending migration is numbered below an applied one.
    #[must_use]
    pub fn strict_order(mut self) -> Self {
        self.rules.strict_order = true;
        self
    }

    /// Refuses to run while the ledger holds names that the sequence does not have.
    #[must_use]
    pub fn refuse_unknown(mut self) -> Self {
        self.rules.refuse_unknown = true;
        self
    }

    /// Waits at most `deadline` for another session that migrates; 10 minutes unless set.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// The same with another target.
    #[cfg(feature = "testing")]
    pub(crate) fn with_target(&self, target: u64) -> Self {
        Self {
            sequence: self.sequence.clone(),
            ledger: self.ledger.clone(),
            rules: Rules { target: Some(target), ..self.rules },
            deadline: self.deadline,
        }
    }

    pub(crate) fn parts(&self) -> (&Ledger, Duration) {
        (&self.ledger, self.deadline)
    }

    /// The migrations.
    pub fn sequence(&self) -> &Sequence {
        &self.sequence
    }

    /// Applies what is pending, and says what ran. With nothing pending that is one query.
    ///
    /// Inside a transaction of Diesel's all of it happens in that transaction.
    ///
    /// # Errors
    ///
    /// A migration fails, a rule is broken, the lock is not free before the deadline, or the
    /// database cannot be asked. What ran before a failure stays applied.
    pub fn migrate(&self, conn: &mut PgConnection) -> Result<Report, Error> {
        self.migrate_with(conn, &mut |_| {})
    }

    /// As [`Self::migrate`], on a connection of `pool` that nobody else uses meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Self::migrate`], and the pool gives no connection.
    pub fn migrate_pool(
        &self,
        pool: &Pool<ConnectionManager<PgConnection>>,
    ) -> Result<Report, Error> {
        let mut conn = pool.get().map_err(Error::Pool)?;
        self.migrate(&mut conn)
    }

    /// As [`Self::migrate`], and tells `on_event` what happens while it happens.
    ///
    /// # Errors
    ///
    /// As [`Self::migrate`].
    pub fn migrate_with(
        &self,
        conn: &mut PgConnection,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<Report, Error> {
        let rows = self.rows(conn)?;
        let first = self.plan(&rows)?;
        if first.pending.is_empty() {
            return Ok(self.report(&first, &rows));
        }
        self.check_bodies(&first, inside_transaction(conn))?;
        let lock = Lock::new(&self.ledger.to_string(), self.deadline);
        let waiting = |holder: &str| {
            tracing::info!(holder, "waiting for the migration lock");
            on_event(Event::Waiting { holder });
        };
        let report = match lock.wait(conn, waiting, |conn| self.all_applied(conn))? {
            Turn::Over(report) => report,
            Turn::Ours(held) => held.during(conn, |conn, pid| {
                self.run(Runner::begin(conn, &self.ledger, pid)?, on_event)
            })?,
        };
        Ok(report.with_elsewhere(&first))
    }

    /// What the ledger and the sequence say of each other. Reads only, and creates nothing.
    ///
    /// # Errors
    ///
    /// The ledger, or the leading comment of a migration, cannot be read.
    pub fn status(&self, conn: &mut PgConnection) -> Result<Status, Error> {
        let entries = self.ledger.entries(conn)?.unwrap_or_default();
        let rows: Vec<_> = entries.iter().map(|entry| Row { name: entry.name.clone() }).collect();
        let plan = plan(self.sequence.migrations(), &rows, Rules::default())?;
        Status::new(&plan, &entries)
    }

    /// What [`Self::migrate`] would run, in order, checked as it would check it. Nothing runs.
    ///
    /// # Errors
    ///
    /// What would make [`Self::migrate`] refuse to begin.
    pub fn pending(&self, conn: &mut PgConnection) -> Result<Vec<&Migration>, Error> {
        let rows = self.rows(conn)?;
        let plan = self.plan(&rows)?;
        self.check_bodies(&plan, inside_transaction(conn))?;
        Ok(plan.pending)
    }

    /// The ledger.
    pub(crate) fn ledger_table(&self) -> &Ledger {
        &self.ledger
    }

    pub(crate) fn rows(&self, conn: &mut PgConnection) -> Result<Vec<Row>, Error> {
        Ok(self.ledger.rows(conn)?.unwrap_or_default())
    }

    fn plan<'a>(&'a self, rows: &[Row]) -> Result<Plan<'a>, Error> {
        plan(self.sequence.migrations(), rows, self.rules)
    }

    /// Reads every body that is about to run, and keeps none, so that a fault in the last one
    /// stops the first one.
    fn check_bodies(&self, plan: &Plan<'_>, nested: bool) -> Result<(), Error> {
        for migration in &plan.pending {
            if migration.up()?.is_none() {
                migration.sql()?;
            }
            if nested && migration.header()?.no_transaction {
                return Err(Error::InsideTransaction { name: migration.name().to_owned() });
            }
        }
        Ok(())
    }

    fn all_applied(&self, conn: &mut PgConnection) -> Result<Option<Report>, Error> {
        let rows = self.rows(conn)?;
        let plan = self.plan(&rows)?;
        Ok(plan.pending.is_empty().then(|| self.report(&plan, &rows)))
    }

    fn run(
        &self,
        mut runner: Runner<'_>,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<Report, Error> {
        let rows = self.rows(runner.conn)?;
        let plan = self.plan(&rows)?;
        let mut report = self.report(&plan, &rows);
        on_event(Event::Planned { count: plan.pending.len() });
        for (index, migration) in plan.pending.iter().enumerate() {
            let durable = must_be_durable(plan.pending.get(index + 1).copied())?;
            on_event(Event::Started { migration });
            let start = Instant::now();
            match runner.apply(migration, &plan.row_name(migration), durable, on_event)? {
                Applied::Here => {
                    let elapsed = start.elapsed();
                    tracing::info!(migration = migration.name(), ?elapsed, "applied");
                    on_event(Event::Finished { migration, elapsed });
                    report.applied.push(Ran { name: migration.name().to_owned(), elapsed });
                }
                Applied::Elsewhere => {
                    tracing::info!(migration = migration.name(), "applied elsewhere");
                }
            }
        }
        // Functions that were only called may have changed settings too.
        runner.restore_settings()?;
        Ok(report)
    }

    fn report(&self, plan: &Plan<'_>, rows: &[Row]) -> Report {
        Report {
            unknown: plan.unknown.iter().map(|row| rows[*row].name.clone()).collect(),
            out_of_order: names(&plan.out_of_order),
            above_target: names(&plan.above_target),
            ..Report::default()
        }
    }
}

impl Report {
    /// Whether nothing ran, because nothing was pending, above a target neither.
    pub fn is_up_to_date(&self) -> bool {
        self.applied.is_empty() && self.elsewhere.is_empty() && self.above_target.is_empty()
    }

    fn with_elsewhere(mut self, first: &Plan<'_>) -> Self {
        let here: HashSet<_> = self.applied.iter().map(|ran| ran.name.as_str()).collect();
        let names = first.pending.iter().map(|migration| migration.name());
        self.elsewhere = names.filter(|name| !here.contains(name)).map(str::to_owned).collect();
        self
    }
}

fn names(migrations: &[&Migration]) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_owned()).collect()
}

/// Whether the commit before `next` must be on disk: before the end, and before what does more
/// than its own transaction.
fn must_be_durable(next: Option<&Migration>) -> Result<bool, Error> {
    let Some(next) = next else { return Ok(true) };
    Ok(next.up()?.is_some() || next.header()?.no_transaction)
}

/// Applies to `conn` what is pending of `source`; see [`Migrator::migrate`].
///
/// # Errors
///
/// As [`Migrator::migrate`].
pub fn migrate<S>(conn: &mut PgConnection, source: S) -> Result<Report, Error>
where
    S: TryInto<Sequence>,
    Error: From<S::Error>,
{
    Migrator::new(source)?.migrate(conn)
}

/// Applies to the database of `pool` what is pending of `source`; see [`Migrator::migrate`].
///
/// # Errors
///
/// As [`Migrator::migrate_pool`].
pub fn migrate_pool<S>(
    pool: &Pool<ConnectionManager<PgConnection>>,
    source: S,
) -> Result<Report, Error>
where
    S: TryInto<Sequence>,
    Error: From<S::Error>,
{
    Migrator::new(source)?.migrate_pool(pool)
}
