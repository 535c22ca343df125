//! Migrating from an asynchronous start, without holding up its runtime.

use std::panic::resume_unwind;

use tokio::task::spawn_blocking;

use crate::error::Error;
use crate::migrations::Sequence;
use crate::migrator::Migrator;
use crate::report::Report;
use crate::session::connect;

/// Applies to the database at `url` what is pending of `source`, and says what ran; see
/// [`Migrator::migrate_async`].
///
/// ```no_run
/// # async fn start() -> Result<(), diesel_strata::Error> {
/// use diesel_strata::{EmbeddedMigrations, migrate_async};
///
/// // In an application: embed_migrations!("migrations")
/// const MIGRATIONS: EmbeddedMigrations = EmbeddedMigrations::NONE;
///
/// let report = migrate_async("postgres://localhost/app", &MIGRATIONS).await?;
/// println!("{} migrations ran", report.applied.len());
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`Migrator::migrate_async`].
pub async fn migrate_async<S>(url: &str, source: S) -> Result<Report, Error>
where
    S: TryInto<Sequence>,
    Error: From<S::Error>,
{
    Migrator::new(source)?.migrate_async(url).await
}

impl Migrator {
    /// Applies to the database at `url` what is pending, as [`Self::migrate`] does, on a thread
    /// where blocking is no harm and on a connection of its own: Rust migrations are handed a
    /// `PgConnection`, and no pool of asynchronous connections has one. That costs one connection
    /// for as long as the run takes, and one query where nothing is pending.
    ///
    /// The connection is libpq's, so that TLS is what `url` says (`sslmode`, `sslrootcert`) or
    /// libpq's variables, and not what a pool was given. A run goes on to its end where nobody
    /// waits for it any more.
    ///
    /// # Errors
    ///
    /// As [`Self::migrate`]; or the database cannot be reached, or the runtime is shutting down.
    ///
    /// # Panics
    ///
    /// A Rust migration panics, or there is no tokio runtime.
    pub async fn migrate_async(self, url: &str) -> Result<Report, Error> {
        let url = url.to_owned();
        let run = spawn_blocking(move || self.migrate(&mut connect(&url)?));
        match run.await {
            Ok(report) => report,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                Err(_) => Err(Error::RuntimeEnded),
            },
        }
    }
}
