//! Databases for tests.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_strata::testing::TestDatabase;
use diesel_strata::{EmbeddedMigrations, Sequence, embed_migrations};

use strata_test_support::{execute, folder, number, recorded, texts};

const MIXED: EmbeddedMigrations = embed_migrations!("tests/fixtures/mixed");

fn name(database: &TestDatabase) -> String {
    texts(&mut database.conn(), "SELECT current_database()").remove(0)
}

fn exists(conn: &mut PgConnection, name: &str) -> bool {
    number(conn, &format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'")) == 1
}

#[test]
fn each_test_has_a_migrated_database_of_its_own_which_is_dropped() {
    let (one, two) = (TestDatabase::new(&MIXED), TestDatabase::new(&MIXED));
    execute(&mut one.conn(), "INSERT INTO people VALUES (3, 'c')");
    assert_eq!(number(&mut two.conn(), "SELECT count(*) FROM people"), 2);
    assert!(two.migrate().is_up_to_date());
    let first = name(&one);
    execute(&mut one.conn(), "CREATE TABLE extra ()");
    drop(one);
    assert!(!exists(&mut two.conn(), &first));
}

#[test]
fn it_is_dropped_although_connections_are_open() {
    let other = TestDatabase::empty();
    let database = TestDatabase::new(&MIXED);
    let pool = database.pool();
    let conn = &mut pool.get().unwrap();
    let name = texts(conn, "SELECT current_database()").remove(0);
    drop(database);
    assert!(!exists(&mut other.conn(), &name));
}

#[test]
fn a_test_that_panics_keeps_its_database() {
    let other = TestDatabase::empty();
    let mut kept = String::new();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let database = TestDatabase::new(&MIXED);
        execute(&mut database.conn(), "CREATE TABLE left_for_a_look ()");
        kept = name(&database);
        panic!("as it is meant to");
    }));
    assert!(panicked.is_err());
    let conn = &mut other.conn();
    assert!(!exists(conn, &kept), "under a name that the next run does not take for a test's");
    let number = kept.trim_start_matches("strata_test_").split('_').nth(1).unwrap().to_owned();
    let names =
        format!("SELECT datname FROM pg_database WHERE datname LIKE 'strata_kept_%_{number}_%'");
    let names = texts(conn, &names);
    assert!(!names.is_empty());
    names.iter().for_each(|name| execute(conn, &format!("DROP DATABASE {name}")));
}

#[test]
fn a_migration_is_tested_with_rows_as_they_were() {
    let database = TestDatabase::at(&MIXED, 1);
    let conn = &mut database.conn();
    assert_eq!(recorded(conn), ["001_People"]);
    execute(conn, "UPDATE people SET name = 'Zed'");
    assert_eq!(database.apply_next(), "002_Names");
    assert_eq!(texts(conn, "SELECT name FROM people ORDER BY id"), ["Zed", "中"]);
    execute(conn, "INSERT INTO people VALUES (7, 'Zed')");
    let unique = catch_unwind(AssertUnwindSafe(|| database.migrate()));
    assert!(unique.is_err(), "1000_Last needs names to be unique");
    assert_eq!(recorded(conn).len(), 2);
}

#[test]
fn a_number_between_two_migrations_is_the_lower_one() {
    let database = TestDatabase::at(&MIXED, 14);
    assert_eq!(recorded(&mut database.conn()), ["001_People", "002_Names"]);
    assert_eq!(database.apply_next(), "1000_Last");
    let none = TestDatabase::at(&MIXED, 0);
    assert_eq!(none.apply_next(), "001_People");
}

#[test]
fn many_that_start_cold_build_one_template() {
    let unheard_of = format!("CREATE TABLE t (a int); -- {:?}", std::time::SystemTime::now());
    let folder = folder(&[("001_T.sql", &unheard_of), ("002_S.sql", "SELECT pg_sleep(0.2)")]);
    // A copy has the table under the number that it has in the template, which no other has.
    let number_of_table = || {
        let database = TestDatabase::new(Sequence::read(folder.path()).unwrap());
        number(&mut database.conn(), "SELECT 't'::regclass::oid")
    };
    let numbers: Vec<_> = thread::scope(|scope| {
        let tests: Vec<_> = (0..8).map(|_| scope.spawn(number_of_table)).collect();
        tests.into_iter().map(|test| test.join().unwrap()).collect()
    });
    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
}

#[test]
fn a_migration_that_fails_fails_the_test_and_no_template_is_left() {
    let folder = folder(&[("001_T.sql", "SELECT 1 / 0")]);
    for _ in 0..2 {
        let built = catch_unwind(|| TestDatabase::new(Sequence::read(folder.path()).unwrap()));
        assert!(built.is_err(), "and again, since a template counts once it is complete");
    }
}

#[diesel_strata::test(MIXED)]
fn a_test_can_be_given_its_connection(conn: &mut PgConnection) {
    assert_eq!(number(conn, "SELECT count(*) FROM people"), 2);
}

