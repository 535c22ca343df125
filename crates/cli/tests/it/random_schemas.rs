//! schema.rs of schemas that nobody has thought of, against diesel CLI's own, where that is
//! installed: on the path, or named in `STRATA_DIESEL`.

use std::env;
use std::path::Path;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel_strata::testing::TestDatabase;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

use crate::support::strata;

const TYPES: [&str; 26] = [
    "integer",
    "bigint",
    "smallint",
    "serial",
    "bigserial",
    "text",
    "varchar(30)",
    "char(3)",
    "boolean",
    "real",
    "double precision",
    "numeric(10, 2)",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "interval",
    "uuid",
    "json",
    "jsonb",
    "bytea",
    "inet",
    "macaddr",
    "money",
    "\"Mood\"",
    "percent",
];
const NAMES: [&str; 14] = [
    "id",
    "name",
    "type",
    "Straße",
    "users",
    "a b",
    "Self",
    "self",
    "MixedCase",
    "snake_case",
    "x1",
    "table",
    "order",
    "fn",
];

#[derive(Debug, Clone)]
struct Column {
    name: &'static str,
    type_: &'static str,
    array: bool,
    not_null: bool,
    key: bool,
}

/// A table, with those of its columns by which it points to the table before it.
type Table = (&'static str, Vec<Column>, bool);

fn column() -> impl Strategy<Value = Column> {
    let flags = (prop::bool::weighted(0.15), any::<bool>(), prop::bool::weighted(0.3));
    (select(&NAMES[..]), select(&TYPES[..]), flags).prop_map(
        |(name, type_, (array, not_null, key))| Column { name, type_, array, not_null, key },
    )
}

fn schema() -> impl Strategy<Value = Vec<Table>> {
    let columns = prop::collection::vec(column(), 1..7);
    prop::collection::vec((select(&NAMES[..]), columns, any::<bool>()), 1..5)
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The schema as SQL; what is of a name that was there before is left out.
fn sql(tables: &[Table]) -> String {
    let mut sql = String::from(
        "CREATE TYPE \"Mood\" AS ENUM ('ok', 'é'); CREATE DOMAIN percent AS integer; ",
    );
    let mut made: Vec<&str> = Vec::new();
    for (table, columns, points) in tables {
        if made.contains(table) {
            continue;
        }
        let mut seen: Vec<&str> = Vec::new();
        let mut parts = vec!["pk integer PRIMARY KEY".to_owned()];
        if columns.iter().any(|column| column.key && !column.array) {
            parts[0] = "pk integer NOT NULL UNIQUE".to_owned();
        }
        let mut keys = Vec::new();
        for column in columns {
            if seen.contains(&column.name) {
                continue;
            }
            seen.push(column.name);
            let serial = column.type_.ends_with("serial");
            let array = if column.array && !serial { "[]" } else { "" };
            let null = if column.not_null { " NOT NULL" } else { "" };
            parts.push(format!("{} {}{array}{null}", quoted(column.name), column.type_));
            if column.key && array.is_empty() && !["json", "jsonb"].contains(&column.type_) {
                keys.push(quoted(column.name));
            }
        }
        if parts[0].ends_with("UNIQUE") {
            keys.push("pk".to_owned());
            parts.push(format!("PRIMARY KEY ({})", keys.join(", ")));
        }
        if let (true, Some(other)) = (points, made.last()) {
            parts.push(format!("other integer REFERENCES {} (pk)", quoted(other)));
        }
        let name = quoted(table);
        sql += &format!("CREATE TABLE {name} ({}); ", parts.join(", "));
        sql += &format!("COMMENT ON TABLE {name} IS 'Of é; \"quoted\"'; ");
        made.push(table);
    }
    sql
}

/// The program, if it is here.
fn diesel() -> Option<String> {
    let named = env::var("STRATA_DIESEL").unwrap_or_else(|_| "diesel".to_owned());
    Command::new(&named).arg("--version").output().ok().map(|_| named)
}

fn theirs(diesel: &str, folder: &Path, url: &str) -> String {
    let mut command = Command::new(diesel);
    command.current_dir(folder).args(["print-schema", "--database-url", url]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn ours(folder: &Path, url: &str) -> String {
    let mut command = strata();
    command.current_dir(folder).args(["print-schema", "--database-url", url]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_random_schema_is_printed_as_diesel_prints_it() {
    let Some(diesel) = diesel() else { return };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("diesel.toml"), "").unwrap();
    let cases = env::var("STRATA_FAULTS").ok().and_then(|factor| factor.parse().ok());
    let cases = 12 * cases.unwrap_or(1);
    let config = ProptestConfig { cases, failure_persistence: None, ..Default::default() };
    TestRunner::new(config)
        .run(&schema(), |tables| {
            let database = TestDatabase::empty();
            let sql = sql(&tables);
            database.conn().batch_execute(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
            let (url, folder) = (database.url(), folder.path());
            prop_assert_eq!(ours(folder, &url), theirs(&diesel, folder, &url), "{}", sql);
            Ok(())
        })
        .unwrap();
}
