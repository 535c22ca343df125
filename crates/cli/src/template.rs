//! The text of new files.

use chrono::Local;
use heck::ToSnakeCase;
use strata_sequence::{Kind, MigrationName};

use crate::reserved::unreserved;

/// A migration that runs as it stands, and again; one in Rust does so where its table is there.
pub(crate) fn migration(name: &MigrationName, kind: Kind) -> String {
    let date = Local::now().format("%Y-%m-%d").to_string();
    let words = name.as_str().split_once('_').map_or(name.as_str(), |(_, words)| words);
    let template = match kind {
        Kind::Sql => SQL,
        Kind::Rust => RUST,
    };
    template
        .replace("{number}", &name.number().to_string())
        .replace("{name}", words)
        .replace("{date}", &date)
        .replace("{table}", &table(words))
}

/// The table that a migration called `words` is probably about.
fn table(words: &str) -> String {
    let snake = words.to_snake_case();
    let parts: Vec<_> = snake
        .split('_')
        .filter(|part| {
            !matches!(*part, "add" | "backfill" | "create" | "fill" | "new" | "table" | "tables")
        })
        .collect();
    let table = parts.join("_");
    let is_plain = table.starts_with(|c: char| c.is_ascii_alphabetic()) && table.is_ascii();
    match is_plain {
        true => unreserved(&table.chars().take(40).collect::<String>()),
        false => "examples".to_owned(),
    }
}

/// What a build script says so that Cargo looks at `folder`.
pub(crate) fn rerun(folder: &str) -> String {
    format!("println!(\"cargo:rerun-if-changed={folder}\");")
}

/// A build script with that one line.
pub(crate) fn build_script(line: &str) -> String {
    format!(
        "//! Has Cargo build again when a migration is added.\n\nfn main() {{\n    {line}\n}}\n"
    )
}

/// A test of a migration, for the package whose library is called `library`.
pub(crate) fn test(name: &MigrationName, library: &str) -> String {
    TEST.replace("{name}", name.as_str())
        .replace("{before}", &name.number().saturating_sub(1).to_string())
        .replace("{library}", library)
}

const TEST: &str = "\
//! What {name} does to the rows that are there before it.

use diesel::prelude::*;
use diesel_strata::testing::TestDatabase;
use {library}::MIGRATIONS;

#[diesel_strata::test(MIGRATIONS, at = {before})]
fn it_keeps_the_rows(database: &TestDatabase) {
    let conn = &mut database.conn();
    // The rows as they are before it: INSERT INTO …
    diesel::sql_query(\"SELECT 1\").execute(conn).unwrap();

    assert_eq!(database.apply_next(), \"{name}\");

    // What became of them.
    diesel::sql_query(\"SELECT 1\").execute(conn).unwrap();
}
";

const SQL: &str = "\
-- Migration {number}: {name}
-- Purpose: say here what this is for.
-- Date: {date}

CREATE TABLE IF NOT EXISTS {table} (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

CREATE INDEX IF NOT EXISTS idx_{table}_name ON {table} (name);

CREATE OR REPLACE FUNCTION update_updated_at_column() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at = NOW();
    RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER update_{table}_updated_at
    BEFORE UPDATE ON {table}
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
";

const RUST: &str = "\
//! Migration {number}: {name}
//! Purpose: say here what this is for.
//! Date: {date}

use diesel::pg::PgConnection;
use diesel::prelude::*;

// The columns that are used here, as they are at this point of the sequence. They stay so:
// `schema.rs` moves on.
diesel::table! {
    {table} (id) {
        id -> Int8,
        name -> Nullable<Text>,
    }
}

/// Changes rows, in one transaction with the entry in the ledger. What it changed is not changed
/// again if it runs again.
pub fn up(conn: &mut PgConnection) -> QueryResult<()> {
    let unnamed = {table}::table.filter({table}::name.is_null());
    diesel::update(unnamed).set({table}::name.eq(\"unnamed\")).execute(conn)?;
    Ok(())
}
";
