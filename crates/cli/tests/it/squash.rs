//! Many migrations in one, and old and new databases that meet it.

use std::fs;

use diesel_strata::testing::TestDatabase;
use strata_test_support::{execute, folder, number, recorded};
use tempfile::TempDir;

use crate::many::of_every_kind;
use crate::support::strata;

fn run(folder: &TempDir, database: &TestDatabase, arguments: &[&str]) -> (i32, String) {
    let mut command = strata();
    command.current_dir(folder.path()).args(arguments).args(["--migrations-dir", "."]);
    let output = command.env("DATABASE_URL", database.url()).output().unwrap();
    let shown = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(shown).unwrap())
}

fn sequence() -> TempDir {
    folder(&[
        (
            "001_Users.sql",
            "-- strata: formerly 1_Old\nCREATE TABLE users (id serial PRIMARY KEY, name text, made timestamptz DEFAULT clock_timestamp(), code int REFERENCES users);",
        ),
        (
            "002_Rows.sql",
            "INSERT INTO users (name, code) VALUES ('Zoë; it''s', NULL), (E'C:\\\\x\\ny', 1);",
        ),
        (
            "003_Index.sql",
            "CREATE INDEX by_name ON users (name); CREATE TABLE kinds (k text PRIMARY KEY); INSERT INTO kinds VALUES ('a');",
        ),
        ("004_Later.sql", "CREATE TABLE later ();"),
    ])
}

#[test]
fn a_squash_builds_what_the_old_migrations_do_rows_included() {
    let (folder, old, new) = (sequence(), TestDatabase::empty(), TestDatabase::empty());
    run(&folder, &old, &["migrate", "--no-schema", "--to", "3"]);
    execute(&mut old.conn(), "UPDATE __migrations SET migration_name = '1_Old' WHERE id = 1");
    let url = new.url();
    let (code, shown) = run(&folder, &old, &["squash", "--to", "3", "--on", &url]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("003_Squash.sql stands for 3 migrations"), "{shown}");
    assert!(shown.contains("public.users.made is another at each run"), "{shown}");
    assert!(folder.path().join("archive_old_migrations/002_Rows.sql").exists());
    let (_, shown) = run(&folder, &old, &["migrate", "--no-schema"]);
    assert!(shown.contains("1 migration applied"), "{shown}");
    assert_eq!(recorded(&mut old.conn()), ["1_Old", "002_Rows", "003_Index", "004_Later"]);
    let (_, shown) = run(&folder, &new, &["migrate", "--no-schema"]);
    assert!(shown.contains("2 migrations applied"), "{shown}");
    let conn = &mut new.conn();
    assert_eq!(number(conn, "SELECT count(*) FROM users WHERE made IS NOT NULL"), 2);
    assert_eq!(number(conn, "SELECT nextval('users_id_seq')"), 3);
    let (code, shown) = run(&folder, &new, &["squash", "--verify", "--on", &url]);
    assert!(code == 0 && shown.contains("proved: 003_Squash"), "{shown}");
    // A squash may replace a squash.
    let (code, shown) = run(&folder, &new, &["squash", "--to", "4", "--name", "All", "--on", &url]);
    assert_eq!(code, 0, "{shown}");
    for database in [&old, &new] {
        let (_, shown) = run(&folder, database, &["migrate", "--no-schema"]);
        assert!(shown.starts_with("nothing is pending"), "{shown}");
    }
}

#[test]
fn what_an_edited_squash_lacks_is_named() {
    let (folder, database) = (sequence(), TestDatabase::empty());
    let url = database.url();
    run(&folder, &database, &["squash", "--to", "3", "--on", &url]);
    let path = folder.path().join("003_Squash.sql");
    let text = fs::read_to_string(&path).unwrap();
    let start = text.find("CREATE INDEX by_name").unwrap();
    let end = start + text[start..].find(';').unwrap() + 1;
    fs::write(&path, format!("{}{}", &text[..start], &text[end..])).unwrap();
    let (code, shown) = run(&folder, &database, &["squash", "--verify", "--on", &url]);
    assert!(code == 1 && shown.contains("by_name"), "{shown}");
    fs::write(&path, text.replace("('a')", "('b')")).unwrap();
    let (code, shown) = run(&folder, &database, &["squash", "--verify", "--on", &url]);
    assert!(code == 1 && shown.contains("- row of public.kinds: k a"), "{shown}");
}

#[test]
fn a_database_that_is_half_way_is_told_what_to_do() {
    let (folder, database) = (sequence(), TestDatabase::empty());
    run(&folder, &database, &["migrate", "--no-schema", "--to", "2"]);
    let url = database.url();
    run(&folder, &database, &["squash", "--to", "3", "--on", &url]);
    let (code, shown) = run(&folder, &database, &["migrate", "--no-schema"]);
    assert_eq!(code, 1);
    assert!(shown.contains("this database lacks 003_Index"), "{shown}");
}

#[test]
fn the_285_migrations_of_a_large_application_become_one() {
    let files: Vec<_> = (1..=285).map(|n| (format!("{n:03}_Kind.sql"), of_every_kind(n))).collect();
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (folder, database) = (folder(&files), TestDatabase::empty());
    let url = database.url();
    let (code, shown) = run(&folder, &database, &["squash", "--to", "285", "--on", &url]);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("285_Squash.sql stands for 285 migrations"), "{shown}");
}
