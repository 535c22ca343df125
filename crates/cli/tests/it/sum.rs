//! strata.sum, beside git: what is edited, renamed, renumbered, deleted, merged.

use std::fs;
use std::path::Path;
use std::process::Command;

use diesel_strata::testing::TestDatabase;
use strata_test_support::folder;
use tempfile::TempDir;

use crate::support::strata;

fn git(folder: &Path, arguments: &[&str]) -> String {
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.org"]);
    let output = git.args(["-c", "init.defaultBranch=main"]).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}

/// Exit code, stdout and stderr of a command in `folder`.
fn run(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = strata().current_dir(folder).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout) + &text(&output.stderr))
}

fn write(project: &Path, name: &str, text: &str) {
    fs::write(project.join("migrations").join(name), text).unwrap();
}

/// A repository with two migrations, migrated and committed.
fn project(database: &TestDatabase) -> TempDir {
    let project = folder(&[]);
    let path = project.path();
    fs::create_dir(path.join("migrations")).unwrap();
    git(path, &["init", "-q"]);
    write(path, "001_A.sql", "CREATE TABLE a (id bigint);");
    write(path, "002_B.sql", "CREATE TABLE b (id bigint);");
    let (code, said) = migrate(path, database, &[]);
    assert_eq!(code, 0, "{said}");
    git(path, &["add", "."]);
    git(path, &["commit", "-qm", "Begin"]);
    project
}

fn migrate(project: &Path, database: &TestDatabase, arguments: &[&str]) -> (i32, String) {
    let url = database.url();
    let all = [&["migrate", "--no-schema", "--database-url", &url][..], arguments].concat();
    run(project, &all)
}

#[test]
fn the_first_run_writes_it_and_the_next_ones_leave_it() {
    let database = TestDatabase::empty();
    let project = project(&database);
    let path = project.path();
    let text = fs::read_to_string(path.join("migrations/strata.sum")).unwrap();
    assert!(text.contains("\n001 001_A sql 1:") && text.contains("\n002 002_B sql 1:"), "{text}");
    assert_eq!(migrate(path, &database, &[]).0, 0);
    assert_eq!(git(path, &["status", "--porcelain"]), "");
    assert_eq!(migrate(path, &database, &["--locked-sum"]).0, 0);
}

#[test]
fn a_new_migration_may_change_until_it_is_committed() {
    let database = TestDatabase::empty();
    let project = project(&database);
    let path = project.path();
    assert_eq!(run(path, &["new", "C"]).0, 0);
    let sum = || fs::read_to_string(path.join("migrations/strata.sum")).unwrap();
    let first = sum();
    assert!(first.contains("003 003_C sql"), "{first}");
    write(path, "003_C.sql", "CREATE TABLE c (id bigint);");
    let (code, said) = migrate(path, &database, &[]);
    assert!(code == 0 && !said.contains("not what it was"), "{said}");
    assert_ne!(sum(), first);
    fs::remove_file(path.join("migrations/003_C.sql")).unwrap();
    assert_eq!(run(path, &["sum"]).0, 0);
    assert!(!sum().contains("003_C"));
}

