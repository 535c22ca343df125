//! One database for one test.

use std::env;
use std::mem;

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use super::admin::{PREFIX, create};
use super::left::{Again, Left};
use super::names::unique;
use super::private;
use super::recycle::Baseline;
use super::server::server;
use super::{pool, template};
use crate::error::{Doing, Error};
use crate::migrations::Sequence;
use crate::migrator::Migrator;
use crate::report::Report;
use crate::session::{connect, with_database};

/// Keeps every test's database, where it is set.
const KEEP: &str = "STRATA_KEEP_DATABASES";

/// A database of its own, dropped with this value.
///
/// If the thread is panicking then, or `STRATA_KEEP_DATABASES` is set, it is kept, for a day, and
/// its URL is printed.
///
/// ```
/// use diesel::prelude::*;
/// use diesel_strata::testing::TestDatabase;
///
/// let database = TestDatabase::empty();
/// diesel::sql_query("CREATE TABLE t (id integer)").execute(&mut database.conn())?;
/// # Ok::<(), diesel::result::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "the database is dropped with this value"]
pub struct TestDatabase {
    name: String,
    /// A URL of the server.
    server: String,
    migrator: Migrator,
    /// How it can serve another test; none where it cannot.
    again: Option<Again>,
}

impl TestDatabase {
    /// An empty database.
    ///
    /// # Panics
    ///
    /// There is no server, or it refuses.
    #[track_caller]
    pub fn empty() -> Self {
        Self::built(Sequence::default(), Some(0))
    }

    /// A database with all migrations of `source`, which is a [`Sequence`] or what
    /// [`embed_migrations!`](crate::embed_migrations) gave.
    ///
    /// # Panics
    ///
    /// There is no server, or a migration fails.
    #[track_caller]
    pub fn new<S>(source: S) -> Self
    where
        S: TryInto<Sequence>,
        Error: From<S::Error>,
    {
        Self::built(source, None)
    }

    /// A database as it was when the migration numbered `target` was the last, to test what comes
    /// next with data: see [`Self::apply_next`] and [`Self::migrate`].
    ///
    /// # Panics
    ///
    /// As [`Self::new`].
    #[track_caller]
    pub fn at<S>(source: S, target: u64) -> Self
    where
        S: TryInto<Sequence>,
        Error: From<S::Error>,
    {
        Self::built(source, Some(target))
    }

    #[track_caller]
    fn built<S>(source: S, target: Option<u64>) -> Self
    where
        S: TryInto<Sequence>,
        Error: From<S::Error>,
    {
        match Migrator::new(source).and_then(|migrator| Self::try_built(migrator, target)) {
            Ok(database) => database,
            Err(error) => panic!("no test database: {error:?}"),
        }
    }

    fn try_built(migrator: Migrator, target: Option<u64>) -> Result<Self, Error> {
        let server = server()?;
        if migrator.sequence().migrations().is_empty() {
            let name = format!("{PREFIX}{}", unique());
            create(&mut connect(&server)?, &name, "")?;
            return Ok(Self { name, server, migrator, again: None });
        }
        let template = template::name(&migrator, target)?;
        let may_recycle = private::is_used() && env::var_os(KEEP).is_none();
        let waiting = may_recycle.then(|| pool::take(&server, &template)).flatten();
        if let Some((name, baseline)) = waiting {
            return Ok(Self { name, server, migrator, again: Some(Again { template, baseline }) });
        }
        let name = format!("{PREFIX}{}", unique());
        template::copy(&mut connect(&server)?, &server, &migrator, target, &name)?;
        let mut database = Self { name, server, migrator, again: None };
        if may_recycle {
            let baseline = database.baseline(&template)?;
            database.again = Some(Again { template, baseline });
        }
        Ok(database)
    }

    /// What it is like now that it is new: what every copy of `template` is like.
    fn baseline(&self, template: &str) -> Result<Baseline, Error> {
        if let Some(known) = pool::baseline(&self.server, template) {
            return Ok(known);
        }
        let baseline = Baseline::of(&mut connect(&self.url())?).doing("look at a test database")?;
        pool::note(&self.server, template, &baseline);
        Ok(baseline)
    }

    /// Applies what is pending, as in production.
    ///
    /// # Panics
    ///
    /// A migration fails.
    #[track_caller]
    pub fn migrate(&self) -> Report {
        match self.migrator.migrate(&mut self.conn()) {
            Ok(report) => report,
            Err(error) => panic!("the test database was not migrated: {error:?}"),
        }
    }

    /// Applies the next pending migration, as in production, and returns its name.
    ///
    /// # Panics
    ///
    /// Nothing is pending, or the migration fails.
    #[track_caller]
    pub fn apply_next(&self) -> String {
        let conn = &mut self.conn();
        let next = self.migrator.pending(conn).map(|pending| pending.first().map(|m| m.number()));
        let ran = match next {
            Ok(Some(number)) => self.migrator.with_target(number).migrate(conn),
            Ok(None) => panic!("no migration is pending"),
            Err(error) => Err(error),
        };
        match ran {
            Ok(report) => report.applied.into_iter().map(|ran| ran.name).next().unwrap_or_default(),
            Err(error) => panic!("the next migration was not applied: {error:?}"),
        }
    }

    /// A URL of it.
    pub fn url(&self) -> String {
        with_database(&self.server, &self.name)
    }

    /// A connection to it.
    ///
    /// # Panics
    ///
    /// The server refuses.
    #[track_caller]
    pub fn conn(&self) -> PgConnection {
        match connect(&self.url()) {
            Ok(conn) => conn,
            Err(error) => panic!("{error}"),
        }
    }

    /// A pool of connections to it, four at the most, opened as they are needed.
    ///
    /// # Panics
    ///
    /// The server refuses.
    #[track_caller]
    pub fn pool(&self) -> Pool<ConnectionManager<PgConnection>> {
        let pool = Pool::builder().max_size(4).min_idle(Some(0));
        match pool.build(ConnectionManager::new(self.url())) {
            Ok(pool) => pool,
            Err(error) => panic!("{error}"),
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let left = Left {
            name: mem::take(&mut self.name),
            server: mem::take(&mut self.server),
            again: self.again.take(),
            is_kept: std::thread::panicking() || env::var_os(KEEP).is_some(),
        };
        // A thread that runs other tasks must not wait for a server.
        #[cfg(feature = "async")]
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn_blocking(move || left.clear_away());
            return;
        }
        left.clear_away();
    }
}
