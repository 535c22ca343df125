//! Tables and views, with their columns and constraints.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Oid, Text};

use super::ours::{OURS, of_extension};

/// A relation that has columns to be queried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub schema: String,
    pub name: String,
    pub kind: TableKind,
    pub comment: Option<String>,
    /// Of a view: its query.
    pub query: Option<String>,
    /// Of a partitioned table: how it is partitioned.
    pub partition_by: Option<String>,
    /// Of a partition: of which table, and for which values.
    pub partition_of: Option<String>,
    /// Tables that it inherits from, partitioning apart.
    pub inherits: Vec<String>,
    pub unlogged: bool,
    pub row_security: bool,
    pub force_row_security: bool,
    /// Storage parameters, `fillfactor=70`.
    pub options: Vec<String>,
    /// Privileges beyond the owner's, `SELECT TO reader`, sorted.
    pub grants: Vec<String>,
    /// Whether an extension made it.
    pub of_extension: bool,
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
    /// The type as SQL writes it, `character varying(255)`.
    pub type_sql: String,
    pub nullable: bool,
    /// Of character and bit types.
    pub max_length: Option<i32>,
    pub default: Option<String>,
    /// `ALWAYS` or `BY DEFAULT`.
    pub identity: Option<&'static str>,
    pub generated: bool,
    /// Where it is not the type's own.
    pub collation: Option<String>,
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
    /// As the server prints it.
    pub definition: String,
    pub comment: Option<String>,
    /// Whether it is inherited, and so the parent's to define.
    pub inherited: bool,
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
    #[diesel(sql_type = Nullable<Text>)]
    query: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    partition_by: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    partition_of: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    inherits: Vec<String>,
    #[diesel(sql_type = Bool)]
    unlogged: bool,
    #[diesel(sql_type = Bool)]
    row_security: bool,
    #[diesel(sql_type = Bool)]
    force_row_security: bool,
    #[diesel(sql_type = Array<Text>)]
    options: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    grants: Vec<String>,
    #[diesel(sql_type = Bool)]
    of_extension: bool,
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
    #[diesel(sql_type = Text)]
    type_sql: String,
    #[diesel(sql_type = Bool)]
    nullable: bool,
    #[diesel(sql_type = Nullable<Integer>)]
    max_length: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    default_sql: Option<String>,
    #[diesel(sql_type = Text)]
    identity: String,
    #[diesel(sql_type = Bool)]
    generated: bool,
    #[diesel(sql_type = Nullable<Text>)]
    collation: Option<String>,
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
    #[diesel(sql_type = Text)]
    definition: String,
    #[diesel(sql_type = Nullable<Text>)]
    comment: Option<String>,
    #[diesel(sql_type = Bool)]
    inherited: bool,
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
            query: self.query,
            partition_by: self.partition_by,
            partition_of: self.partition_of,
            inherits: self.inherits,
            unlogged: self.unlogged,
            row_security: self.row_security,
            force_row_security: self.force_row_security,
            options: self.options,
            grants: self.grants,
            of_extension: self.of_extension,
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
            type_sql: row.type_sql,
            nullable: row.nullable,
            max_length: row.max_length,
            default: row.default_sql,
            identity: match row.identity.as_str() {
                "a" => Some("ALWAYS"),
                "d" => Some("BY DEFAULT"),
                _ => None,
            },
            generated: row.generated,
            collation: row.collation,
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
            definition: row.definition,
            comment: row.comment,
            inherited: row.inherited,
        }
    }
}

/// Privileges in the array `acl` of the object's owner `owner`, beyond the owner's own.
pub(super) fn grants(acl: &str, owner: &str) -> String {
    format!(
        "ARRAY(SELECT q.grant FROM (SELECT g.privilege_type || ' TO ' || CASE g.grantee \
         WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee)::text END || CASE \
         WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS grant \
         FROM aclexplode({acl}) g WHERE g.grantee <> {owner}) q ORDER BY q.grant COLLATE \"C\")"
    )
}

fn tables_query() -> String {
    let of_extension = of_extension("pg_class", "c.oid");
    let grants = grants("c.relacl", "c.relowner");
    format!(
        "SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind, \
         obj_description(c.oid, 'pg_class') AS comment, \
         CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS query, \
         CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_by, \
         CASE WHEN c.relispartition THEN (SELECT i.inhparent::regclass::text FROM pg_inherits i \
         WHERE i.inhrelid = c.oid) || ' ' || pg_get_expr(c.relpartbound, c.oid) END AS partition_of, \
         CASE WHEN c.relispartition THEN '{{}}' ELSE ARRAY(SELECT i.inhparent::regclass::text \
         FROM pg_inherits i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) END AS inherits, \
         c.relpersistence = 'u' AS unlogged, c.relrowsecurity AS row_security, \
         c.relforcerowsecurity AS force_row_security, \
         coalesce(c.reloptions, '{{}}') AS options, {grants} AS grants, \
         {of_extension} AS of_extension \
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
         format_type(a.atttypid, a.atttypmod) AS type_sql, \
         NOT (a.attnotnull OR (t.typtype = 'd' AND t.typnotnull)) AS nullable, \
         information_schema._pg_char_max_length(coalesce(b.oid, t.oid), \
         CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END)::int AS max_length, \
         pg_get_expr(d.adbin, d.adrelid) AS default_sql, a.attidentity::text AS identity, \
         a.attgenerated <> '' AS generated, \
         CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END \
         AS collation, col_description(a.attrelid, a.attnum) AS comment \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace \
         LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype \
         LEFT JOIN pg_namespace bn ON bn.oid = b.typnamespace \
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
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
         {foreign} AS foreign_columns, pg_get_constraintdef(o.oid) AS definition, \
         obj_description(o.oid, 'pg_constraint') AS comment, \
         (o.coninhcount > 0 OR o.conparentid <> 0) AS inherited \
         FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_class fc ON fc.oid = o.confrelid \
         LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace \
         WHERE c.relpersistence <> 't' AND o.contype <> 'n' AND {OURS} \
         ORDER BY o.conrelid, o.conname"
    )
}
