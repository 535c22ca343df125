//! One database for one test.

use std::env;
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use super::recycle::{self, Baseline, Idle};
use super::template;
use strata_server::Server;
use strata_sql::identifier;

use super::admin::{KEPT, PREFIX, execute};
use crate::error::{Doing, Error};
use crate::migrations::Sequence;
use crate::migrator::{Migrator, Report};
use crate::session::{connect, with_database};

/// Keeps every test's database, where it is set.
const KEEP: &str = "STRATA_KEEP_DATABASES";
/// How long the private server outlasts a process of a test run, in seconds.
const LINGER: u32 = 5;

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
pub struct TestDatabase {
    name: String,
    /// A URL of the server.
    server: String,
    migrator: Migrator,
    /// How it can serve another test; none where it cannot.
    again: Option<Again>,
}

/// Whose copy a database is, and what it was like.
#[derive(Debug)]
struct Again {
    template: String,
    baseline: Baseline,
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
        let made = Migrator::new(source).and_then(|migrator| Self::try_built(migrator, target));
        made.unwrap_or_else(|error| panic!("no test database: {error:?}"))
    }

    fn try_built(migrator: Migrator, target: Option<u64>) -> Result<Self, Error> {
        let server = server()?;
        if migrator.sequence().migrations().is_empty() {
            let name = format!("{PREFIX}{}", unique());
            execute(&mut connect(&server)?, &format!("CREATE DATABASE {}", identifier(&name)))?;
            return Ok(Self { name, server, migrator, again: None });
        }
        let template = template::name(&migrator, target)?;
        if let Some(Idle { name, baseline }) = recycle::take(&template) {
            return Ok(Self { name, server, migrator, again: Some(Again { template, baseline }) });
        }
        let name = format!("{PREFIX}{}", unique());
        template::copy(&mut connect(&server)?, &server, &migrator, target, &name)?;
        let mut database = Self { name, server, migrator, again: None };
        if PRIVATE.get().is_some() && env::var_os(KEEP).is_none() {
            let baseline = Baseline::of(&mut connect(&database.url())?);
            let baseline = baseline.doing("look at a test database")?;
            database.again = baseline.map(|baseline| Again { template, baseline });
        }
        Ok(database)
    }

    /// Leaves it to the next test of this process, if it is as it was; says whether it does.
    fn recycle(&mut self) -> bool {
        let (Some(Again { template, baseline }), Some(server)) = (self.again.take(), PRIVATE.get())
        else {
            return false;
        };
        let restored = connect(&self.url()).map(|mut conn| baseline.restore(&mut conn));
        let name = self.name.clone();
        matches!(restored, Ok(Ok(true)))
            && recycle::give(&template, Idle { name, baseline }, server)
    }

    /// Applies what is pending, as in production.
    ///
    /// # Panics
    ///
    /// A migration fails.
    #[track_caller]
    pub fn migrate(&self) -> Report {
        self.migrator
            .migrate(&mut self.conn())
            .unwrap_or_else(|error| panic!("the test database was not migrated: {error:?}"))
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
        connect(&self.url()).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A pool of connections to it, four at the most, opened as they are needed.
    ///
    /// # Panics
    ///
    /// The server refuses.
    #[track_caller]
    pub fn pool(&self) -> Pool<ConnectionManager<PgConnection>> {
        Pool::builder()
            .max_size(4)
            .min_idle(Some(0))
            .build(ConnectionManager::new(self.url()))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    fn keep(&self) {
        let kept = format!("{KEPT}{}", unique());
        let rename = format!("ALTER DATABASE {} RENAME TO {}", self.name, kept);
        let renamed = connect(&self.server).and_then(|mut admin| execute(&mut admin, &rename));
        // A database that somebody is connected to keeps its name.
        let name = if renamed.is_ok() { &kept } else { &self.name };
        let url = with_database(&self.server, name);
        report(&format!("the test's database is kept: {url}"));
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if std::thread::panicking() || env::var_os(KEEP).is_some() {
            return self.keep();
        }
        if self.recycle() {
            return;
        }
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", identifier(&self.name));
        let dropped = connect(&self.server).and_then(|mut admin| execute(&mut admin, &drop));
        if let Err(error) = dropped {
            report(&format!("the test's database was not dropped: {error}"));
        }
    }
}

#[expect(clippy::print_stderr, reason = "it is said to whoever runs the test")]
fn report(text: &str) {
    eprintln!("{text}");
}

/// A name for a database that nobody else has, which begins with the time in seconds.
fn unique() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{}_{:x}_{:x}_{count}", now.as_secs(), process::id(), now.subsec_nanos())
}

/// The private server, once a test needed it.
static PRIVATE: OnceLock<Server> = OnceLock::new();

/// A URL of the server for tests.
fn server() -> Result<String, Error> {
    let set = |name: &&str| env::var(name).ok().filter(|url| !url.is_empty());
    let named = ["TEST_DATABASE_URL", "DATABASE_URL"].iter().find_map(set);
    if let Some(url) = named {
        return Ok(url);
    }
    if let Some(server) = PRIVATE.get() {
        return Ok(server.url());
    }
    let server = Server::attach(&env::current_dir().unwrap_or_else(|_| ".".into()))?;
    server.linger(LINGER)?;
    Ok(PRIVATE.get_or_init(|| server).url())
}
