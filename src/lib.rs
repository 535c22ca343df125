//! The data layer of an e-mail outreach CRM.
//!
//! Call [`migrate`] or [`migrate_pool`] when the application starts, on every replica: the first
//! one migrates, the others wait for it, and a start with nothing pending costs one query.

pub mod models;
#[expect(missing_docs, reason = "generated from the database")]
pub mod schema;
pub mod types;

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel_strata::{EmbeddedMigrations, Error, Report, embed_migrations};

/// The migrations, linked into the program.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Checks that the database of `conn` has what this program's queries were compiled for.
///
/// # Errors
///
/// A table or column is missing or has another type; the error names each.
pub fn verify(conn: &mut PgConnection) -> Result<(), Error> {
    Ok(diesel_strata::verify_schema(conn, include_str!("schema.rs"))?)
}

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
