//! Many processes at once, and processes that are killed.

use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel_strata::testing::TestDatabase;
use diesel_strata::{Error, Event};

use strata_test_support::{execute, folder, migrator, number, recorded, texts};

use crate::support::program;

fn start(folder: &std::path::Path, database: &TestDatabase) -> Child {
    Command::new(program())
        .args([
            "migrate",
            "--format",
            "json",
            "--database-url",
            &database.url(),
            "--migrations-dir",
        ])
        .arg(folder)
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// 200 migrations, each of which can run once only; two of them build an index concurrently.
fn two_hundred() -> Vec<(String, String)> {
    let migration = |n: usize| {
        match n {
        1 => "CREATE TABLE ran (number int); CREATE TABLE t (a int, b int); INSERT INTO ran VALUES (1);".to_owned(),
        90 | 150 => format!(
            "-- strata: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i{n} ON t (a);\n\
             INSERT INTO ran VALUES ({n});"
        ),
        _ => format!("CREATE TABLE t{n} (id int); INSERT INTO ran VALUES ({n});"),
    }
    };
    (1..=200).map(|n| (format!("{n:03}_M.sql"), migration(n))).collect()
}

#[test]
fn thirty_two_processes_that_start_at_once_run_each_migration_once() {
    let database = TestDatabase::empty();
    let files = two_hundred();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let processes: Vec<_> = (0..32).map(|_| start(folder.path(), &database)).collect();
    let outputs: Vec<_> = processes.into_iter().map(|p| p.wait_with_output().unwrap()).collect();
    let mut applied = 0;
    for output in &outputs {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        applied += String::from_utf8_lossy(&output.stdout).matches("elapsed_ms").count();
    }
    assert_eq!(applied, 200, "reported as run by one process each");
    let conn = &mut database.conn();
    assert_eq!(number(conn, "SELECT count(*) FROM ran"), 200);
    assert_eq!(number(conn, "SELECT count(DISTINCT number) FROM ran"), 200);
    assert_eq!(recorded(conn).len(), 200);
    assert_eq!(number(conn, LOCKS), 0);
    let in_order = "SELECT bool_and(n) FROM (SELECT migration_name > lag(migration_name) \
                    OVER (ORDER BY id) AS n FROM __migrations) q";
    assert_eq!(texts(conn, in_order), ["true"]);
}

const LOCKS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND \
                     database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Waits until `query`, which gives a truth value, is true.
#[track_caller]
fn wait_until(conn: &mut PgConnection, query: &str) {
    let start = Instant::now();
    while texts(conn, query) != ["true"] {
        assert!(start.elapsed() < Duration::from_secs(30), "still not so: {query}");
        sleep(Duration::from_millis(5));
    }
}

const SLEEPS: &str = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE state = 'active' AND \
                      wait_event = 'PgSleep' AND datname = current_database())";

#[test]
fn a_process_that_is_killed_in_the_middle_leaves_the_rest_to_the_next_one() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let folder = folder(&[
        ("001_A.sql", "CREATE TABLE a (); CREATE TABLE ran (n int);"),
        ("002_B.sql", "INSERT INTO ran VALUES (2);\nSELECT pg_sleep(2);"),
        ("003_C.sql", "INSERT INTO ran VALUES (3);"),
        (
            "004_D.sql",
            "-- strata: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON ran (n);",
        ),
    ]);
    let mut process = start(folder.path(), &database);
    wait_until(conn, SLEEPS);
    process.kill().unwrap();
    process.wait().unwrap();

    let output = start(folder.path(), &database).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(recorded(conn), ["001_A", "002_B", "003_C", "004_D"]);
    assert_eq!(texts(conn, "SELECT n FROM ran ORDER BY n"), ["2", "3"]);
}

#[test]
fn a_process_that_is_killed_while_it_builds_an_index_is_finished_by_the_next_one() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let folder = folder(&[
        ("001_T.sql", "CREATE TABLE t (a int); INSERT INTO t VALUES (1);"),
        (
            "002_I.sql",
            "-- strata: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);",
        ),
    ]);
    let _ = migrator(folder.path()).target(1).migrate(conn).unwrap();
    // Has the index wait, half built.
    let mut blocker = database.conn();
    execute(&mut blocker, "BEGIN");
    execute(&mut blocker, "INSERT INTO t VALUES (2)");
    let mut process = start(folder.path(), &database);
    wait_until(
        conn,
        "SELECT EXISTS (SELECT FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%')",
    );
    process.kill().unwrap();
    process.wait().unwrap();
    // The server would only notice once it has to answer.
    execute(conn, "SELECT pg_terminate_backend(pid) FROM pg_stat_progress_create_index");
    execute(&mut blocker, "COMMIT");

    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass";
    assert_eq!(texts(conn, valid), ["false"]);
    let output = start(folder.path(), &database).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(texts(conn, valid), ["true"]);
    assert_eq!(recorded(conn), ["001_T", "002_I"]);
}

