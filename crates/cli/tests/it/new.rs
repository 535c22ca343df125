//! `new`, in the folders and packages that projects have.

use std::fs;

use strata_test_support::execute;

use crate::support::{Project, assert_shown, said};

const PACKAGE: &str = "[package]\nname = \"app\"\n\n[dependencies]\ndiesel-strata = \"0.1\"\n";

#[test]
fn a_table_gets_no_reserved_name() {
    let project = Project::new(&[]);
    for name in ["CreateUser", "AddOrder", "Group", "as", "CreateTable"] {
        project.strata(&["new", name]).assert().success();
    }
    project.strata(&["migrate"]).assert().success();
    let conn = &mut project.database.conn();
    for table in ["users", "orders", "groups", "as_rows", "examples"] {
        execute(conn, &format!("SELECT name FROM {table}"));
    }
}

#[test]
fn a_number_that_is_not_the_highest_is_explained() {
    let project = Project::new(&[
        ("migrations/003_C.sql", "SELECT 1;"),
        ("migrations/015_Code.rs", "pub fn up() {}"),
    ]);
    assert_shown!(&mut project.strata(&["new", "Next"]), @"
    exit 0
    --- stdout
    migrations/004_Next.sql
    --- stderr
    note: 015_Code has a higher number; SQL migrations are numbered by themselves, and one that comes late runs all the same. --last numbers above all
    ");
    assert_shown!(&mut project.strata(&["new", "Last", "--last"]), @"
    exit 0
    --- stdout
    migrations/016_Last.sql
    --- stderr
    (nothing)
    ");
    assert_shown!(&mut project.strata(&["new", "Eight", "--number", "8"]), @"
    exit 0
    --- stdout
    migrations/008_Eight.sql
    --- stderr
    (nothing)
    ");
}

#[test]
fn a_folder_deeper_in_its_package_is_noticed_and_tested_too() {
    let project = Project::new(&[
        ("Cargo.toml", PACKAGE),
        ("diesel.toml", "[migrations_directory]\ndir = \"db/migrations\"\n"),
    ]);
    assert_shown!(&mut project.strata(&["new", "Score", "--test"]), @"
    exit 0
    --- stdout
    db/migrations/001_Score.sql
    tests/migration_001_score.rs
    --- stderr
    note: build.rs is new too: with it the next build notices new migrations
    ");
    assert!(project.read("build.rs").contains("rerun-if-changed=db/migrations"));
    assert!(project.read("tests/migration_001_score.rs").contains("use app::MIGRATIONS;"));
    assert_eq!(fs::read_dir(project.path().join("db")).unwrap().count(), 1, "only the migrations");
}

#[test]
fn a_workspace_without_a_package_gets_no_build_script() {
    let manifest =
        "[workspace]\nmembers = [\"app\"]\n\n[workspace.dependencies]\ndiesel-strata = \"0.1\"\n";
    let project = Project::new(&[("Cargo.toml", manifest), ("app/Cargo.toml", PACKAGE)]);
    project.strata(&["new", "A"]).assert().success();
    assert!(!project.path().join("build.rs").exists());
    assert_shown!(&mut project.strata(&["new", "B", "--test"]), @"
    exit 2
    --- stdout
    (nothing)
    --- stderr
    error: --test writes into the package that the migrations lie in, and they lie in none
    ");
    assert!(!project.path().join("migrations/002_B.sql").exists(), "all of it or nothing");
    assert!(!project.path().join("tests").exists());
}

#[test]
fn a_migration_in_rust_changes_rows() {
    let project = Project::new(&[]);
    project.strata(&["new", "LeadNames", "--rust"]).assert().success();
    let text = project.read("migrations/001_LeadNames.rs");
    assert!(!text.contains("CREATE TABLE"), "{text}");
    assert!(text.contains("lead_names (id) {"), "{text}");
    syn::parse_file(&text).unwrap();
    project.strata(&["new", "MoveType", "--rust", "--number", "2"]).assert().success();
    syn::parse_file(&project.read("migrations/002_MoveType.rs")).unwrap();
}

#[test]
fn a_build_script_of_another_folder_is_not_taken_for_ours() {
    let project = Project::new(&[
        ("Cargo.toml", PACKAGE),
        ("build.rs", "fn main() { println!(\"cargo:rerun-if-changed=old_migrations\"); }"),
    ]);
    let said = said(&mut project.strata(&["new", "A"]));
    assert!(said.contains("cargo:rerun-if-changed=migrations"), "{said}");
}
