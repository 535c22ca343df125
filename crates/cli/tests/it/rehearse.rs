//! `rehearse`: what is pending, run on a copy of the target's structure.

use std::fs;

use diesel_strata::testing::TestDatabase;
use strata_test_support::{execute, folder, number};

use crate::support::strata;

#[test]
fn a_rehearsal_tells_what_a_run_would_do_and_changes_nothing() {
    let target = TestDatabase::empty();
    let other = TestDatabase::empty();
    // What no migration has made, the target has all the same.
    execute(&mut target.conn(), "CREATE TABLE leads (id bigint PRIMARY KEY, score integer)");
    let project = folder(&[]);
    fs::create_dir(project.path().join("migrations")).unwrap();
    let text = "-- é\nALTER TABLE leads ALTER score TYPE bigint;\nCREATE TABLE t (id bigint);";
    fs::write(project.path().join("migrations/001_Change.sql"), text).unwrap();
    let rehearse = |arguments: &[&str]| {
        let mut command = strata();
        command.current_dir(project.path()).arg("rehearse").args(["--on", &other.url()]);
        command.args(["--database-url", &target.url()]).args(arguments).output().unwrap()
    };
    let output = rehearse(&[]);
    let said = String::from_utf8(output.stdout).unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{error}");
    for expected in [
        "001_Change",
        "   2  ALTER TABLE leads ALTER score TYPE bigint;",
        "ACCESS EXCLUSIVE on leads (",
        "writes anew leads (",
        "what is different afterwards",
        "times are of tables without rows; nothing was changed in",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    let tables = "SELECT count(*) FROM pg_class WHERE relname IN ('t', '__migrations')";
    assert_eq!(number(&mut target.conn(), tables), 0);
    let json = String::from_utf8(rehearse(&["--format", "json"]).stdout).unwrap();
    assert!(json.contains("\"effects\":[\"ACCESS EXCLUSIVE on leads ("), "{json}");
}
