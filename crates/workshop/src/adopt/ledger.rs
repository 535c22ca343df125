//! What another tool's ledger says.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use strata_sql::identifier;

use crate::adopt::error::{AdoptError, Doing};
use crate::adopt::flyway_version::{Version, repeatable_key};
use crate::adopt::theirs::Theirs;
use crate::adopt::tool::Tool;

/// The table of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    schema: String,
    name: String,
    /// Its columns: name and type.
    columns: Vec<(String, String)>,
}

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

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    visible: bool,
    #[diesel(sql_type = Text)]
    column: String,
    #[diesel(sql_type = Text)]
    type_name: String,
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

impl Table {
    /// The ledger of `tool` on the database of `conn`: the one called `given`, perhaps with its
    /// schema, else the one of the tool's own name, on the `search_path` or elsewhere.
    pub(crate) fn find(
        conn: &mut PgConnection,
        tool: Tool,
        given: Option<&str>,
    ) -> Result<Option<Self>, AdoptError> {
        let given = given.unwrap_or(tool.table());
        let (schema, name) =
            given.split_once('.').map_or((None, given), |(schema, name)| (Some(schema), name));
        let columns: Vec<Column> = diesel::sql_query(
            "SELECT n.nspname::text AS schema, c.relname::text AS name, \
             pg_catalog.pg_table_is_visible(c.oid) AS visible, a.attname::text AS \"column\", \
             pg_catalog.format_type(a.atttypid, NULL) AS type_name \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
             AND NOT a.attisdropped WHERE c.relkind IN ('r', 'p') AND c.relname = $1 \
             AND ($2 IS NULL OR n.nspname = $2) AND n.nspname !~ '^pg_' \
             ORDER BY visible DESC, schema, a.attnum",
        )
        .bind::<Text, _>(name)
        .bind::<Nullable<Text>, _>(schema)
        .load(conn)
        .doing("look for the other tool's ledger")?;
        let Some(first) = columns.first() else { return Ok(None) };
        let (schema, name) = (first.schema.clone(), first.name.clone());
        if !first.visible && columns.iter().any(|column| column.schema != schema) {
            return Err(AdoptError::NotALedger {
                table: name,
                tool,
                because: "it is in several schemas; name one with --their-ledger SCHEMA.TABLE"
                    .to_owned(),
            });
        }
        let of_first = columns.into_iter().filter(|column| column.schema == schema);
        let columns = of_first.map(|column| (column.column, column.type_name)).collect();
        let table = Self { schema, name, columns };
        table.check(tool)?;
        Ok(Some(table))
    }

    /// Whether its columns are those of `tool`.
    fn check(&self, tool: Tool) -> Result<(), AdoptError> {
        let missing = needed(tool).iter().find(|column| self.type_of(column).is_none());
        let because = match (tool, missing) {
            (Tool::Dbmate, None) if self.type_of("dirty").is_some() => {
                "it has a column dirty, as golang-migrate's has; adopt golang-migrate".to_owned()
            }
            (Tool::GolangMigrate, Some(&"dirty")) => {
                "it has no column dirty, and so may be dbmate's; adopt dbmate".to_owned()
            }
            (_, Some(missing)) => {
                format!("it has no column {missing}; name the right one with --their-ledger")
            }
            (_, None) => return Ok(()),
        };
        Err(AdoptError::NotALedger { table: self.to_string(), tool, because })
    }

    fn type_of(&self, column: &str) -> Option<&str> {
        let found = self.columns.iter().find(|(name, _)| name == column);
        found.map(|(_, type_name)| type_name.as_str())
    }

    /// The table as SQL writes it.
    pub(crate) fn sql(&self) -> String {
        format!("{}.{}", identifier(&self.schema), identifier(&self.name))
    }

    /// The migrations that ran, in the order in which they did.
    pub(crate) fn rows(
        &self,
        conn: &mut PgConnection,
        tool: Tool,
        migrations: &[&Theirs],
    ) -> Result<Vec<Row>, AdoptError> {
        let query = self.query(tool);
        let rows: Vec<Row> =
            diesel::sql_query(query).load(conn).doing("read the other tool's ledger")?;
        let failed: Vec<_> = rows.iter().filter(|row| row.failed).collect();
        if !failed.is_empty() {
            return Err(AdoptError::Failed {
                table: self.to_string(),
                failed: failed.iter().map(|row| format!("{} failed", row.shown)).collect(),
                advice: advice(tool).to_owned(),
            });
        }
        Ok(match tool {
            Tool::GolangMigrate => up_to(rows, migrations),
            Tool::Flyway => in_force(rows, migrations),
            _ => rows,
        })
    }

