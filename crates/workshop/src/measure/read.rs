//! The two queries of a measurement.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Oid, SmallInt, Text};

use super::lock::LockMode;
use super::relation::{Column, Kind, Relation};

/// What is known of one relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub relation: Relation,
    /// The number of its file; none where it has none, as a view.
    pub file: Option<u32>,
    pub columns: Vec<Column>,
    /// Sequential scans that the session has begun and not yet reported.
    pub scans: i64,
}

/// A relation that the session has locked.
pub(super) struct Locked {
    pub oid: u32,
    /// The strongest.
    pub mode: LockMode,
    /// None where it is dropped.
    pub state: Option<State>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = Array<Text>)]
    modes: Vec<String>,
    #[diesel(sql_type = Nullable<Text>)]
    schema: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    name: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<String>,
    #[diesel(sql_type = Nullable<Oid>)]
    file: Option<u32>,
    #[diesel(sql_type = Nullable<Oid>)]
    of_table: Option<u32>,
    #[diesel(sql_type = BigInt)]
    scans: i64,
    #[diesel(sql_type = Nullable<Array<SmallInt>>)]
    numbers: Option<Vec<i16>>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    names: Option<Vec<String>>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    types: Option<Vec<String>>,
    #[diesel(sql_type = Nullable<Array<Bool>>)]
    not_null: Option<Vec<bool>>,
    #[diesel(sql_type = Nullable<Array<Bool>>)]
    has_default: Option<Vec<bool>>,
    #[diesel(sql_type = Nullable<Array<Bool>>)]
    is_key: Option<Vec<bool>>,
}

/// The relation, its file, its scans, its columns. Names are qualified, since a migration may set
/// any `search_path`.
const SELECTED: &str = "n.nspname::text AS schema, c.relname::text AS name, \
     c.relkind::text AS kind, pg_catalog.pg_relation_filenode(c.oid)::oid AS file, \
     i.indrelid AS of_table, \
     CASE WHEN c.relkind IN ('r', 'm') \
     THEN coalesce(pg_catalog.pg_stat_get_xact_numscans(c.oid), 0) ELSE 0 END AS scans, \
     a.numbers, a.names, a.types, a.not_null, a.has_default, a.is_key";

const JOINED: &str = "LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
     LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid \
     LEFT JOIN LATERAL (SELECT pg_catalog.array_agg(attnum ORDER BY attnum) AS numbers, \
     pg_catalog.array_agg(attname::text ORDER BY attnum) AS names, \
     pg_catalog.array_agg(pg_catalog.format_type(atttypid, atttypmod) ORDER BY attnum) AS types, \
     pg_catalog.array_agg(attnotnull ORDER BY attnum) AS not_null, \
     pg_catalog.array_agg(atthasdef OR attidentity <> '' ORDER BY attnum) AS has_default, \
     pg_catalog.array_agg(coalesce(attnum = ANY (k.indkey), false) ORDER BY attnum) AS is_key \
     FROM pg_catalog.pg_attribute LEFT JOIN pg_catalog.pg_index k ON k.indrelid = attrelid \
     AND k.indisprimary WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped \
     AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) a ON true";

/// Object identifiers below it are the server's own.
const FIRST_OWN: u32 = 16384;

/// Every relation that is not the server's own, by its identifier.
pub(super) fn all(conn: &mut PgConnection) -> QueryResult<HashMap<u32, State>> {
    let query = format!(
        "SELECT c.oid, ARRAY[]::text[] AS modes, {SELECTED} FROM pg_catalog.pg_class c {JOINED} \
         WHERE c.oid >= {FIRST_OWN} AND c.relkind NOT IN ('t', 'c') AND n.nspname <> 'pg_toast'"
    );
    let rows: Vec<Row> = diesel::sql_query(query).load(conn)?;
    Ok(rows.into_iter().filter_map(|row| Some((row.oid, state(row)?))).collect())
}

/// What the session has locked, those that are gone included.
pub(super) fn locked(conn: &mut PgConnection) -> QueryResult<Vec<Locked>> {
    let query = format!(
        "SELECT l.relation AS oid, l.modes, {SELECTED} FROM (SELECT relation, \
         pg_catalog.array_agg(mode) AS modes FROM pg_catalog.pg_locks \
         WHERE locktype = 'relation' AND pid = pg_catalog.pg_backend_pid() AND granted \
         AND relation >= {FIRST_OWN} AND database = (SELECT oid FROM pg_catalog.pg_database \
         WHERE datname = pg_catalog.current_database()) GROUP BY relation) l \
         LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation {JOINED}"
    );
    let rows: Vec<Row> = diesel::sql_query(query).load(conn)?;
    let locked = rows.into_iter().filter_map(|row| {
        let mode = row.modes.iter().filter_map(|mode| LockMode::named(mode)).max()?;
        // What belongs to a TOAST table belongs to what that is of.
        let other = row.kind.as_deref().is_some_and(|kind| Kind::of(kind).is_none())
            || row.schema.as_deref() == Some("pg_toast");
        (!other).then(|| Locked { oid: row.oid, mode, state: state(row) })
    });
    Ok(locked.collect())
}

#[derive(QueryableByName)]
struct Scans {
    #[diesel(sql_type = Oid)]
    oid: u32,
    #[diesel(sql_type = BigInt)]
    scans: i64,
}

/// The sequential scans of earlier transactions that the session has not yet reported, by table.
pub(super) fn scans(conn: &mut PgConnection) -> QueryResult<HashMap<u32, i64>> {
    let query = format!(
        "SELECT c.oid, pg_catalog.pg_stat_get_xact_numscans(c.oid) AS scans \
         FROM pg_catalog.pg_class c WHERE c.oid >= {FIRST_OWN} AND c.relkind IN ('r', 'm') \
         AND pg_catalog.pg_stat_get_xact_numscans(c.oid) > 0"
    );
    let rows: Vec<Scans> = diesel::sql_query(query).load(conn)?;
    Ok(rows.into_iter().map(|row| (row.oid, row.scans)).collect())
}

fn state(row: Row) -> Option<State> {
    let relation = Relation {
        oid: row.oid,
        schema: row.schema?,
        name: row.name?,
        kind: Kind::of(&row.kind?)?,
        table: row.of_table,
    };
    let numbers = row.numbers.unwrap_or_default().into_iter();
    let columns = numbers
        .zip(row.names.unwrap_or_default())
        .zip(row.types.unwrap_or_default())
        .zip(row.not_null.unwrap_or_default())
        .zip(row.has_default.unwrap_or_default())
        .zip(row.is_key.unwrap_or_default());
    let column = |(((((number, name), type_name), not_null), has_default), is_key)| Column {
        number,
        name,
        type_name,
        not_null,
        has_default,
        is_key,
    };
    let columns = columns.map(column).collect();
    Some(State { relation, file: row.file, columns, scans: row.scans })
}
