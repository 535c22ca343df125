//! An asynchronous application with a pool of diesel-async's, which migrates when it starts.
//!
//! ```text
//! cargo run --example asynchronous --features async -- postgres://localhost/app
//! ```

use std::error::Error;

use diesel::sql_types::BigInt;
use diesel_async::pooled_connection::AsyncDieselConnectionManager;
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use diesel_strata::{EmbeddedMigrations, embed_migrations, migrate_async};

/// The migrations of this application; its own folder would be "migrations".
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("tests/fixtures/mixed");

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The pool, once the schema is the one that this program was built for. The run has a connection
/// of its own and a thread of its own; other tasks go on meanwhile.
///
/// # Errors
///
/// The database cannot be reached, or a migration fails.
pub async fn start(url: &str) -> Result<Pool<AsyncPgConnection>, Box<dyn Error + Send + Sync>> {
    let report = migrate_async(url, &MIGRATIONS).await?;
    report
        .applied
        .iter()
        .for_each(|ran| say(&format!("applied {} in {:?}", ran.name, ran.elapsed)));
    Ok(Pool::builder(AsyncDieselConnectionManager::new(url)).max_size(4).build()?)
}

/// How many migrations the database has had.
///
/// # Errors
///
/// The pool gives no connection, or the ledger cannot be read.
pub async fn migrations(
    pool: &Pool<AsyncPgConnection>,
) -> Result<i64, Box<dyn Error + Send + Sync>> {
    let conn = &mut pool.get().await?;
    let query = diesel::sql_query("SELECT count(*) AS count FROM __migrations");
    Ok(query.get_result::<Count>(conn).await?.count)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let url = std::env::args().nth(1).ok_or("usage: asynchronous DATABASE_URL")?;
    let pool = start(&url).await?;
    say(&format!("ready: {} migrations", migrations(&pool).await?));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "an application may print")]
fn say(text: &str) {
    println!("{text}");
}
