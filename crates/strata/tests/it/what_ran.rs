//! What is said of a migration is so: what ran, what did not, and where it failed.

use std::thread::{self, sleep};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_strata::testing::TestDatabase;
use diesel_strata::{EmbeddedMigrations, Error, Ledger, embed_migrations};

use strata_test_support::{execute, folder, migrate, migrator, number, recorded, texts};

const COMMITS: EmbeddedMigrations = embed_migrations!("tests/fixtures/commits");
const HALF: EmbeddedMigrations = embed_migrations!("tests/fixtures/commits_outside");
const OPEN: EmbeddedMigrations = embed_migrations!("tests/fixtures/open");

fn tables(conn: &mut PgConnection, name: &str) -> i64 {
    number(conn, &format!("SELECT count(*) FROM pg_class WHERE relname = '{name}'"))
}

/// Nothing of ours is held in the database any more.
#[track_caller]
fn assert_no_lock(conn: &mut PgConnection) {
    let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = \
                 (SELECT oid FROM pg_database WHERE datname = current_database())";
    assert_eq!(number(conn, locks), 0);
}

#[test]
fn a_migration_that_failed_is_not_run_again_to_see_where() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    execute(conn, "CREATE TABLE t ()");
    execute(conn, "CREATE SEQUENCE runs");
    let mut holder = database.conn();
    holder.batch_execute("BEGIN; LOCK TABLE t").unwrap();
    let error = migrate(
        conn,
        &[(
            "001_A.sql",
            "-- strata: lock-timeout 50ms\nSELECT nextval('runs');\nALTER TABLE t ADD a int;\n\
             SELECT nextval('runs');",
        )],
    );
    let error = error.unwrap_err().to_string();
    assert!(error.contains("001_A.sql:3:1\n"), "{error}");
    assert!(error.contains("in statement 2"), "{error}");
    assert!(error.contains("another session holds what it needs"), "{error}");
    assert_eq!(number(conn, "SELECT last_value FROM runs"), 1);
    assert_no_lock(conn);
}

#[test]
fn a_statement_that_times_out_or_is_cancelled_is_named() {
    for (text, line, remedy) in [
        (
            "-- strata: statement-timeout 40ms\nSELECT 1;\nSELECT pg_sleep(9);",
            "3:1",
            "raise the limit",
        ),
        (
            "SELECT 1;\nSELECT 2;\nSELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(1);",
            "3:1",
            "stopped from outside",
        ),
        ("SELECT 1;\nDO $$BEGIN RAISE 'é'; END$$;", "2:1", "correct the file"),
    ] {
        let database = TestDatabase::empty();
        let error = migrate(&mut database.conn(), &[("001_A.sql", text)]).unwrap_err().to_string();
        assert!(error.contains(&format!("001_A.sql:{line}\n")), "{error}");
        assert!(error.contains(remedy), "{error}");
    }
}

#[test]
fn a_violation_in_a_table_that_is_called_like_the_ledger_is_no_sign_of_another_session() {
    for body in [
        "CREATE SCHEMA x; CREATE TABLE x.__migrations (migration_name text UNIQUE);\n\
         INSERT INTO x.__migrations VALUES ('a'), ('a');",
        "CREATE SCHEMA x; CREATE TABLE x.__migrations (migration_name text NOT NULL);\n\
         INSERT INTO x.__migrations VALUES (NULL);",
        "SELECT 1;\nINSERT INTO __migrations (migration_name) VALUES ('001_A');",
    ] {
        let database = TestDatabase::empty();
        let conn = &mut database.conn();
        let error = migrate(conn, &[("001_A.sql", body)]).unwrap_err();
        assert!(matches!(error.cause(), Error::Sql(_)), "{error}");
        assert!(error.to_string().contains("001_A.sql:2:1\n"), "{error}");
        assert_eq!(recorded(conn), [""; 0]);
    }
}