#[test]
fn whoever_waits_says_for_whom_and_gives_up_at_the_deadline() {
    let database = TestDatabase::empty();
    let slow = folder(&[("001_Slow.sql", "SELECT pg_sleep(2)")]);
    let conn = &mut database.conn();
    let mut process = start(slow.path(), &database);
    wait_until(conn, SLEEPS);
    let mut holders = Vec::new();
    let impatient = migrator(slow.path()).deadline(Duration::from_millis(30));
    let error = impatient
        .migrate_with(conn, &mut |event| {
            if let Event::Waiting { holder } = event {
                holders.push(holder.to_owned());
            }
        })
        .unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    assert_eq!(holders.len(), 1);
    assert!(holders[0].starts_with("pid "), "{holders:?}");

    let report = migrator(slow.path()).migrate(conn).unwrap();
    assert_eq!(report.elsewhere, ["001_Slow"]);
    assert!(process.wait().unwrap().success());
}

#[test]
fn a_runner_that_knows_nothing_of_the_lock_is_waited_for() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let folder = folder(&[("001_A.sql", "CREATE TABLE a ()"), ("002_B.sql", "CREATE TABLE b ()")]);
    let _ = migrator(folder.path()).target(1).migrate(conn).unwrap();
    let mut other = database.conn();
    execute(&mut other, "BEGIN");
    execute(&mut other, "INSERT INTO __migrations (migration_name) VALUES ('002_B')");
    execute(&mut other, "CREATE TABLE b ()");
    let process = start(folder.path(), &database);
    wait_until(
        conn,
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'transactionid' \
         AND datname = current_database())",
    );
    execute(&mut other, "COMMIT");
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains(r#""applied":[],"elsewhere":["002_B"]"#), "{said}");
}

#[test]
fn the_lock_is_free_again_after_a_failure_and_after_a_panic() {
    const PANICKING: diesel_strata::EmbeddedMigrations =
        diesel_strata::embed_migrations!("tests/fixtures/panicking");
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    migrator(folder(&[("001_A.sql", "SELECT 1 / 0")]).path()).migrate(conn).unwrap_err();
    assert_eq!(number(conn, LOCKS), 0);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _ = diesel_strata::migrate(conn, &PANICKING);
    }));
    assert!(panicked.is_err());
    assert_eq!(number(&mut database.conn(), LOCKS), 0);
}

#[test]
fn a_signal_cancels_what_the_server_does_and_says_how_far_the_run_came() {
    for signal in ["-INT", "-TERM"] {
        let database = TestDatabase::empty();
        let conn = &mut database.conn();
        let folder = folder(&[
            ("001_A.sql", "CREATE TABLE a ()"),
            ("002_Slow.sql", "CREATE TABLE slow ();\nSELECT pg_sleep(600);"),
            ("003_C.sql", "CREATE TABLE c ()"),
        ]);
        let mut process = start(folder.path(), &database);
        wait_until(conn, SLEEPS);
        Command::new("kill").args([signal, &process.id().to_string()]).status().unwrap();
        let start = Instant::now();
        while process.try_wait().unwrap().is_none() {
            assert!(start.elapsed() < Duration::from_secs(20), "it goes on");
            sleep(Duration::from_millis(10));
        }
        wait_until(conn, &format!("SELECT NOT ({})", SLEEPS.trim_start_matches("SELECT ")));
        assert_eq!(recorded(conn), ["001_A"]);
        assert_eq!(number(conn, LOCKS), 0);
        let output = process.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains(r#""not_run":1"#), "{said}");
        assert!(said.contains("002_Slow.sql") && said.contains(r#""line":2"#), "{said}");
    }
}

#[test]
fn a_long_wait_is_said_again() {
    let database = TestDatabase::empty();
    let folder = folder(&[("001_Slow.sql", "SELECT pg_sleep(5);")]);
    let first = start(folder.path(), &database);
    wait_until(&mut database.conn(), &format!("SELECT ({LOCKS}) = 1"));
    let output = start(folder.path(), &database).wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let notes: Vec<_> = said.lines().collect();
    assert!(notes[0].starts_with("note: waiting for another session that migrates: pid"), "{said}");
    assert!(notes[1].starts_with("note: still waiting, for "), "{said}");
    assert!(first.wait_with_output().unwrap().status.success());
}
