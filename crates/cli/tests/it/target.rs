//! Which database a command works on.

use std::fs;

use assert_cmd::Command;
use diesel_strata::testing::TestDatabase;
use strata_test_support::{number, recorded};
use tempfile::TempDir;

use crate::support::strata;

/// A folder with one migration, which is in no Cargo project.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("migrations")).unwrap();
    fs::write(folder.path().join("migrations/001_A.sql"), "CREATE TABLE a ()").unwrap();
    folder
}

fn migrate(folder: &TempDir) -> Command {
    let mut command = strata();
    command.current_dir(folder.path()).arg("migrate");
    command
}

/// What a command says that must fail.
fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

#[test]
fn outside_a_project_a_missing_url_is_an_error() {
    let folder = folder();
    let said = refused(&mut migrate(&folder));
    assert!(said.contains("set DATABASE_URL"), "{said}");
    assert!(said.contains("only inside a Cargo project"), "{said}");
}

#[test]
fn in_ci_a_private_server_must_be_asked_for() {
    let folder = folder();
    fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"p\"\n").unwrap();
    let said = refused(migrate(&folder).env("CI", "true"));
    assert!(said.contains("STRATA_PRIVATE_SERVER=1"), "{said}");
    let mut asked = migrate(&folder);
    asked.env("XDG_STATE_HOME", folder.path().join("state")).arg("-q");
    let output = asked.env("CI", "true").env("STRATA_PRIVATE_SERVER", "1").output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("no DATABASE_URL is set: this is database dev"), "even so: {said}");
}

/// Nothing but the URL may name the target: libpq would take the rest from `PG*` variables.
#[test]
fn an_empty_url_is_none_and_no_variable_of_libpqs_stands_in_for_it() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let text = |query: &str| strata_test_support::texts(conn, query).remove(0);
    let [socket, port, name, user] = [
        "SELECT split_part(current_setting('unix_socket_directories'), ',', 1)",
        "SELECT current_setting('port')",
        "SELECT current_database()",
        "SELECT current_user",
    ]
    .map(text);
    let folder = folder();
    fs::write(folder.path().join(".env"), "DATABASE_URL=\n").unwrap();
    let mut command = migrate(&folder);
    command.env("DATABASE_URL", "").env("PGHOST", socket).env("PGPORT", port);
    let said = refused(command.env("PGDATABASE", name).env("PGUSER", user));
    assert!(said.contains("set DATABASE_URL"), "{said}");
    assert_eq!(
        number(&mut database.conn(), "SELECT count(*) FROM pg_tables WHERE tablename = 'a'"),
        0
    );
}

#[test]
fn only_the_line_of_the_url_matters_in_an_env_file_and_its_value_is_never_shown() {
    let database = TestDatabase::empty();
    let folder = folder();
    let file = folder.path().join(".env");
    fs::write(&file, format!("API_KEY=two words\nDATABASE_URL={}\n", database.url())).unwrap();
    migrate(&folder).assert().success();
    assert_eq!(recorded(&mut database.conn()), ["001_A"]);
    for line in
        ["DATABASE_URL=host=h password=secretword", "DATABASE_URL='postgres://u:secretword@h"]
    {
        fs::write(&file, format!("A=1\n{line}\n")).unwrap();
        let output = migrate(&folder).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("line 2 of "), "{said}");
        assert!(!said.contains("secretword"), "{said}");
    }
}
