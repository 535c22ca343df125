//! The command line as a person meets it: what is typed, what is shown, how it ends.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use diesel_strata::testing::TestDatabase;

use strata_test_support::{execute, folder, number, recorded};

use crate::support::{assert_shown, strata};

/// A project with two migrations, and a database for it.
fn project() -> (tempfile::TempDir, TestDatabase) {
    let project = tempfile::tempdir().unwrap();
    let migrations = project.path().join("migrations");
    fs::create_dir(&migrations).unwrap();
    fs::write(migrations.join("001_Users.sql"), "-- Who may sign in.\nCREATE TABLE users ();")
        .unwrap();
    fs::write(migrations.join("003_Größe.sql"), "-- Sizes; é.\nCREATE TABLE sizes ();").unwrap();
    (project, TestDatabase::empty())
}

fn run(folder: &Path, database: &TestDatabase, arguments: &[&str]) -> Command {
    let mut command = strata();
    command.current_dir(folder).env("DATABASE_URL", database.url()).args(arguments);
    command
}

#[test]
fn migrate_says_what_it_did_and_then_that_nothing_is_pending() {
    let (project, database) = project();
    assert_shown!(&mut run(project.path(), &database, &["migrate"]), @"
    exit 0
    --- stdout
      001_Users [time]
      003_Größe [time]
    2 migrations applied in [time]: database [database]
    --- stderr
    (nothing)
    ");
    assert_shown!(&mut run(project.path(), &database, &["migrate"]), @"
    exit 0
    --- stdout
    nothing is pending: database [database]
    --- stderr
    (nothing)
    ");
    assert_shown!(&mut run(project.path(), &database, &["migrate", "--format", "json"]), @r#"
    exit 0
    --- stdout
    {"applied":[],"elsewhere":[],"unknown":[],"out_of_order":[],"above_target":[]}
    --- stderr
    (nothing)
    "#);
}

#[test]
fn status_lists_and_checks_without_changing_anything() {
    let (project, database) = project();
    assert_shown!(&mut run(project.path(), &database, &["status", "--check"]), @"
    exit 3
    --- stdout
      001_Users  pending  Who may sign in.
      003_Größe  pending  Sizes; é.
    2 pending: database [database]
    --- stderr
    (nothing)
    ");
    assert!(
        run(project.path(), &database, &["migrate", "--to", "1", "-q"])
            .output()
            .unwrap()
            .stdout
            .is_empty()
    );
    execute(
        &mut database.conn(),
        "INSERT INTO __migrations (migration_name) VALUES ('002_Gone.sql')",
    );
    assert_shown!(&mut run(project.path(), &database, &["status"]), @"
    exit 0
    --- stdout
      001_Users     applied  [when]  Who may sign in.
      002_Gone.sql  unknown  [when]
      003_Größe     pending  Sizes; é.
    1 applied, 1 pending, 1 unknown: database [database]
    --- stderr
    (nothing)
    ");
    let mut json = run(project.path(), &database, &["status", "--format", "json"]);
    let output = String::from_utf8(json.output().unwrap().stdout).unwrap();
    let start = r#"{"migrations":[{"number":1,"name":"001_Users","kind":"sql","state":"applied","applied_at":"2"#;
    assert!(output.starts_with(start), "{output}");
    let end = r#"{"number":3,"name":"003_Größe","kind":"sql","state":"pending","applied_at":null,"description":"Sizes; é.","recorded":null}]}"#;
    assert!(output.trim_end().ends_with(end), "{output}");
}

#[test]
fn a_dry_run_prints_what_psql_could_run_and_checks_it() {
    let (project, database) = project();
    let output = run(project.path(), &database, &["migrate", "--dry-run"]).output().unwrap();
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(script.starts_with("\\set ON_ERROR_STOP on\nCREATE TABLE IF NOT EXISTS"), "{script}");
    let row = r#"INSERT INTO "__migrations" (migration_name) VALUES ('003_Größe');"#;
    assert!(script.contains("-- 003_Größe\nBEGIN;\n") && script.contains(row), "{script}");
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(note.contains("2 migrations would run"), "{note}");
    // What psql makes of it is what a run would have made.
    let other = TestDatabase::empty();
    let (_, sql) = script.split_once('\n').unwrap();
    diesel::connection::SimpleConnection::batch_execute(&mut other.conn(), sql).unwrap();
    let status = run(project.path(), &other, &["status", "--check"]).output().unwrap();
    assert_eq!(status.status.code(), Some(0));
    fs::write(project.path().join("migrations/004_Bad.sql"), "SELECT 1; COMMIT;").unwrap();
    assert_shown!(&mut run(project.path(), &database, &["migrate", "--dry-run"]), @"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: migrations/004_Bad.sql:1:11: COMMIT must not stand in a migration, which is one transaction with its ledger row already; delete it, or split the file into several migrations
    ");
    assert_eq!(
        number(&mut database.conn(), "SELECT count(*) FROM pg_class WHERE relname = 'users'"),
        0
    );
}

#[test]
fn a_failure_shows_the_place_and_what_was_done() {
    let (project, database) = project();
    fs::write(project.path().join("migrations/004_Bad.sql"), "-- é\nSELECT 'é', wrong;").unwrap();
    assert_shown!(&mut run(project.path(), &database, &["migrate"]), @r#"
    exit 1
    --- stdout
      001_Users [time]
      003_Größe [time]
    2 migrations applied, 1 failed, 0 not run
    --- stderr
    error: migration 004_Bad failed: column "wrong" does not exist
       --> migrations/004_Bad.sql:2:13
        |
      2 | SELECT 'é', wrong;
        |             ^
        nothing of it was applied: correct the file and migrate again
    "#);
}

#[test]
fn colour_is_for_those_who_ask_for_it() {
    let (project, database) = project();
    let plain = run(project.path(), &database, &["status"]).output().unwrap().stdout;
    assert!(!plain.contains(&0x1b));
    let coloured =
        run(project.path(), &database, &["status", "--color", "always"]).output().unwrap();
    assert!(coloured.stdout.contains(&0x1b));
}

#[test]
fn new_writes_the_next_migration_which_runs() {
    let (project, database) = project();
    fs::write(project.path().join("migrations/004_Taken.rs"), "pub fn up() {}").unwrap();
    let new = |arguments: &[&str]| {
        let mut all = vec!["new"];
        all.extend(arguments);
        String::from_utf8(run(project.path(), &database, &all).output().unwrap().stdout).unwrap()
    };
    assert_eq!(new(&["add lead scores"]), "migrations/005_AddLeadScores.sql\n");
    assert_eq!(new(&["Other", "--last"]), "migrations/006_Other.sql\n");
    assert_eq!(new(&["Fill", "--number", "20", "--rust"]), "migrations/020_Fill.rs\n");
    let text = fs::read_to_string(project.path().join("migrations/005_AddLeadScores.sql")).unwrap();
    assert!(text.starts_with("-- Migration 5: AddLeadScores\n-- Purpose: "), "{text}");
    assert!(text.contains("CREATE TABLE IF NOT EXISTS lead_scores ("), "{text}");
    for rust in ["004_Taken.rs", "020_Fill.rs"] {
        fs::remove_file(project.path().join("migrations").join(rust)).unwrap();
    }
    for _ in 0..2 {
        run(project.path(), &database, &["migrate"]).assert().success();
        let conn = &mut database.conn();
        execute(conn, "INSERT INTO lead_scores (name) VALUES ('a')");
        execute(conn, "UPDATE lead_scores SET name = 'b'");
        let moved = "SELECT count(*) FROM lead_scores WHERE updated_at > created_at";
        assert!(number(conn, moved) > 0);
        // Idempotent: it runs again on top of itself.
        run(project.path(), &database, &["forget", "005_AddLeadScores", "--yes"])
            .assert()
            .success();
    }
    assert_shown!(&mut run(project.path(), &database, &["new", "x", "--number", "1"]), @"
    exit 2
    --- stdout
    (nothing)
    --- stderr
    error: number 1 is taken by [folder]/migrations/001_Users.sql
    ");
}

#[test]
fn new_has_the_next_build_notice_the_file() {
    let (project, database) = project();
    let script = project.path().join("build.rs");
    run(project.path(), &database, &["new", "A"]).assert().success();
    assert!(!script.exists(), "not in a package that does not embed them");
    fs::write(
        project.path().join("Cargo.toml"),
        "[package]\nname = \"app\"\n[dependencies]\ndiesel-strata = \"0.1\"",
    )
    .unwrap();
    run(project.path(), &database, &["new", "B"]).assert().success();
    let text = fs::read_to_string(&script).unwrap();
    assert!(text.contains("println!(\"cargo:rerun-if-changed=migrations\");"), "{text}");
    fs::write(&script, "fn main() {}").unwrap();
    let output = run(project.path(), &database, &["new", "C"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("build.rs has this line in main"), "{said}");
    assert_eq!(fs::read_to_string(&script).unwrap(), "fn main() {}");
}

#[test]
fn new_writes_a_test_too() {
    let (project, database) = project();
    fs::write(project.path().join("Cargo.toml"), "[package]\nname = \"my-app\"\n").unwrap();
    let output = run(project.path(), &database, &["new", "AddScore", "--test"]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, "migrations/004_AddScore.sql\ntests/migration_004_add_score.rs\n");
    let text = fs::read_to_string(project.path().join("tests/migration_004_add_score.rs")).unwrap();
    assert!(text.contains("use my_app::MIGRATIONS;"), "{text}");
    assert!(text.contains("#[diesel_strata::test(MIGRATIONS, at = 3)]"), "{text}");
    syn::parse_file(&text).unwrap();
}

#[test]
fn forget_needs_a_yes() {
    let (project, database) = project();
    run(project.path(), &database, &["migrate"]).assert().success();
    assert_shown!(&mut run(project.path(), &database, &["forget", "003_Größe"]), @"
    exit 2
    --- stdout
    (nothing)
    --- stderr
    note: this removes 003_Größe from the ledger of database [database]
      What it did to the database stays. The next `migrate` runs 003_Größe, on top of what was done before.
    error: there is nobody to ask for confirmation; pass --yes if you mean it
    ");
    assert_shown!(&mut run(project.path(), &database, &["forget", "-y", "003_Größe"]), @"
    exit 0
    --- stdout
    forgot 003_Größe: database [database]
    The next `migrate` runs 003_Größe, on top of what was done before.
    --- stderr
    (nothing)
    ");
    assert_eq!(recorded(&mut database.conn()), ["001_Users"]);
    assert_shown!(&mut run(project.path(), &database, &["forget", "-y", "9_X"]), @"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: the ledger holds no 9_X; `status` lists what it holds
    ");
}

#[test]
fn the_folder_and_the_url_are_found() {
    let (project, database) = project();
    let deep = project.path().join("a/b");
    fs::create_dir_all(&deep).unwrap();
    let mut above = strata();
    above.current_dir(&deep).env("DATABASE_URL", database.url()).arg("status").assert().success();

    fs::rename(project.path().join("migrations"), project.path().join("sql")).unwrap();
    let toml = project.path().join("diesel.toml");
    fs::write(&toml, "[migrations_directory]\ndir = \"sql\"\n").unwrap();
    fs::write(project.path().join(".env"), format!("DATABASE_URL=\"{}\"\n", database.url()))
        .unwrap();
    let status = strata().current_dir(&deep).arg("status").output().unwrap();
    let said = String::from_utf8(status.stdout).unwrap();
    assert!(said.contains("001_Users"), "{said}");

    fs::write(&toml, "[migrations_directory\n").unwrap();
    let broken = strata().current_dir(&deep).arg("status").output().unwrap();
    let said = String::from_utf8(broken.stderr).unwrap();
    assert!(said.contains("diesel.toml is not valid"), "{said}");
}

#[test]
fn a_wrong_url_and_a_wrong_folder_are_named() {
    let (project, database) = project();
    let refused = ["status", "--database-url", "postgres://me:secret@127.0.0.1:1/app"];
    assert_shown!(&mut run(project.path(), &database, &refused), @r#"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: cannot connect to database app at 127.0.0.1, port 1: connection to server at "127.0.0.1", port 1 failed: Connection refused
           Is the server running on that host and accepting TCP/IP connections?
    "#);
    assert_shown!(&mut run(project.path(), &database, &["status", "--migrations-dir", "nowhere"]), @"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: there is no migrations folder at nowhere; create it with the first migration (`strata new InitialSchema`), or name another folder
    ");
}

#[test]
fn a_rust_migration_is_for_the_applications_own_program() {
    let (project, database) = project();
    fs::write(project.path().join("migrations/004_Code.rs"), "//! Code.\npub fn up() {}").unwrap();
    assert_shown!(&mut run(project.path(), &database, &["migrate"]), @"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: 004_Code is a Rust migration, which only the application's own program can run (migrations/004_Code.rs); run the application, or its own command line, to apply it
    ");
    run(project.path(), &database, &["migrate", "--to", "3"]).assert().success();
}

#[test]
fn every_help_is_as_it_is_reviewed() {
    let folder = folder(&[]);
    for command in [
        "",
        "migrate",
        "status",
        "new",
        "check",
        "sum",
        "sizes",
        "rehearse",
        "print-schema",
        "snapshot",
        "docs",
        "adopt",
        "baseline",
        "renumber",
        "squash",
        "forget",
        "database",
        "redo",
        "server",
        "completions",
    ] {
        let mut help = strata();
        help.current_dir(folder.path());
        let arguments: &[&str] = if command.is_empty() { &["-h"] } else { &[command, "-h"] };
        let output = help.env("COLUMNS", "80").args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
        insta::assert_snapshot!(format!("help_{command}"), text);
    }
}

#[test]
fn completions_name_the_program() {
    let output = strata().args(["completions", "bash"]).output().unwrap();
    let script = String::from_utf8(output.stdout).unwrap();
    assert!(script.contains("_strata()") && script.contains("--strict-order"), "{script}");
}
