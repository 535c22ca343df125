//! What happens when the application starts.

use diesel_strata::testing::TestDatabase;

use crate::support::{LIVE_LEDGER, live_database, texts};

#[test]
fn an_empty_database_gets_the_whole_schema() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let report = outreach::migrate(conn).unwrap();
    let names: Vec<_> = report.applied.iter().map(|ran| ran.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "001_InitialSchema",
            "002_AddLeadSyncTracking",
            "003_EmailTemplateVariants",
            "015_AddWebhookEventTables"
        ]
    );
    let tables = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname <> '__migrations' \
                  AND relnamespace = 'public'::regnamespace";
    assert_eq!(texts(conn, tables).len(), 24);
    outreach::verify(conn).unwrap();
}

#[test]
fn a_second_start_does_nothing() {
    let database = crate::support::database();
    assert!(outreach::migrate_pool(&database.pool()).unwrap().is_up_to_date());
}

#[test]
fn every_migration_runs_on_top_of_itself() {
    let database = crate::support::database();
    let conn = &mut database.conn();
    let migrator = diesel_strata::Migrator::new(&outreach::MIGRATIONS).unwrap();
    for migration in migrator.sequence().migrations() {
        let found = migrator.forgettable(conn, migration.name()).unwrap();
        migrator.forget(conn, &found).unwrap();
    }
    assert_eq!(outreach::migrate(conn).unwrap().applied.len(), 4);
}

#[test]
fn a_live_database_is_taken_over_without_a_change() {
    let database = live_database();
    let conn = &mut database.conn();
    let rows =
        "SELECT (m.*, m.xmin) FROM __migrations m UNION ALL SELECT (u.*, u.xmin) FROM users u";
    let before = texts(conn, rows);
    let report = outreach::migrate(conn).unwrap();
    assert!(report.is_up_to_date());
    assert_eq!(report.unknown, LIVE_LEDGER[3..5]);
    assert_eq!(texts(conn, rows), before);
    outreach::verify(conn).unwrap();
}

#[test]
fn a_start_learns_where_the_database_does_not_fit() {
    let database = crate::support::database();
    let conn = &mut database.conn();
    diesel::connection::SimpleConnection::batch_execute(
        conn,
        "ALTER TABLE users DROP first_name; ALTER TABLE settings ALTER value TYPE integer USING 1",
    )
    .unwrap();
    let error = outreach::verify(conn).unwrap_err().to_string();
    assert!(error.contains("table users, column first_name: the database has none"), "{error}");
    assert!(error.contains("table settings, column value: declared as Text"), "{error}");
}

#[test]
fn the_example_says_at_once_that_there_is_no_database() {
    let tests = std::env::current_exe().unwrap();
    let example = tests.ancestors().nth(2).unwrap().join("examples/start_up");
    let url = "postgres://me:secretword@127.0.0.1:1/app";
    let output = std::process::Command::new(example).arg(url).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("Error: cannot connect to database app at 127.0.0.1"), "{said}");
    assert!(said.lines().count() <= 2 && !said.contains("secretword"), "{said}");
}
