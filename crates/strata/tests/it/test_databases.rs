//! Databases for tests.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

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
fn a_test_that_panics_keeps_its_database_as_it_is() {
    let other = TestDatabase::empty();
    let mut number_of_kept = 0;
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let database = TestDatabase::new(&MIXED);
        let conn = &mut database.conn();
        execute(conn, "CREATE TABLE left_for_a_look ()");
        let oid = "SELECT oid FROM pg_database WHERE datname = current_database()";
        number_of_kept = number(conn, oid);
        panic!("as it is meant to");
    }));
    assert!(panicked.is_err());
    let conn = &mut other.conn();
    let query = format!("SELECT datname FROM pg_database WHERE oid = {number_of_kept}");
    let kept = texts(conn, &query).remove(0);
    assert!(kept.starts_with("strata_kept_"), "the next run would take it for a test's: {kept}");
    execute(conn, &format!("DROP DATABASE {kept}"));
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

/// Run by other tests, as a process of its own.
#[test]
#[ignore = "a part of another test"]
#[expect(clippy::print_stdout, reason = "it is read by those tests")]
fn uses_databases() {
    for _ in 0..3 {
        drop(TestDatabase::new(&LEFT));
    }
    let (one, two) = (TestDatabase::new(&LEFT), TestDatabase::new(&LEFT));
    println!("names {} {}", name(&one), name(&two));
    if std::env::var_os("STRATA_TEST_CHANGE").is_some() {
        execute(&mut one.conn(), "CREATE TABLE extra ()");
    }
}

/// Run by another test, as a process of its own.
#[test]
#[ignore = "a part of another test"]
fn builds_a_template() {
    let folder = std::env::var_os("STRATA_TEST_FOLDER").unwrap();
    drop(TestDatabase::new(Sequence::read(folder.as_ref()).unwrap()));
}

const LEFT: EmbeddedMigrations = embed_migrations!("tests/fixtures/left");

/// One of these tests, as a process of its own.
fn process(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("test_databases::{test}"), "--ignored", "--nocapture"]);
    command
}

