//! An application that migrates when it starts, and serves once that is done.
//!
//! ```text
//! cargo run --example start_up -- postgres://localhost/outreach
//! ```

#![expect(clippy::print_stdout, reason = "an application may print")]

use std::error::Error;

use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::sql_types::BigInt;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("usage: start_up DATABASE_URL")?;
    // A connection of its own: where there is no database it says so at once, which a pool does
    // after half a minute of tries.
    let mut conn = diesel_strata::connect(&url)?;
    // Blocks until the schema is the one that this program was built for.
    let report = outreach::migrate(&mut conn)?;
    for migration in &report.applied {
        println!("applied {} in {:?}", migration.name, migration.elapsed);
    }
    drop(conn);

    let pool = Pool::builder().max_size(4).build(ConnectionManager::<PgConnection>::new(url))?;
    let count: Count =
        diesel::sql_query("SELECT count(*) AS count FROM users").get_result(&mut pool.get()?)?;
    println!("ready: {} users", count.count);
    Ok(())
}
