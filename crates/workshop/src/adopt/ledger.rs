//! What another tool's ledger says.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};
use strata_sql::identifier;

use crate::adopt::error::{AdoptError, Doing};
use crate::adopt::query::query;
use crate::adopt::row::{Row, in_force, up_to};
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
        let query = query(tool, &self.sql(), |column| self.type_of(column));
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
