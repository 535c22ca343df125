//! What the tests share.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_strata::testing::TestDatabase;
use diesel_strata::{Error, Migrator, Report, Sequence};
use tempfile::TempDir;

/// A folder with these migrations.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

#[track_caller]
pub(crate) fn migrator(folder: &Path) -> Migrator {
    Migrator::new(Sequence::read(folder).unwrap()).unwrap()
}

/// Runs these migrations on `conn`.
pub(crate) fn migrate(conn: &mut PgConnection, files: &[(&str, &str)]) -> Result<Report, Error> {
    let folder = folder(files);
    migrator(folder.path()).migrate(conn)
}

/// What a run of these migrations fails with.
#[track_caller]
pub(crate) fn failure(files: &[(&str, &str)]) -> String {
    let database = TestDatabase::empty();
    migrate(&mut database.conn(), files).unwrap_err().to_string()
}

#[track_caller]
pub(crate) fn execute(conn: &mut PgConnection, statement: &str) {
    diesel::sql_query(statement).execute(conn).unwrap();
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

/// The number that `expression` gives.
#[track_caller]
pub(crate) fn number(conn: &mut PgConnection, expression: &str) -> i64 {
    let query = format!("SELECT ({expression})::bigint AS value");
    diesel::sql_query(query).get_result::<Number>(conn).unwrap().value
}

/// The texts that `query` gives, which has one column.
#[track_caller]
pub(crate) fn texts(conn: &mut PgConnection, query: &str) -> Vec<String> {
    let query = format!("SELECT q.c::text AS value FROM ({query}) q (c)");
    let words: Vec<Word> = diesel::sql_query(query).load(conn).unwrap();
    words.into_iter().map(|word| word.value).collect()
}

/// The names in the ledger, in the order of their ids.
#[track_caller]
pub(crate) fn recorded(conn: &mut PgConnection) -> Vec<String> {
    texts(conn, "SELECT migration_name FROM __migrations ORDER BY id")
}

/// The program `strata`, with nothing from the environment of the test, and in a folder that is in
/// no project.
pub(crate) fn strata() -> Command {
    let mut command = Command::new(program());
    command.current_dir(std::env::temp_dir());
    for name in ["DATABASE_URL", "TEST_DATABASE_URL", "DIESEL_CONFIG_FILE", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command
}

pub(crate) fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_strata").into()
}
