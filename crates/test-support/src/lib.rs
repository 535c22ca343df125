//! What the tests of the workspace share.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on should say where"
)]
#![expect(clippy::missing_errors_doc, reason = "an error is what a test looks at")]

mod browser;

use std::fs;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel_strata::testing::TestDatabase;
use diesel_strata::{Error, Migrator, Report, Sequence};
use tempfile::TempDir;

pub use browser::in_browser;

/// A folder with these migrations.
pub fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// A migrator of the migrations in `folder`.
#[track_caller]
pub fn migrator(folder: &Path) -> Migrator {
    Migrator::new(Sequence::read(folder).unwrap()).unwrap()
}

/// Runs these migrations on `conn`.
pub fn migrate(conn: &mut PgConnection, files: &[(&str, &str)]) -> Result<Report, Error> {
    let folder = folder(files);
    migrator(folder.path()).migrate(conn)
}

/// What a run of these migrations fails with.
#[track_caller]
pub fn failure(files: &[(&str, &str)]) -> String {
    let database = TestDatabase::empty();
    migrate(&mut database.conn(), files).unwrap_err().to_string()
}

/// Runs one statement.
#[track_caller]
pub fn execute(conn: &mut PgConnection, statement: &str) {
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
pub fn number(conn: &mut PgConnection, expression: &str) -> i64 {
    let query = format!("SELECT ({expression})::bigint AS value");
    diesel::sql_query(query).get_result::<Number>(conn).unwrap().value
}

/// The texts that `query` gives, which has one column.
#[track_caller]
pub fn texts(conn: &mut PgConnection, query: &str) -> Vec<String> {
    let query = format!("SELECT q.c::text AS value FROM ({query}) q (c)");
    let words: Vec<Word> = diesel::sql_query(query).load(conn).unwrap();
    words.into_iter().map(|word| word.value).collect()
}

/// The names in the ledger, in the order of their ids.
#[track_caller]
pub fn recorded(conn: &mut PgConnection) -> Vec<String> {
    texts(conn, "SELECT migration_name FROM __migrations ORDER BY id")
}
