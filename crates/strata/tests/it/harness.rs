//! Diesel's traits, on both sides.

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use diesel_strata::testing::TestDatabase;
use diesel_strata::{EmbeddedMigrations, Harness, Sequence};

use strata_test_support::{folder, number, recorded, texts};

const OURS: EmbeddedMigrations = diesel_strata::embed_migrations!("tests/fixtures/mixed");
const DIESELS: diesel_migrations::EmbeddedMigrations =
    diesel_migrations::embed_migrations!("tests/fixtures/diesel");

fn diesel_folder() -> FileBasedMigrations {
    FileBasedMigrations::from_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/diesel"))
        .unwrap()
}

#[test]
fn our_harness_runs_diesels_sources_into_our_ledger() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let mut harness = Harness::new(conn);
    assert!(harness.has_pending_migration(diesel_folder()).unwrap());
    assert_eq!(harness.run_pending_migrations(diesel_folder()).unwrap().len(), 3);
    assert!(harness.run_pending_migrations(DIESELS).unwrap().is_empty());
    let applied = harness.applied_migrations().unwrap();
    let applied: Vec<_> = applied.iter().map(ToString::to_string).collect();
    assert_eq!(applied, ["20240301000000", "20240201000000", "20240101000000"]);
    let names = [
        "2024-01-01-000000_create_posts",
        "2024-02-01-000000_index_posts",
        "2024-03-01-000000_fill_posts",
    ];
    assert_eq!(recorded(conn), names);
    assert_eq!(number(conn, "SELECT count(*) FROM posts"), 1);
}

#[test]
fn one_migration_at_a_time_and_never_back() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let mut harness = Harness::new(conn);
    let version = harness.run_next_migration(DIESELS).unwrap().to_string();
    assert_eq!(version, "20240101000000");
    let error = harness.revert_last_migration(DIESELS).unwrap_err().to_string();
    assert!(error.contains("migrations are one-way"), "{error}");
    assert_eq!(recorded(conn).len(), 1);
}

#[test]
fn a_foreign_migration_that_fails_leaves_nothing() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("2024-01-01-000000_bad");
    std::fs::create_dir(&bad).unwrap();
    std::fs::write(bad.join("up.sql"), "CREATE TABLE half (); SET search_path = x; SELECT 1 / 0;")
        .unwrap();
    std::fs::write(bad.join("down.sql"), "").unwrap();
    let source = FileBasedMigrations::from_path(folder.path()).unwrap();
    let error = Harness::new(conn).run_pending_migrations(source).map(drop).unwrap_err();
    assert!(error.to_string().contains("2024-01-01-000000_bad failed"), "{error}");
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'half'"), 0);
    assert_eq!(texts(conn, "SELECT current_setting('search_path')"), ["\"$user\", public"]);
}

#[test]
fn diesels_harness_runs_our_sequence() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let versions = conn.run_pending_migrations(OURS).unwrap();
    let versions: Vec<_> = versions.iter().map(ToString::to_string).collect();
    assert_eq!(versions, ["00000000000001", "00000000000002", "00000000001000"]);
    assert_eq!(number(conn, "SELECT count(*) FROM people"), 2);
    assert!(conn.revert_last_migration(OURS).is_err());
}

#[test]
fn our_sequence_tells_diesel_what_runs_outside_a_transaction() {
    let folder = folder(&[
        ("001_T.sql", "CREATE TABLE t (a int)"),
        ("002_I.sql", "-- strata: no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a); VACUUM t"),
    ]);
    let sequence = Sequence::read(folder.path()).unwrap();
    let migrations: Vec<_> = MigrationSource::<Pg>::migrations(&sequence).unwrap();
    let inside: Vec<_> = migrations.iter().map(|m| m.metadata().run_in_transaction()).collect();
    assert_eq!(inside, [true, false]);
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    conn.run_pending_migrations(sequence).unwrap();
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'i'"), 1);
}