#[test]
fn a_process_that_is_killed_while_it_builds_a_template_hurts_nobody() {
    let unheard_of = format!("-- {:?}\nSELECT pg_sleep(1);", std::time::SystemTime::now());
    let folder = folder(&[("001_T.sql", "CREATE TABLE t (a int)"), ("002_S.sql", &unheard_of)]);
    let mut process =
        process("builds_a_template").env("STRATA_TEST_FOLDER", folder.path()).spawn().unwrap();
    let other = TestDatabase::empty();
    let sleeps = "SELECT count(*) FROM pg_stat_activity WHERE datname LIKE \
                  'strata_template_%_new_%' AND wait_event = 'PgSleep'";
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

/// What the process `uses_databases` has had, and whether it leaves each of them.
fn used_by_a_process(change: bool) -> Vec<(String, bool)> {
    let mut process = process("uses_databases");
    if change {
        process.env("STRATA_TEST_CHANGE", "1");
    }
    let said = String::from_utf8(process.output().unwrap().stdout).unwrap();
    let names = said.lines().find_map(|line| line.split_once("names ")).unwrap().1;
    let other = TestDatabase::empty();
    let conn = &mut other.conn();
    names.split(' ').map(|name| (name.to_owned(), exists(conn, name))).collect()
}

#[test]
fn a_process_leaves_its_databases_to_the_next_one_but_none_that_has_changed() {
    let first = used_by_a_process(false);
    assert!(first.iter().all(|(_, left)| *left), "{first:?}");
    let changed = used_by_a_process(true);
    let names = |used: &[(String, bool)]| {
        used.iter().map(|(name, _)| name.clone()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(names(&first), names(&changed), "they are handed on");
    assert_eq!(changed.iter().map(|(_, left)| *left).collect::<Vec<_>>(), [false, true]);
    let after = used_by_a_process(false);
    assert!(!names(&after).contains(&changed[0].0), "{after:?}");
}

/// A name may be anybody's: what is swept carries a mark.
#[test]
fn a_foreign_database_is_never_swept_whatever_it_is_called() {
    let other = TestDatabase::empty();
    let conn = &mut other.conn();
    let foreign = ["strata_test_customers", "strata_kept_1_2_3", "strata_template_of_mine"];
    let ours = "strata_test_1000_2_3_4";
    for name in foreign.iter().chain([&ours]) {
        execute(conn, &format!("DROP DATABASE IF EXISTS {name}"));
        execute(conn, &format!("CREATE DATABASE {name}"));
    }
    execute(conn, &format!("COMMENT ON DATABASE {ours} IS 'made by diesel-strata for tests'"));
    let unheard_of = format!("SELECT 1; -- {:?}", std::time::SystemTime::now());
    let folder = folder(&[("001_T.sql", &unheard_of)]);
    drop(TestDatabase::new(Sequence::read(folder.path()).unwrap()));
    for name in foreign {
        assert!(exists(conn, name), "{name} is not ours");
        execute(conn, &format!("DROP DATABASE {name}"));
    }
    assert!(!exists(conn, ours), "what a killed test has left is dropped");
}

/// What the process `uses_databases` says that must fail.
fn failure_of(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{output:?}");
    let said = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&said).into_owned()
}

#[test]
fn of_an_env_file_only_the_url_for_tests_counts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(".env");
    std::fs::write(&file, "DATABASE_URL=postgres://production.invalid/d\n").unwrap();
    let mut command = process("uses_databases");
    command.env_remove("TEST_DATABASE_URL").env_remove("DATABASE_URL").current_dir(&folder);
    // Its private server is that of the folder it runs in.
    let state = folder.path().join("state");
    std::fs::set_permissions(&folder, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let output = command.env("XDG_STATE_HOME", state).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    std::fs::write(&file, "TEST_DATABASE_URL=postgres://for-tests.invalid/d\n").unwrap();
    assert!(failure_of(&mut command).contains("for-tests.invalid"));
    let said = failure_of(command.env("TEST_DATABASE_URL", "postgres://elsewhere.invalid/d"));
    assert!(said.contains("elsewhere.invalid"), "what is set comes first: {said}");
}

#[test]
fn a_database_that_cannot_be_made_is_told_at_the_test_with_the_cure() {
    let server = TestDatabase::empty();
    let role = format!("strata_nobody_{}", std::process::id());
    execute(&mut server.conn(), &format!("CREATE ROLE {role} LOGIN"));
    let url = server.url().replace("user=postgres", &format!("user={role}"));
    if url != server.url() {
        let said = failure_of(process("uses_databases").env("TEST_DATABASE_URL", url));
        assert!(said.contains("CREATEDB"), "{said}");
        assert!(said.contains("tests/it/test_databases.rs:"), "it points to the test: {said}");
    }
    execute(&mut server.conn(), &format!("DROP ROLE {role}"));
}

#[test]
fn a_kept_database_can_be_looked_at_when_the_process_has_ended() {
    let output = process("uses_databases").env("STRATA_KEEP_DATABASES", "1").output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let lines = said.lines().filter(|line| line.contains("postgres"));
    let urls: Vec<_> = lines.filter_map(|line| line.split_once(": ")).map(|(_, url)| url).collect();
    assert_eq!(urls.len(), 5, "each of them: {said}");
    let server = TestDatabase::empty();
    if server.url().contains("user=postgres") {
        assert!(said.contains("strata server psql --database strata_kept_"), "{said}");
    }
    for url in urls {
        let mut conn = diesel_strata::connect(url).unwrap();
        assert_eq!(recorded(&mut conn).len(), 5);
        let name = texts(&mut conn, "SELECT current_database()").remove(0);
        drop(conn);
        execute(&mut server.conn(), &format!("DROP DATABASE {name} WITH (FORCE)"));
    }
}
