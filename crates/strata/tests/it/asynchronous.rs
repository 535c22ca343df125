//! An application that starts asynchronously, and its tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use diesel_strata::testing::TestDatabase;
use diesel_strata::{Migrator, Sequence, migrate_async};
use strata_test_support::{folder, number, recorded};

#[expect(dead_code, unreachable_pub, reason = "it is a program of its own too")]
#[path = "../../examples/asynchronous.rs"]
mod application;

use application::MIGRATIONS;

#[diesel_strata::test(MIGRATIONS, at = 0)]
async fn an_application_starts_and_starts_again(database: &TestDatabase) {
    for _ in 0..2 {
        let pool = application::start(&database.url()).await.unwrap();
        assert_eq!(application::migrations(&pool).await.unwrap(), 3);
    }
}

#[diesel_strata::test(MIGRATIONS)]
async fn a_test_may_own_its_database_and_fail_by_an_error(
    database: TestDatabase,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let pool = application::start(&database.url()).await?;
    assert_eq!(application::migrations(&pool).await?, 3);
    Ok(())
}

#[diesel_strata::test(MIGRATIONS, at = 0)]
async fn other_tasks_go_on_while_it_migrates(database: &TestDatabase) {
    let slow = folder(&[("001_Slow.sql", "SELECT pg_sleep(0.5);")]);
    let ticks = Arc::new(AtomicU32::new(0));
    let counting = ticks.clone();
    let ticking = tokio::spawn(async move {
        loop {
            counting.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    // The runtime has one thread: were that blocked, nothing would tick.
    let sequence = Sequence::read(slow.path()).unwrap();
    let report = migrate_async(&database.url(), sequence).await.unwrap();
    ticking.abort();
    assert_eq!(report.applied.len(), 1);
    assert!(ticks.load(Ordering::SeqCst) > 10, "{ticks:?}");
}

#[diesel_strata::test(MIGRATIONS, at = 0)]
async fn many_replicas_that_start_at_once_apply_each_migration_once(database: &TestDatabase) {
    let url = database.url();
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let url = url.clone();
            tokio::spawn(async move { migrate_async(&url, &MIGRATIONS).await })
        })
        .collect();
    let mut applied = 0;
    for start in starts {
        applied += start.await.unwrap().unwrap().applied.len();
    }
    assert_eq!(applied, 3);
    assert_eq!(recorded(&mut database.conn()).len(), 3);
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_an_error() {
    let migrator = Migrator::new(&MIGRATIONS).unwrap();
    let error = migrator.migrate_async("postgres://localhost:1/none").await.unwrap_err();
    assert!(error.to_string().contains("database none at localhost, port 1"), "{error}");
}

#[test]
fn a_database_dropped_within_a_runtime_is_gone_when_that_has_ended() {
    let other = TestDatabase::empty();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let url = runtime.block_on(async {
        let database = TestDatabase::empty();
        database.url()
    });
    drop(runtime);
    let name = url.split(['/', '?']).nth(3).unwrap().to_owned();
    let there = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    assert!(name.starts_with("strata_test_"), "{url}");
    assert_eq!(number(&mut other.conn(), &there), 0);
}