#[test]
fn a_runner_whose_row_comes_last_is_waited_for_and_not_taken_for_a_fault() {
    for work in ["CREATE TABLE t7 ()", "CREATE TABLE t7 (); COMMIT; SELECT pg_sleep(0.05); BEGIN"] {
        let database = TestDatabase::empty();
        let conn = &mut database.conn();
        let _ = migrate(conn, &[("001_A.sql", "SELECT 1")]).unwrap();
        let mut other = database.conn();
        other.batch_execute(&format!("BEGIN; {work}")).unwrap();
        let report = thread::scope(|scope| {
            scope.spawn(move || {
                sleep(Duration::from_millis(100));
                let row = "INSERT INTO __migrations (migration_name) VALUES ('007_T'); COMMIT";
                // One of the two is the victim, if they wait for each other.
                if other.batch_execute(row).is_err() {
                    other.batch_execute("ROLLBACK").unwrap();
                }
            });
            let files = [("001_A.sql", "SELECT 1"), ("007_T.sql", "CREATE TABLE t7 ()")];
            migrate(conn, &files)
        });
        let report = report.unwrap();
        assert_eq!(report.elsewhere.len() + report.applied.len(), 1, "{report:?}");
        assert_eq!(recorded(conn), ["001_A", "007_T"]);
        assert_eq!(tables(conn, "t7"), 1);
    }
}

#[test]
fn code_that_ends_its_transaction_is_never_recorded() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let error = diesel_strata::migrate(conn, &COMMITS).unwrap_err();
    assert!(matches!(error.cause(), Error::LeftTransaction { committed: true, .. }), "{error}");
    assert!(error.to_string().contains("what it did before that stays"), "{error}");
    assert_eq!(recorded(conn), [""; 0]);
    assert_eq!(tables(conn, "kept"), 1);
    assert_no_lock(conn);
}

#[test]
fn a_commit_cannot_hide_in_a_string() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    execute(conn, "SET standard_conforming_strings = off");
    // A string to us; under the setting, a string, a COMMIT and a comment.
    let hidden = "CREATE TABLE half ();\nSELECT 'a\\''; COMMIT; --';\nSELECT 1 / 0";
    let error = migrate(conn, &[("001_A.sql", hidden)]).unwrap_err().to_string();
    assert!(error.contains("001_A.sql:3:1\n"), "{error}");
    assert_eq!(tables(conn, "half"), 0);
    assert_eq!(recorded(conn), [""; 0]);
    assert_eq!(texts(conn, "SELECT current_setting('standard_conforming_strings')"), ["off"]);
}

#[test]
fn what_runs_outside_a_transaction_is_not_said_to_be_undone() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let error = diesel_strata::migrate(conn, &HALF).unwrap_err().to_string();
    assert!(error.contains("what it did before stays, and it is not recorded"), "{error}");
    assert_eq!(tables(conn, "half"), 1);

    let kill = "-- strata: no-transaction\nCREATE TABLE first ();\n\
                SELECT pg_terminate_backend(pg_backend_pid());";
    let error = migrate(&mut database.conn(), &[("001_K.sql", kill)]).unwrap_err().to_string();
    assert!(error.contains("what it did before stays, and it is not recorded"), "{error}");
    assert_eq!(tables(conn, "first"), 1);

    let error = diesel_strata::migrate(conn, &OPEN).unwrap_err();
    assert!(matches!(error.cause(), Error::LeftOpen { .. }), "{error}");
    assert_eq!(tables(conn, "opened"), 0);
    assert_eq!(recorded(conn), [""; 0]);
    assert_no_lock(conn);
}

