//! What is set by options, variables and files, and what is wrong with it.

use crate::support::{Project, assert_shown, said};

fn project() -> Project {
    Project::new(&[("db/001_A.sql", "SELECT 1;")])
}

#[test]
fn what_diesel_toml_does_not_have_is_refused_as_diesel_cli_does() {
    let project = project();
    for (text, what) in [
        ("[print_shema]\nfile = \"x\"\n", "print_shema"),
        ("[migrations_directory]\ndir = \"db\"\nformat = \"x\"\n", "format"),
        ("[migrations_directory]\n", "dir"),
        ("[migrations_directory]\ndir = 1\n", "string"),
        ("top = 1\n", "top"),
        ("[print_schema\n", "1"),
    ] {
        project.write("diesel.toml", text);
        let output = project.strata(&["status"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(said.contains("diesel.toml is not valid") && said.contains(what), "{text}: {said}");
    }
}

#[test]
fn a_wrong_diesel_toml_stops_only_what_needs_it() {
    let project = project();
    project.write("diesel.toml", "[nonsense");
    project.strata(&["completions", "bash"]).assert().success();
    project.strata(&["--help"]).assert().success();
    project.strata(&["snapshot"]).assert().success();
    project.strata(&["status", "--migrations-dir", "db"]).assert().success();
    project.strata(&["print-schema"]).assert().code(1);
}

#[test]
fn the_folder_may_be_named_as_diesel_cli_does() {
    let project = project();
    project.strata(&["status", "--migration-dir", "db"]).assert().success();
    let mut by_variable = project.strata(&["status"]);
    by_variable.env("MIGRATION_DIRECTORY", "db").assert().success();
    let said =
        said(project.strata(&["status", "--migrations-dir", "db"]).env("MIGRATION_DIRECTORY", "x"));
    assert!(said.contains("001_A"), "an option comes before a variable: {said}");
}

#[test]
fn migrations_below_are_named() {
    let project = Project::new(&[("crates/app/migrations/001_A.sql", "SELECT 1;")]);
    assert_shown!(&mut project.strata(&["status"]), @"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: there is no migrations folder here or above; below there is crates/app/migrations: run in the folder above it, or name it with --migrations-dir
    ");
    project.write("b/migrations/001_B.sql", "SELECT 1;");
    assert_shown!(&mut project.strata(&["migrate"]), @"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: there is no migrations folder here or above; below there are b/migrations, crates/app/migrations: run in the folder above it, or name it with --migrations-dir
    ");
}

#[test]
fn what_is_no_url_is_said_plainly() {
    let project = project();
    for url in ["mysql://me:secretword@h/app", "notaurl", "postgres:/me:secretword@h/app"] {
        let output = project.strata(&["snapshot", "--database-url", url]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("write postgres://USER@HOST/DATABASE"), "{said}");
        assert!(!said.contains("secretword"), "{said}");
    }
}

#[test]
fn a_ledger_has_a_name() {
    let project = project();
    for ledger in ["", ".", "a.", ".b", "a.b.c"] {
        project.strata(&["status", "--migrations-dir", "db", "--ledger", ledger]).assert().code(2);
    }
    let mut named =
        project.strata(&["migrate", "--migrations-dir", "db", "--ledger", "ops.history"]);
    named.assert().success();
}
