//! Migrating a database: what is pending, the lock, one migration after the other.

mod group;
mod run;
mod script;
mod watch;

use std::time::{Duration, Instant};

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use crate::error::Error;
use crate::event::Event;
use crate::ledger::Ledger;
use crate::migrations::{Migration, Sequence};
use crate::plan::{Plan, Rules, plan};
use crate::report::Report;
use crate::row::Row;
use crate::runner::Runner;
use crate::session::{
    DEADLINE, Lock, Reach, Settings, Turn, Whose, connect_as, inside_transaction, refuse_pooler,
};
use crate::status::Status;
use crate::stop::Stop;
use run::Run;
use watch::watch;

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
#[derive(Debug, Clone)]
pub struct Migrator {
    sequence: Sequence,
    ledger: Ledger,
    rules: Rules,
    deadline: Duration,
    other_tools: bool,
    patience: Duration,
    ladder: bool,
}

/// How long the server may owe the answer to a short question, where it can be given up.
const PATIENCE: Duration = Duration::from_secs(30);

impl Migrator {
    /// A migrator of these migrations into `ledger`.
    #[cfg(feature = "harness")]
    pub(crate) fn of(migrations: Vec<Migration>, ledger: Ledger, deadline: Duration) -> Self {
        Self {
            sequence: Sequence::of(migrations),
            ledger,
            rules: Rules::default(),
            deadline,
            other_tools: false,
            patience: PATIENCE,
            ladder: true,
        }
    }

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
            other_tools: false,
            patience: PATIENCE,
            ladder: true,
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

    /// Runs beside another migration tool. A database whose ledger is empty and that another tool
    /// has migrated is refused otherwise, since everything would run again.
    #[must_use]
    pub fn beside_other_tools(self) -> Self {
        Self { other_tools: true, ..self }
    }

    /// Waits for each lock as long as the server lets it. Otherwise a transactional SQL migration
    /// asks for a lock in short, growing steps, from 100 milliseconds to 5 seconds, and is rolled
    /// back and tried again until the deadline: so nobody who comes behind it in the queue waits
    /// for longer than a step. A migration that sets `lock-timeout` is not tried again.
    #[must_use]
    pub fn without_ladder(self) -> Self {
        Self { ladder: false, ..self }
    }

    /// Gives a server up that owes the answer to a short question for longer than `patience`; 30
    /// seconds unless set. Only where there is a second way to it: see [`Self::migrate_url`].
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The same with another target.
    #[cfg(feature = "testing")]
    pub(crate) fn with_target(&self, target: u64) -> Self {
        Self { rules: Rules { target: Some(target), ..self.rules }, ..self.clone() }
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
        let migrator = self.clone();
        watch(&Reach::pool(pool), self.patience, &mut |_| {}, move |reach, on_event| {
            migrator.migrate_on(&mut conn, Whose::Callers, reach, on_event)
        })
    }

    /// As [`Self::migrate_with`], on a new connection to `url`, which is returned. A second one is
    /// opened where something is pending and one session cannot see or do what is needed: to find
    /// out a pooler, to cancel a statement once `stop` is requested, to tell a server that does not
    /// answer any more from one that works.
    ///
    /// # Errors
    ///
    /// As [`Self::migrate`]; the database cannot be connected to; the server does not answer; the
    /// run was stopped.
    pub fn migrate_url(
        &self,
        url: &str,
        stop: &Stop,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(Report, PgConnection), Error> {
        let (migrator, address) = (self.clone(), url.to_owned());
        watch(&Reach::url(url, stop), self.patience, on_event, move |reach, on_event| {
            let mut conn = connect_as(&address, "migrate")?;
            let report = migrator.migrate_on(&mut conn, Whose::Ours, reach, on_event)?;
            Ok((report, conn))
        })
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
        self.migrate_on(conn, Whose::Callers, &Reach::default(), on_event)
    }

    fn migrate_on(
        &self,
        conn: &mut PgConnection,
        whose: Whose,
        reach: &Reach,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<Report, Error> {
        reach.question("read the ledger");
        let rows = self.rows(conn)?;
        let first = self.plan(&rows)?;
        if first.pending.is_empty() {
            return Ok(first.report(&rows));
        }
        let names = self.check_bodies(&first, inside_transaction(conn))?;
        reach.question("look for a pooler");
        refuse_pooler(conn, reach)?;
        reach.question("take the migration lock");
        let until = Instant::now().checked_add(self.deadline).filter(|_| self.ladder);
        let lock = Lock { ledger: &self.ledger, deadline: self.deadline, names: &names, reach };
        let waiting = |holder: &str| {
            tracing::info!(holder, "waiting for the migration lock");
            on_event(Event::Waiting { holder });
        };
        let report = match lock.wait(conn, waiting, |conn| self.all_applied(conn))? {
            Turn::Over(report) => report,
            Turn::Ours(held) => {
                let settings = Settings::new(&held.facts, &names, whose);
                let work = |conn: &mut PgConnection, held: &_| {
                    let runner = Runner::begin(conn, &self.ledger, held, &settings, reach)?;
                    let plan = |rows: &[Row]| self.plan(rows);
                    Run::new(&plan, self.other_tools, until, runner)?.all(on_event)
                };
                held.during(conn, &settings, reach, work)?
            }
        };
        Ok(report.with_elsewhere(first.pending.iter().map(|migration| migration.name())))
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
    /// stops the first one. Returns the settings that they name.
    fn check_bodies(&self, plan: &Plan<'_>, nested: bool) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for migration in &plan.pending {
            if migration.up()?.is_none() {
                names.extend(strata_sql::named_settings(&migration.sql()?));
            }
            if nested && migration.header()?.no_transaction {
                return Err(Error::InsideTransaction { name: migration.name().to_owned() });
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn all_applied(&self, conn: &mut PgConnection) -> Result<Option<Report>, Error> {
        let rows = self.rows(conn)?;
        let plan = self.plan(&rows)?;
        Ok(plan.pending.is_empty().then(|| plan.report(&rows)))
    }
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
