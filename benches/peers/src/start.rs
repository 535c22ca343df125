//! One start of an application: a connection, and the database brought up to date.

use std::error::Error;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::MigrationHarness;
use diesel_strata::Migrator;
use sqlx::Connection as _;
use tokio::runtime::{Builder, Runtime};

use crate::embedded::{Embedded, statement};

pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;
pub type Start = fn(&Embedded, &str) -> Outcome;

/// Every tool that migrates when an application starts.
pub const TOOLS: [(&str, Start); 4] = [
    ("strata", strata),
    ("diesel_migrations", diesel_migrations),
    ("sqlx", sqlx),
    ("refinery", refinery),
];

diesel::table! {
    __migrations (id) {
        id -> Integer,
        migration_name -> Text,
    }
}

/// The least that finds nothing pending: the names in our ledger.
pub fn query_bare(_: &Embedded, url: &str) -> Outcome {
    let names = __migrations::table.select(__migrations::migration_name);
    names.order(__migrations::id).load::<String>(&mut PgConnection::establish(url)?)?;
    Ok(())
}

/// The least that applies: the statements alone, one message each.
pub fn apply_bare(embedded: &Embedded, url: &str) -> Outcome {
    let mut conn = PgConnection::establish(url)?;
    (1..=embedded.count).try_for_each(|n| conn.batch_execute(&statement(n)))?;
    Ok(())
}

pub fn strata(embedded: &Embedded, url: &str) -> Outcome {
    let mut conn = PgConnection::establish(url)?;
    let _ = Migrator::new(&embedded.strata)?.migrate(&mut conn)?;
    Ok(())
}

pub fn diesel_migrations(embedded: &Embedded, url: &str) -> Outcome {
    PgConnection::establish(url)?.run_pending_migrations((embedded.diesel)())?;
    Ok(())
}

pub fn refinery(embedded: &Embedded, url: &str) -> Outcome {
    let mut client = postgres::Client::connect(url, postgres::NoTls)?;
    (embedded.refinery)().run(&mut client)?;
    Ok(())
}

thread_local! {
    /// An application that uses sqlx has one already.
    static RUNTIME: Runtime = Builder::new_current_thread().enable_all().build().unwrap();
}

pub fn sqlx(embedded: &Embedded, url: &str) -> Outcome {
    RUNTIME.with(|runtime| {
        runtime.block_on(async {
            let mut conn = sqlx::PgConnection::connect(url).await?;
            embedded.sqlx.run(&mut conn).await?;
            conn.close().await?;
            Ok(())
        })
    })
}
