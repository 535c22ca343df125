//! The data layer of an e-mail outreach CRM.
//!
//! Call [`migrate`] or [`migrate_pool`] when the application starts, on every replica: the first
//! one migrates, the others wait for it, and a start with nothing pending costs one query.

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel_strata::{EmbeddedMigrations, Error, Report, embed_migrations};

/// The migrations, linked into the program.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Brings the database of `conn` up to date, and says what ran.
///
/// # Errors
///
/// A migration fails, or the database cannot be asked.
pub fn migrate(conn: &mut PgConnection) -> Result<Report, Error> {
    diesel_strata::migrate(conn, &MIGRATIONS)
}

/// Brings the database of `pool` up to date on a connection of its own, and says what ran.
///
/// # Errors
///
/// As [`migrate`], and the pool gives no connection.
pub fn migrate_pool(pool: &Pool<ConnectionManager<PgConnection>>) -> Result<Report, Error> {
    diesel_strata::migrate_pool(pool, &MIGRATIONS)
}