#[test]
fn what_is_edited_renamed_renumbered_or_deleted_is_named_with_the_way_out() {
    let database = TestDatabase::empty();
    for (change, said) in [
        ("edit", "002_B is not what it was when it was committed"),
        ("rename", "002_B is called 002_C now, and databases know it by its old name"),
        ("renumber", "002_B is called 007_B now"),
        ("delete", "002_B is gone, and new databases lack what it does"),
    ] {
        let project = project(&database);
        let path = project.path();
        let file = |name: &str| path.join("migrations").join(name);
        match change {
            "edit" => write(path, "002_B.sql", "CREATE TABLE b (id bigint, é text);"),
            "rename" => fs::rename(file("002_B.sql"), file("002_C.sql")).unwrap(),
            "renumber" => fs::rename(file("002_B.sql"), file("007_B.sql")).unwrap(),
            _ => fs::remove_file(file("002_B.sql")).unwrap(),
        }
        let (code, output) = migrate(path, &database, &["--locked-sum"]);
        assert!(code == 3 && output.contains(said), "{change}: {code} {output}");
        let (code, output) = run(path, &["sum"]);
        assert!(code == 3 && output.contains(said), "{change}: {code} {output}");
        if change != "edit" && change != "delete" {
            // It would run again under its new name.
            continue;
        }
        let (code, output) = migrate(path, &database, &[]);
        assert!(code == 0 && output.contains(said), "{change}: {code} {output}");
        assert_eq!(run(path, &["sum", "--accept", "002_B"]).0, 0);
        assert_eq!(migrate(path, &database, &["--locked-sum"]).0, 0, "{change}");
        assert_eq!(run(path, &["sum", "--accept", "002_B"]).0, 2);
    }
}

#[test]
fn a_former_name_that_is_told_needs_no_acceptance() {
    let database = TestDatabase::empty();
    let project = project(&database);
    let path = project.path();
    fs::remove_file(path.join("migrations/002_B.sql")).unwrap();
    write(path, "007_B.sql", "-- strata: formerly 002_B\nCREATE TABLE b (id bigint);");
    assert_eq!(migrate(path, &database, &[]).0, 0);
    let sum = fs::read_to_string(path.join("migrations/strata.sum")).unwrap();
    assert!(sum.contains("007_B") && !sum.contains("002_B"), "{sum}");
}

#[test]
fn two_branches_that_add_a_migration_conflict_in_git() {
    let database = TestDatabase::empty();
    let project = project(&database);
    let path = project.path();
    for (branch, name) in [("one", "C"), ("two", "D")] {
        git(path, &["switch", "-qc", branch, "main"]);
        assert_eq!(run(path, &["new", name]).0, 0);
        git(path, &["add", "."]);
        git(path, &["commit", "-qm", name]);
    }
    let merged = git(path, &["merge", "-q", "one"]);
    assert!(merged.contains("CONFLICT (content)") && merged.contains("strata.sum"), "{merged}");
    let (code, said) = run(path, &["sum"]);
    let problem = "two branches have added a migration";
    assert!(code == 1 && (said.contains(problem) || said.contains("same number")), "{code} {said}");

    git(path, &["mv", "migrations/003_D.sql", "migrations/004_D.sql"]);
    let (code, said) = run(path, &["sum"]);
    assert!(code == 1 && said.contains("keep both lines"), "{code} {said}");
    let sum = path.join("migrations/strata.sum");
    let text = fs::read_to_string(&sum).unwrap();
    let kept: String = text
        .split_inclusive('\n')
        .filter(|line| !["<<<", "===", ">>>"].iter().any(|mark| line.starts_with(mark)))
        .collect();
    fs::write(&sum, kept).unwrap();
    run(path, &["sum", "--accept", "003_D"]);
    assert_eq!(run(path, &["sum"]).0, 0);
    let text = fs::read_to_string(&sum).unwrap();
    assert!(text.contains("003 003_C") && text.contains("004 004_D"), "{text}");
    assert!(!text.contains("003_D"), "{text}");
}

#[test]
fn where_there_is_no_git_nothing_is_written_unasked() {
    let database = TestDatabase::empty();
    let project = folder(&[]);
    let path = project.path();
    fs::create_dir(path.join("migrations")).unwrap();
    write(path, "001_A.sql", "CREATE TABLE a (id bigint);");
    assert_eq!(migrate(path, &database, &[]).0, 0);
    assert!(!path.join("migrations/strata.sum").exists());
    assert_eq!(migrate(path, &database, &["--locked-sum"]).0, 2);
    assert_eq!(run(path, &["sum"]).0, 0);
    assert_eq!(migrate(path, &database, &["--locked-sum"]).0, 0);
}