#[diesel_strata::test(MIXED, at = 1)]
fn a_test_can_be_given_its_database(database: TestDatabase) -> Result<(), diesel_strata::Error> {
    let mut conn = diesel_strata::connect(&database.url())?;
    assert_eq!(number(&mut conn, "SELECT count(*) FROM people"), 1);
    drop(database);
    Ok(())
}

#[diesel_strata::test(MIXED)]
fn a_test_can_look_at_its_database(database: &TestDatabase) {
    assert!(database.migrate().is_up_to_date());
}

/// The name of a migrated database after `change`, and of the one that the next test gets.
fn after(change: &str) -> (String, String) {
    let database = TestDatabase::new(&CHANGED);
    let first = name(&database);
    database.conn().batch_execute(change).unwrap();
    drop(database);
    let next = TestDatabase::new(&CHANGED);
    let conn = &mut next.conn();
    assert_eq!(texts(conn, "SELECT name FROM people ORDER BY id"), ["Zoë", "中"], "{change}");
    assert_eq!(
        number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'extra'"),
        0,
        "{change}"
    );
    assert_eq!(number(conn, "SELECT nextval('counter')"), 1, "{change}");
    assert_eq!(number(conn, "SELECT count(*) FROM notes"), 0, "{change}");
    assert_eq!(recorded(conn).len(), 4, "{change}");
    (first, name(&next))
}

const CHANGED: EmbeddedMigrations = embed_migrations!("tests/fixtures/changed");

/// One test, since they would take each other's databases.
#[test]
fn a_database_goes_on_to_the_next_test_only_as_it_was() {
    for change in [
        "SELECT 1",
        "INSERT INTO notes (body) VALUES ('x'); SELECT nextval('counter')",
        "INSERT INTO people VALUES (9, 'x'); DELETE FROM people WHERE id = 9",
    ] {
        let (first, next) = after(change);
        assert_eq!(first, next, "{change}: nothing is left of it");
    }
    for change in [
        "CREATE TABLE extra ()",
        "ALTER TABLE notes ADD extra int",
        "DROP INDEX notes_body",
        "DELETE FROM people WHERE id = 1",
        "UPDATE people SET name = 'other' WHERE id = 1",
        "DELETE FROM __migrations",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
        "TRUNCATE notes",
        "COMMENT ON TABLE notes IS 'changed'",
        "SELECT lo_create(0)",
    ] {
        let (first, next) = after(change);
        assert_ne!(first, next, "{change}: it is not as it was");
    }
}

/// Run by the next test, as a process of its own.
#[test]
#[ignore = "a part of another test"]
#[expect(clippy::print_stdout, reason = "it is read by that test")]
fn uses_databases() {
    for _ in 0..3 {
        drop(TestDatabase::new(&MIXED));
    }
    let (one, two) = (TestDatabase::new(&MIXED), TestDatabase::new(&MIXED));
    println!("names {} {}", name(&one), name(&two));
}

/// Run by the next test, as a process of its own.
#[test]
#[ignore = "a part of another test"]
fn builds_a_template() {
    let folder = std::env::var_os("STRATA_TEST_FOLDER").unwrap();
    drop(TestDatabase::new(Sequence::read(folder.as_ref()).unwrap()));
}

#[test]
fn a_process_that_is_killed_while_it_builds_a_template_hurts_nobody() {
    let unheard_of = format!("-- {:?}\nSELECT pg_sleep(1);", std::time::SystemTime::now());
    let folder = folder(&[("001_T.sql", "CREATE TABLE t (a int)"), ("002_S.sql", &unheard_of)]);
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "test_databases::builds_a_template", "--ignored"])
        .env("STRATA_TEST_FOLDER", folder.path())
        .spawn()
        .unwrap();
    let other = TestDatabase::empty();
    let sleeps = "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE 'strata_template_%_new' \
                  AND wait_event = 'PgSleep'";
    let start = Instant::now();
    while number(&mut other.conn(), sleeps) == 0 {
        assert!(start.elapsed() < Duration::from_secs(20), "the template is not being built");
        thread::sleep(Duration::from_millis(10));
    }
    process.kill().unwrap();
    process.wait().unwrap();
    let database = TestDatabase::new(Sequence::read(folder.path()).unwrap());
    assert_eq!(number(&mut database.conn(), "SELECT count(*) FROM t"), 0);
    assert_eq!(recorded(&mut database.conn()).len(), 2);
}

#[test]
fn a_process_leaves_no_database_behind() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "test_databases::uses_databases", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let names = said.lines().find_map(|line| line.split_once("names ")).unwrap().1;
    let other = TestDatabase::empty();
    let conn = &mut other.conn();
    let start = Instant::now();
    while names.split(' ').any(|name| exists(conn, name)) {
        assert!(start.elapsed() < Duration::from_secs(20), "{names} are still there");
        thread::sleep(Duration::from_millis(20));
    }
}
