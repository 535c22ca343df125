//! What the rows of another tool's ledger say.

use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

use crate::adopt::flyway_version::{Version, repeatable_key};
use crate::adopt::theirs::Theirs;

/// A row that says that a migration ran.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Row {
    /// By what it names the migration.
    #[diesel(sql_type = Text)]
    pub key: String,
    /// What it says, for people.
    #[diesel(sql_type = Text)]
    pub shown: String,
    /// When, in ISO 8601 and UTC, where it says so.
    #[diesel(sql_type = Nullable<Text>)]
    pub at: Option<String>,
    /// The checksum of what ran, where it has one.
    #[diesel(sql_type = Nullable<Text>)]
    pub checksum: Option<String>,
    /// Whether it says that something went wrong.
    #[diesel(sql_type = Bool)]
    pub failed: bool,
    /// Flyway's word for what it is.
    #[diesel(sql_type = Nullable<Text>)]
    pub kind: Option<String>,
}

/// golang-migrate's one row stands for every file up to its version.
pub(crate) fn up_to(rows: Vec<Row>, migrations: &[&Theirs]) -> Vec<Row> {
    let Some(row) = rows.into_iter().next() else { return Vec::new() };
    let number = |key: &str| key.parse::<u64>().unwrap_or_default();
    let last = number(&row.key);
    let below = migrations.iter().filter(|theirs| number(&theirs.key) <= last);
    let mut all: Vec<_> = below
        .map(|theirs| Row { key: theirs.key.clone(), shown: theirs.name.clone(), ..row.clone() })
        .collect();
    if all.last().is_none_or(|found| found.key != row.key) {
        all.push(row);
    }
    all
}

/// Flyway's rows that are in force: not undone, not deleted, the newest of what is repeatable, and
/// what lies below a baseline.
pub(crate) fn in_force(rows: Vec<Row>, migrations: &[&Theirs]) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    for row in rows {
        let kind = row.kind.clone().unwrap_or_default();
        let version = Version::parse(&row.key);
        let key = match &version {
            Some(version) => version.to_string(),
            None => repeatable_key(&row.description()),
        };
        let earlier = |all: &mut Vec<Row>| all.retain(|row| row.key != key);
        match kind.as_str() {
            "SCHEMA" => {}
            "DELETE" => earlier(&mut all),
            _ if kind.starts_with("UNDO") => earlier(&mut all),
            "BASELINE" => all.extend(version.iter().flat_map(|at| below(at, &row, migrations))),
            _ => {
                earlier(&mut all);
                all.push(Row { key, ..row });
            }
        }
    }
    all
}

impl Row {
    /// The description in the script's name, as Flyway reads it.
    fn description(&self) -> String {
        let file = self.shown.rsplit('/').next().unwrap_or(&self.shown);
        let stem = file.strip_suffix(".sql").unwrap_or(file);
        stem.split_once("__").map_or(stem, |(_, words)| words).replace('_', " ")
    }
}

/// The migrations up to a baseline, which were there before Flyway was.
fn below<'a>(
    baseline: &'a Version,
    row: &'a Row,
    migrations: &'a [&Theirs],
) -> impl Iterator<Item = Row> + 'a {
    let is_below = |theirs: &&&Theirs| Version::parse(&theirs.key).is_some_and(|v| v <= *baseline);
    migrations.iter().filter(is_below).map(|theirs| Row {
        key: theirs.key.clone(),
        shown: theirs.name.clone(),
        checksum: None,
        ..row.clone()
    })
}
