//! Databases that are older than their ledger, and migrations that get another number.

use std::fs;

use diesel::connection::SimpleConnection;
use diesel_strata::testing::TestDatabase;
use strata_test_support::{folder, number, recorded};
use tempfile::TempDir;

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
        ("001_Users.sql", "CREATE TABLE users (id int); CREATE INDEX by_id ON users (id);"),
        (
            "002_Notes.sql",
            "CREATE TABLE notes (id int); GRANT SELECT ON notes TO strata_baseline_role;",
        ),
        ("003_New.sql", "CREATE TABLE fresh (id int);"),
    ])
}

#[test]
fn a_database_is_marked_once_it_is_shown_to_have_what_the_migrations_build() {
    let (folder, database) = (sequence(), TestDatabase::empty());
    let conn = &mut database.conn();
    conn.batch_execute(
        "CREATE TABLE users (id int); CREATE TABLE notes (id int); CREATE TABLE odd ();",
    )
    .unwrap();
    let url = database.url();
    let baseline = ["baseline", "--to", "2", "--on", &url];
    let (code, shown) = run(&folder, &database, &baseline);
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("- table public.users / index by_id"), "{shown}");
    assert!(shown.contains("+ table public.odd"), "{shown}");
    let is_there = "SELECT count(*) FROM pg_class WHERE relname = '__migrations'";
    assert_eq!(number(conn, is_there), 0);
    conn.batch_execute("CREATE INDEX by_id ON users (id)").unwrap();
    let accepted = [
        &baseline[..],
        &["--accept", "table public.odd", "--accept", "table public.notes / grant"],
    ]
    .concat();
    let (code, shown) = run(&folder, &database, &[&accepted[..], &["--dry-run"]].concat());
    assert!(code == 0 && shown.contains("nothing differs; nothing was marked"), "{shown}");
    assert_eq!(number(conn, is_there), 0);
    let (code, shown) = run(&folder, &database, &accepted);
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("2 marked as applied, 001_Users to 002_Notes"), "{shown}");
    assert_eq!(recorded(conn), ["001_Users", "002_Notes"]);
    let (_, shown) = run(&folder, &database, &accepted);
    assert!(shown.contains("in the ledger already"), "{shown}");
    let (_, shown) = run(&folder, &database, &["migrate", "--no-schema"]);
    assert!(shown.contains("1 migration applied"), "{shown}");
}

#[test]
fn a_migration_that_got_another_number_is_still_applied() {
    let (folder, database) = (sequence(), TestDatabase::empty());
    let conn = &mut database.conn();
    fs::remove_file(folder.path().join("002_Notes.sql")).unwrap();
    run(&folder, &database, &["migrate", "--no-schema"]);
    let (code, shown) = run(&folder, &database, &["renumber", "003_New", "20"]);
    assert!(code == 0 && shown.contains("003_New is 020_New now"), "{shown}");
    let (_, shown) = run(&folder, &database, &["migrate", "--no-schema"]);
    assert!(shown.starts_with("nothing is pending"), "{shown}");
    assert_eq!(recorded(conn), ["001_Users", "003_New"]);
    let (code, shown) = run(&folder, &database, &["renumber", "20", "1"]);
    assert!(code == 1 && shown.contains("number 1 is taken by ./001_Users.sql"), "{shown}");
}
