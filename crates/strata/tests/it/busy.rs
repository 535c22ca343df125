//! Migrations of tables that somebody uses.

use std::sync::mpsc;
use std::thread::{self, sleep};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel_strata::testing::TestDatabase;
use diesel_strata::{Error, Event, FailureKind, Stop};

use strata_test_support::{execute, folder, migrate, migrator, number, recorded, texts};

const FILES: [(&str, &str); 2] = [
    ("001_T.sql", "CREATE TABLE other (); CREATE SEQUENCE tries"),
    ("002_A.sql", "SELECT nextval('tries');\nLOCK TABLE other;\nALTER TABLE busy ADD a int;"),
];

#[test]
fn a_lock_is_asked_for_in_steps_until_it_is_free_and_who_holds_it_is_named() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    execute(conn, "CREATE TABLE busy ()");
    let mut reader = database.conn();
    reader.batch_execute("SET application_name = 'a reader'; BEGIN; SELECT * FROM busy").unwrap();
    let folder = folder(&FILES);
    let (sender, receiver) = mpsc::channel();
    let mut blockers = Vec::new();
    let report = thread::scope(|scope| {
        scope.spawn(move || {
            // Ends when it has been named.
            let _: () = receiver.recv().unwrap();
            reader.batch_execute("COMMIT").unwrap();
        });
        let mut on_event = |event: Event<'_>| {
            if let Event::Blocked { blocker, .. } = event {
                blockers.extend(blocker.map(str::to_owned));
                if blocker.is_some() {
                    let _ = sender.send(());
                }
            }
        };
        let migrated =
            migrator(folder.path()).migrate_url(&database.url(), &Stop::default(), &mut on_event);
        migrated.unwrap().0
    });
    assert_eq!(report.applied.len(), 2);
    assert!(blockers[0].contains("(a reader)"), "{blockers:?}");
    assert!(blockers[0].contains("SELECT * FROM busy"), "{blockers:?}");
    assert_eq!(recorded(conn), ["001_T", "002_A"]);
    assert!(number(conn, "SELECT last_value FROM tries") > 1, "it was tried again");
    let columns =
        "SELECT count(*) FROM pg_attribute WHERE attrelid = 'busy'::regclass AND attnum > 0";
    assert_eq!(number(conn, columns), 1);
}

#[test]
fn a_lock_that_never_comes_free_is_given_up_at_the_deadline() {
    let database = TestDatabase::empty();
    execute(&mut database.conn(), "CREATE TABLE busy ()");
    let mut holder = database.conn();
    holder.batch_execute("BEGIN; LOCK TABLE busy").unwrap();
    let folder = folder(&FILES);
    let migrator = migrator(folder.path()).deadline(Duration::from_millis(900));
    let run = migrator.migrate_url(&database.url(), &Stop::default(), &mut |_| {});
    let error = run.map(|(report, _)| report).unwrap_err();
    let Error::Sql(failure) = error.cause() else { panic!("{error}") };
    assert_eq!(failure.kind, FailureKind::LockTimeout);
    assert_eq!(failure.place.as_ref().unwrap().position.line, 3);
    let pid = texts(&mut holder, "SELECT pg_backend_pid()").remove(0);
    let hint = failure.hint.as_ref().unwrap_or_else(|| panic!("{error}"));
    assert!(hint.contains(&format!("SELECT pg_terminate_backend({pid})")), "{hint}");
    assert_eq!(recorded(&mut database.conn()), ["001_T"]);
}

#[test]
fn what_a_rollback_does_not_undo_is_tried_once() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    execute(conn, "CREATE TABLE busy ()");
    let mut holder = database.conn();
    holder.batch_execute("BEGIN; LOCK TABLE busy").unwrap();
    let text = "SELECT nextval('tries');\nCOPY (SELECT 1) TO PROGRAM 'cat > /dev/null';\n\
                ALTER TABLE busy ADD a int;";
    let error = migrate(conn, &[FILES[0], ("002_P.sql", text)]).unwrap_err().to_string();
    assert!(error.contains("002_P.sql:3:1\n"), "{error}");
    assert_eq!(number(conn, "SELECT last_value FROM tries"), 1);
}

#[test]
fn a_deadlock_is_tried_again() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    execute(conn, "CREATE TABLE busy ()");
    execute(conn, "CREATE TABLE other ()");
    execute(conn, "SET deadlock_timeout = '10ms'");
    let mut holder = database.conn();
    holder.batch_execute("SET deadlock_timeout = '60s'; BEGIN; LOCK TABLE busy").unwrap();
    let report = thread::scope(|scope| {
        scope.spawn(move || {
            sleep(Duration::from_millis(60));
            holder.batch_execute("LOCK TABLE other; COMMIT").unwrap();
        });
        let text = "LOCK TABLE other;\nSELECT pg_sleep(0.1);\nALTER TABLE busy ADD a int;";
        migrate(conn, &[("001_D.sql", text)])
    });
    assert_eq!(report.unwrap().applied.len(), 1);
}