#[test]
fn one_ledger_has_one_lock_however_it_is_spelled() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let _ = migrate(conn, &[("001_A.sql", "CREATE TABLE ran (); CREATE TABLE t (a int)")]).unwrap();
    let files = [
        ("001_A.sql", ""),
        (
            "002_B.sql",
            "-- strata: no-transaction\nSELECT pg_sleep(0.4);\nINSERT INTO ran DEFAULT VALUES;",
        ),
    ];
    let folder = folder(&[("001_A.sql", "SELECT 1"), files[1]]);
    let elsewhere = thread::scope(|scope| {
        let spelled = [
            migrator(folder.path()),
            migrator(folder.path()).ledger(Ledger::new("__migrations").in_schema("public")),
        ];
        let runs = spelled.map(|migrator| {
            let mut conn = database.conn();
            scope.spawn(move || migrator.migrate(&mut conn).unwrap().elsewhere.len())
        });
        runs.map(|run| run.join().unwrap())
    });
    assert_eq!(elsewhere.iter().sum::<usize>(), 1, "one of the two waited");
    assert_eq!(number(conn, "SELECT count(*) FROM ran"), 1);
}

#[test]
fn a_lock_that_is_given_away_is_taken_again_or_missed() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let _ = migrate(
        conn,
        &[
            ("001_A.sql", "SELECT pg_advisory_unlock_all()"),
            ("002_B.sql", "-- strata: no-transaction\nDISCARD ALL;\nCREATE TABLE b ()"),
            ("003_C.sql", "CREATE TABLE c ()"),
        ],
    )
    .unwrap();
    assert_eq!(recorded(conn).len(), 3);
    assert_no_lock(conn);
}

#[test]
fn a_message_of_many_files_stops_where_one_fails_and_no_earlier() {
    let first = |text| {
        let mut files: Vec<(String, String)> =
            (1..=4).map(|n| (format!("{n:03}_M.sql"), format!("CREATE TABLE t{n} ()"))).collect();
        files[2].1 = text;
        files
    };
    for (text, place) in [
        ("CREATE TABLE é ();\nCREATE TABEL x ()", "003_M.sql:2:8\n"),
        ("CREATE TABLE é ();\nSELECT 'é', nothing", "003_M.sql:2:13\n"),
        ("SELECT 1;\nSELECT 1 / 0", "003_M.sql:2:1\n"),
        ("CREATE TABLE t1 ()", "003_M.sql:1:1\n"),
    ] {
        let database = TestDatabase::empty();
        let conn = &mut database.conn();
        let files = first(text.to_owned());
        let files: Vec<_> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let error = migrate(conn, &files).unwrap_err();
        let said = error.to_string();
        assert!(said.contains(place), "{said}");
        assert!(said.ends_with("\n  2 applied, 003_M failed, 1 not run"), "{said}");
        assert_eq!(error.report().unwrap().applied.len(), 2);
        assert_eq!(recorded(conn), ["001_M", "002_M"]);
        assert_eq!(tables(conn, "t4"), 0);
    }
}

#[test]
fn a_deferred_constraint_fails_at_the_end_of_its_own_migration() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let deferred = "CREATE TABLE p (id int PRIMARY KEY, up int REFERENCES p DEFERRABLE INITIALLY \
                    DEFERRED); INSERT INTO p VALUES (1, 2);";
    let files = [("001_A.sql", "SELECT 1"), ("002_D.sql", deferred), ("003_C.sql", "SELECT 1")];
    let error = migrate(conn, &files).unwrap_err().to_string();
    assert!(error.contains("migration 002_D failed"), "{error}");
    assert_eq!(recorded(conn), ["001_A"]);
}

#[test]
fn an_ascii_database_shows_the_place_too() {
    let database = TestDatabase::empty();
    let name = texts(&mut database.conn(), "SELECT current_database() || '_ascii'").remove(0);
    execute(
        &mut database.conn(),
        &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'"),
    );
    let url = diesel_strata::with_database(&database.url(), &name);
    let conn = &mut diesel_strata::connect(&url).unwrap();
    let error = migrate(conn, &[("001_A.sql", "SELECT 'éé';\nSELECT 'é', wrong")]).unwrap_err();
    assert!(error.to_string().contains("001_A.sql:2:13\n"), "{error}");
    let _ = std::mem::replace(conn, database.conn());
    execute(conn, &format!("DROP DATABASE {name}"));
}