    fn query(&self, tool: Tool) -> String {
        let none = "NULL::text";
        let table = self.sql();
        let select =
            |key: &str, shown: &str, at: &str, checksum: &str, failed: &str, kind: &str| {
                format!(
                    "SELECT {key} AS key, {shown} AS shown, {at} AS at, {checksum} AS checksum, \
                 {failed} AS failed, {kind} AS kind FROM {table}"
                )
            };
        match tool {
            Tool::Diesel => {
                let rows = select(
                    "version::text",
                    "version::text",
                    &self.at("run_on"),
                    none,
                    "false",
                    none,
                );
                format!("{rows} ORDER BY run_on, version")
            }
            Tool::Sqlx => {
                let rows = select(
                    "version::text",
                    "version || ' ' || description",
                    &self.at("installed_on"),
                    "encode(checksum, 'hex')",
                    "NOT success",
                    none,
                );
                format!("{rows} ORDER BY installed_on, version")
            }
            Tool::Refinery => {
                let at = "to_char(applied_on::timestamptz AT TIME ZONE 'UTC', \
                          'YYYY-MM-DD\"T\"HH24:MI:SS.US')";
                let shown = "'V' || version || '__' || name";
                let rows = select("version::text", shown, at, "checksum::text", "false", none);
                format!("{rows} ORDER BY applied_on::timestamptz, version")
            }
            Tool::Dbmate => {
                let rows = select("version::text", "version::text", none, none, "false", none);
                format!("{rows} ORDER BY version")
            }
            Tool::Goose => {
                let rows = select(
                    "version_id::text",
                    "version_id::text",
                    &self.at("tstamp"),
                    none,
                    "false",
                    none,
                );
                // The newest row of a version decides, and 0 is a marker.
                format!(
                    "{rows} t WHERE is_applied AND version_id > 0 AND NOT EXISTS (SELECT FROM \
                     {table} newer WHERE newer.version_id = t.version_id AND newer.id > t.id) \
                     ORDER BY id"
                )
            }
            Tool::GolangMigrate => {
                select("version::text", "version::text", none, none, "dirty", none)
            }
            Tool::Flyway => {
                let key = "COALESCE(version, '')";
                let shown = "COALESCE(NULLIF(script, ''), description)";
                let at = self.at("installed_on");
                let rows = select(key, shown, &at, "checksum::text", "NOT success", "type::text");
                format!("{rows} ORDER BY installed_rank")
            }
        }
    }

    /// The time in `column` in UTC. Diesel's sessions are in UTC; others are in the zone that the
    /// server gives them, of which a plain timestamp says nothing.
    fn at(&self, column: &str) -> String {
        let utc = match self.type_of(column) {
            Some("timestamp with time zone") => format!("{column} AT TIME ZONE 'UTC'"),
            _ if column == "run_on" => column.to_owned(),
            _ => format!(
                "{column} AT TIME ZONE (SELECT reset_val FROM pg_catalog.pg_settings \
                 WHERE name = 'TimeZone') AT TIME ZONE 'UTC'"
            ),
        };
        format!("to_char({utc}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')")
    }
}

fn needed(tool: Tool) -> &'static [&'static str] {
    match tool {
        Tool::Diesel => &["version", "run_on"],
        Tool::Sqlx => &["version", "description", "installed_on", "success", "checksum"],
        Tool::Refinery => &["version", "name", "applied_on", "checksum"],
        Tool::Dbmate => &["version"],
        Tool::Goose => &["id", "version_id", "is_applied", "tstamp"],
        Tool::GolangMigrate => &["version", "dirty"],
        Tool::Flyway => {
            &["installed_rank", "version", "type", "script", "checksum", "installed_on", "success"]
        }
    }
}

fn advice(tool: Tool) -> &'static str {
    match tool {
        Tool::GolangMigrate => {
            "mend what that migration left, `migrate force` the version that holds, and adopt again"
        }
        Tool::Flyway => "mend what it left, run `flyway repair`, and adopt again",
        _ => "mend what it left, have the tool run it to its end, and adopt again",
    }
}

/// golang-migrate's one row stands for every file up to its version.
fn up_to(rows: Vec<Row>, migrations: &[&Theirs]) -> Vec<Row> {
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
fn in_force(rows: Vec<Row>, migrations: &[&Theirs]) -> Vec<Row> {
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
