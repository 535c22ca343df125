//! Tables and views, with their columns and constraints.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Oid, Text};

use super::ours::OURS;

/// A relation that has columns to be queried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub schema: String,
    pub name: String,
    pub kind: TableKind,
    pub comment: Option<String>,
    /// In the order of their positions.
    pub columns: Vec<Column>,
    /// In the order of their names.
    pub constraints: Vec<Constraint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    Table,
    Partitioned,
    View,
    MaterializedView,
    Foreign,
}

/// A column of a table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub name: String,
    /// The type's name in the catalog, `int4` or `_text`; of a domain its base type's.
    pub type_name: String,
    pub type_schema: String,
    /// Schema and name of the domain that the column has.
    pub domain: Option<(String, String)>,
    pub nullable: bool,
    /// Of character and bit types.
    pub max_length: Option<i32>,
    pub comment: Option<String>,
}

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Constraint {
    pub name: String,
    /// As in `pg_constraint.contype`: p, u, f, c, x or t.
    pub kind: char,
    pub columns: Vec<String>,
    /// Of a foreign key: schema, table and columns.
    pub references: Option<(String, String, Vec<String>)>,
}

#[derive(QueryableByName)]
struct TableRow {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<Text>)]
    comment: Option<String>,
}

#[derive(QueryableByName)]
struct ColumnRow {
    #[diesel(sql_type = Oid)]
    table_oid: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    type_name: String,
    #[diesel(sql_type = Text)]
    type_schema: String,
    #[diesel(sql_type = Nullable<Text>)]
    domain_schema: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    domain_name: Option<String>,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    max_length: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    comment: Option<String>,
}

#[derive(QueryableByName)]
struct ConstraintRow {
    #[diesel(sql_type = Oid)]
    table_oid: u32,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    foreign_schema: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    foreign_table: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    foreign_columns: Vec<String>,
}

pub(super) fn read(conn: &mut PgConnection) -> QueryResult<Vec<Table>> {
    let rows: Vec<TableRow> = diesel::sql_query(tables_query()).load(conn)?;
    let mut columns = grouped(conn, columns_query(), |row: ColumnRow| (row.table_oid, row.into()))?;
    let mut constraints =
        grouped(conn, constraints_query(), |row: ConstraintRow| (row.table_oid, row.into()))?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let columns = columns.remove(&row.oid).unwrap_or_default();
            let constraints = constraints.remove(&row.oid).unwrap_or_default();
            row.into_table(columns, constraints)
        })
        .collect())
}

/// The rows of `query` by the table that they belong to.
fn grouped<R, T>(
    conn: &mut PgConnection,
    query: String,
    split: impl Fn(R) -> (u32, T),
) -> QueryResult<HashMap<u32, Vec<T>>>
where
    R: QueryableByName<diesel::pg::Pg> + 'static,
{
    let mut groups: HashMap<u32, Vec<T>> = HashMap::new();
    for row in diesel::sql_query(query).load::<R>(conn)? {
        let (table, value) = split(row);
        groups.entry(table).or_default().push(value);
    }
    Ok(groups)
}

impl TableRow {
    fn into_table(self, columns: Vec<Column>, constraints: Vec<Constraint>) -> Table {
        Table {
            schema: self.schema,
            name: self.name,
            kind: match self.kind.as_str() {
                "p" => TableKind::Partitioned,
                "v" => TableKind::View,
                "m" => TableKind::MaterializedView,
                "f" => TableKind::Foreign,
                _ => TableKind::Table,
            },
            comment: self.comment,
            columns,
            constraints,
        }
    }
}

impl From<ColumnRow> for Column {
    fn from(row: ColumnRow) -> Self {
        Self {
            name: row.name,
            type_name: row.type_name,
            type_schema: row.type_schema,
            domain: row.domain_schema.zip(row.domain_name),
            nullable: row.nullable,
            max_length: row.max_length,
            comment: row.comment,
        }
    }
}

impl From<ConstraintRow> for Constraint {
    fn from(row: ConstraintRow) -> Self {
        let references = row.foreign_schema.zip(row.foreign_table);
        Self {
            name: row.name,
            kind: row.kind.chars().next().unwrap_or('c'),
            columns: row.columns,
            references: references.map(|(schema, table)| (schema, table, row.foreign_columns)),
        }
    }
}

fn tables_query() -> String {
    format!(
        "SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, \
         obj_description(c.oid, 'pg_class') AS comment \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relpersistence <> 't' AND {OURS} \
         ORDER BY n.nspname, c.relname"
    )
}

/// Types, nullability and lengths are those of `information_schema.columns`, which looks one level
/// through domains.
fn columns_query() -> String {
    format!(
        "SELECT a.attrelid AS table_oid, a.attname::text AS name, \
         coalesce(b.typname, t.typname)::text AS type_name, \
         coalesce(bn.nspname, tn.nspname)::text AS type_schema, \
         CASE WHEN t.typtype = 'd' THEN tn.nspname::text END AS domain_schema, \
         CASE WHEN t.typtype = 'd' THEN t.typname::text END AS domain_name, \
         NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS nullable, \
         information_schema._pg_char_max_length(coalesce(b.oid, t.oid), \
         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)::int AS max_length, \
         col_description(a.attrelid, a.attnum) AS comment \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace \
         LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype \
         LEFT JOIN pg_namespace bn ON bn.oid = b.typnamespace \
         WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
         AND c.relpersistence <> 't' AND {OURS} ORDER BY a.attrelid, a.attnum"
    )
}

fn constraints_query() -> String {
    let columns = |key: &str, table: &str| {
        format!(
            "ARRAY(SELECT a.attname::text FROM unnest({key}) WITH ORDINALITY k (number, position) \
             JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.number \
             ORDER BY k.position)"
        )
    };
    let (own, foreign) = (columns("o.conkey", "o.conrelid"), columns("o.confkey", "o.confrelid"));
    format!(
        "SELECT o.conrelid AS table_oid, o.conname::text AS name, o.contype::text AS kind, \
         {own} AS columns, fn.nspname::text AS foreign_schema, fc.relname::text AS foreign_table, \
         {foreign} AS foreign_columns \
         FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_class fc ON fc.oid = o.confrelid \
         LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace \
         WHERE c.relpersistence <> 't' AND o.contype <> 'n' AND {OURS} \
         ORDER BY o.conrelid, o.conname"
    )
}
