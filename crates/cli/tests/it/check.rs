//! `check`, as people, programs and GitHub see it.

use std::path::Path;
use std::process::{Command, Output};

use strata_test_support::folder;
use tempfile::TempDir;

use crate::support::strata;

const TABLE: &str = "CREATE TABLE leads (id bigint PRIMARY KEY, score integer);";
const INDEX: &str = "-- é\nSELECT 'é'; CREATE INDEX leads_score ON leads (score);";

/// A project with migrations, in a folder `migrations`.
fn project(files: &[(&str, &str)]) -> TempDir {
    let project = folder(&[]);
    let migrations = project.path().join("migrations");
    std::fs::create_dir(&migrations).unwrap();
    for (name, text) in files {
        std::fs::write(migrations.join(name), text).unwrap();
    }
    project
}

fn check(project: &Path, arguments: &[&str]) -> Output {
    let mut command = strata();
    command.current_dir(project).arg("check").args(arguments);
    // The server of the tests serves for scratch databases too.
    command.arg("--on").arg(server());
    command.output().unwrap()
}

/// A URL of the server that the tests use.
fn server() -> String {
    use std::sync::OnceLock;

    use diesel_strata::testing::TestDatabase;
    static KEPT: OnceLock<TestDatabase> = OnceLock::new();
    KEPT.get_or_init(TestDatabase::empty).url()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let names = ["user.name=t", "user.email=t@example.org", "init.defaultBranch=main"];
    let mut git = Command::new("git");
    git.arg("-C").arg(folder);
    names.iter().for_each(|name| {
        git.args(["-c", name]);
    });
    let output = git.args(arguments).output().unwrap();
    format!("{}{}", stdout(&output), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn people_see_the_place_the_size_and_what_to_do_instead() {
    let project = project(&[("001_Leads.sql", TABLE), ("002_Index.sql", INDEX)]);
    let output = check(project.path(), &["--all"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        stdout(&output),
        "require-concurrent-index-creation\n  \
           SHARE on leads, held while an index is built on it: writers wait\n \
         --> migrations/002_Index.sql:2:13\n\
         2 | SELECT 'é'; CREATE INDEX leads_score ON leads (score);\n  \
           |             ^\n  \
           instead:\n    \
             -- in a migration of its own, which opens with this:\n    \
             -- strata: no-transaction\n    \
             CREATE INDEX CONCURRENTLY IF NOT EXISTS leads_score ON leads (score);\n\n\
         2 migrations looked at, 1 thing found\n"
    );
}

#[test]
fn programs_see_one_object_and_github_an_annotation() {
    let project = project(&[("001_Leads.sql", TABLE), ("002_Index.sql", INDEX)]);
    let output = check(project.path(), &["--all", "--format", "json"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(
        stdout(&output),
        "{\"findings\":[{\"file\":\"migrations/002_Index.sql\",\"line\":2,\"column\":13,\
         \"rule\":\"require-concurrent-index-creation\",\"message\":\"SHARE on leads, held while an \
         index is built on it: writers wait\"}]}\n"
    );
    let output = check(project.path(), &["--all", "--format", "github", "-q"]);
    assert_eq!(
        stdout(&output),
        "::error file=migrations/002_Index.sql,line=2,col=13,\
         title=require-concurrent-index-creation::SHARE on leads, held while an index is built on \
         it: writers wait\n"
    );
}

#[test]
fn where_there_is_nothing_to_say_it_says_so() {
    let project = project(&[("001_Leads.sql", TABLE)]);
    let output = check(project.path(), &["--all"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output), "1 migration looked at, nothing found\n");
    let output = check(project.path(), &["--all", "--format", "json"]);
    assert_eq!(stdout(&output), "{\"findings\":[]}\n");
    let empty = self::project(&[]);
    let output = check(empty.path(), &["--all"]);
    assert_eq!(stdout(&output), "0 migrations looked at, nothing found\n");
}

#[test]
fn strata_toml_asks_for_practices_and_says_what_is_large() {
    let project = project(&[("001_Leads.sql", TABLE)]);
    let settings = project.path().join("strata.toml");
    std::fs::write(&settings, "[check]\npractices = true\n").unwrap();
    let output = stdout(&check(project.path(), &["--all", "-q"]));
    let expected = "missing-purpose\n  the comment at the top";
    assert!(output.contains(expected) && output.contains("prefer-robust-stmts"), "{output}");
    std::fs::write(&settings, "[check]\npractices = [\"missing-purpose\"]\n").unwrap();
    let output = stdout(&check(project.path(), &["--all", "-q"]));
    assert!(!output.contains("prefer-robust-stmts"), "{output}");
    std::fs::write(&settings, "[check]\npractices = [\"tabs\"]\n").unwrap();
    let output = check(project.path(), &["--all"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("there is no practice tabs"), "{error}");
}

#[test]
fn a_branch_is_looked_at_for_what_is_new_on_it() {
    let project = project(&[("001_Leads.sql", TABLE), ("002_Index.sql", INDEX)]);
    let folder = project.path();
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "Begin"]);
    git(folder, &["switch", "-qc", "branch"]);
    let new = "ALTER TABLE leads ALTER score SET NOT NULL;";
    std::fs::write(folder.join("migrations/003_New.sql"), new).unwrap();
    for arguments in [&["--base", "main", "-q"][..], &["-q"]] {
        let output = stdout(&check(folder, arguments));
        assert!(output.contains("003_New.sql:1:1"), "{output}");
        assert!(!output.contains("002_Index.sql"), "{output}");
    }
    let output = check(folder, &["--base", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_fix_writes_the_safe_way_and_nothing_is_left_to_find() {
    let change = "-- Adds what is needed, é.\n\nALTER TABLE leads ADD COLUMN note text;\n\
                  ALTER TABLE leads\n    ALTER score SET NOT NULL;\nSELECT 1;\n";
    let project = project(&[
        ("001_Leads.sql", TABLE),
        ("002_Index.sql", "-- Finds them by score.\n\nCREATE INDEX leads_score ON leads (score);"),
        ("003_Change.sql", change),
    ]);
    let output = check(project.path(), &["--all", "--fix"]);
    let said = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let read =
        |name: &str| std::fs::read_to_string(project.path().join("migrations").join(name)).unwrap();
    assert_eq!(
        read("002_Index.sql"),
        "-- Finds them by score.\n-- strata: no-transaction\n\n\
         CREATE INDEX CONCURRENTLY IF NOT EXISTS leads_score ON leads (score);\n"
    );
    assert_eq!(
        read("003_Change.sql"),
        "-- Adds what is needed, é.\n\nALTER TABLE leads ADD COLUMN note text;\n\
         ALTER TABLE leads\n    \
         ADD CONSTRAINT \"score_not_null\" CHECK (score IS NOT NULL) NOT VALID;\nSELECT 1;\n"
    );
    assert!(read("004_ChangeValidate.sql").contains("VALIDATE CONSTRAINT \"score_not_null\""));
    assert!(read("005_ChangeSet.sql").contains("ALTER COLUMN score SET NOT NULL"));
}

#[test]
fn sizes_are_written_and_read() {
    let database = diesel_strata::testing::TestDatabase::empty();
    strata_test_support::execute(&mut database.conn(), TABLE);
    let project = project(&[("001_Leads.sql", TABLE)]);
    let folder = project.path();
    git(folder, &["init", "-q"]);
    git(folder, &["add", "."]);
    git(folder, &["commit", "-qm", "Begin"]);
    let mut sizes = strata();
    sizes.current_dir(folder).args(["sizes", "--write-sizes", "--database-url", &database.url()]);
    assert!(sizes.output().unwrap().status.success());
    let text = std::fs::read_to_string(folder.join("strata.sizes")).unwrap();
    assert!(text.contains(" 0 public.leads\n"), "{text}");
    std::fs::write(folder.join("migrations/002_Index.sql"), INDEX).unwrap();
    assert_eq!(check(folder, &[]).status.code(), Some(0));
    assert_eq!(check(folder, &["--large", "1"]).status.code(), Some(3));
}
