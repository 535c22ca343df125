//! What stands beside tables: indexes, triggers, functions, types, sequences and so on.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Text};

use super::ours::{OURS, of_extension};
use super::tables::grants;

/// Each list in the order of schemas and names. What an extension made is not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Objects {
    pub schemas: Vec<Schema>,
    pub extensions: Vec<Extension>,
    pub types: Vec<Type>,
    pub sequences: Vec<Sequence>,
    pub indexes: Vec<Index>,
    pub triggers: Vec<Trigger>,
    pub policies: Vec<Policy>,
    pub functions: Vec<Function>,
}

/// A schema beyond the server's own.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Schema {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub comment: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    pub grants: Vec<String>,
}

/// An extension that is installed.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Extension {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub schema: String,
}

/// An enum, a domain, a composite type or a range.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Type {
    #[diesel(sql_type = Text)]
    pub schema: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// As in `pg_type.typtype`: e, d, c or r.
    #[diesel(sql_type = Text)]
    kind: String,
    /// An enum's labels, a domain's constraints, a composite's attributes, a range's subtype.
    #[diesel(sql_type = Array<Text>)]
    pub parts: Vec<String>,
    /// Of a domain: what it is over, with default and nullability.
    #[diesel(sql_type = Nullable<Text>)]
    pub base: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub comment: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Enum,
    Domain,
    Composite,
    Range,
}

impl Type {
    pub(crate) fn kind(&self) -> Kind {
        match self.kind.as_str() {
            "e" => Kind::Enum,
            "d" => Kind::Domain,
            "r" => Kind::Range,
            _ => Kind::Composite,
        }
    }
}

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Sequence {
    #[diesel(sql_type = Text)]
    pub schema: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub type_sql: String,
    /// Start, increment, bounds, cache and cycle, as SQL writes them.
    #[diesel(sql_type = Text)]
    pub settings: String,
    /// The column that it belongs to, `public.users.id`.
    #[diesel(sql_type = Nullable<Text>)]
    pub owned_by: Option<String>,
}

/// An index that no constraint stands for.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Index {
    #[diesel(sql_type = Text)]
    pub schema: String,
    #[diesel(sql_type = Text)]
    pub table: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Bool)]
    pub unique: bool,
    #[diesel(sql_type = Bool)]
    pub valid: bool,
    /// As the server prints it.
    #[diesel(sql_type = Text)]
    pub definition: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub comment: Option<String>,
}

/// A trigger that a user made.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Trigger {
    #[diesel(sql_type = Text)]
    pub schema: String,
    #[diesel(sql_type = Text)]
    pub table: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Bool)]
    pub enabled: bool,
    #[diesel(sql_type = Text)]
    pub definition: String,
}

/// A policy of row security.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Policy {
    #[diesel(sql_type = Text)]
    pub schema: String,
    #[diesel(sql_type = Text)]
    pub table: String,
    #[diesel(sql_type = Text)]
    pub name: String,
    /// Permissiveness, command, roles and conditions, as SQL writes them.
    #[diesel(sql_type = Text)]
    pub definition: String,
}

/// A function or procedure.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(crate) struct Function {
    #[diesel(sql_type = Text)]
    pub schema: String,
    /// With the types of its arguments.
    #[diesel(sql_type = Text)]
    pub signature: String,
    /// As the server prints it; of an aggregate, its state function.
    #[diesel(sql_type = Text)]
    pub definition: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub comment: Option<String>,
    #[diesel(sql_type = Array<Text>)]
    pub grants: Vec<String>,
}

pub(super) fn read(conn: &mut PgConnection) -> QueryResult<Objects> {
    Ok(Objects {
        schemas: diesel::sql_query(schemas_query()).load(conn)?,
        extensions: diesel::sql_query(EXTENSIONS).load(conn)?,
        types: diesel::sql_query(types_query()).load(conn)?,
        sequences: diesel::sql_query(sequences_query()).load(conn)?,
        indexes: diesel::sql_query(indexes_query()).load(conn)?,
        triggers: diesel::sql_query(triggers_query()).load(conn)?,
        policies: diesel::sql_query(policies_query()).load(conn)?,
        functions: diesel::sql_query(functions_query()).load(conn)?,
    })
}

const EXTENSIONS: &str = "SELECT x.extname::text AS name, n.nspname::text AS schema \
     FROM pg_extension x JOIN pg_namespace n ON n.oid = x.extnamespace \
     WHERE x.extname <> 'plpgsql' ORDER BY x.extname";

fn schemas_query() -> String {
    let grants = grants("n.nspacl", "n.nspowner");
    let of_extension = of_extension("pg_namespace", "n.oid");
    format!(
        "SELECT n.nspname::text AS name, CASE WHEN n.nspname <> 'public' THEN \
         obj_description(n.oid, 'pg_namespace') END AS comment, CASE WHEN n.nspname = 'public' \
         THEN '{{}}' ELSE {grants} END AS grants FROM pg_namespace n \
         WHERE {OURS} AND NOT {of_extension} ORDER BY n.nspname"
    )
}

fn types_query() -> String {
    let of_extension = of_extension("pg_type", "t.oid");
    format!(
        "SELECT n.nspname::text AS schema, t.typname::text AS name, t.typtype::text AS kind, \
         CASE t.typtype \
         WHEN 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid \
         ORDER BY e.enumsortorder) \
         WHEN 'd' THEN ARRAY(SELECT 'CONSTRAINT ' || quote_ident(o.conname) || ' ' || \
         pg_get_constraintdef(o.oid) FROM pg_constraint o WHERE o.contypid = t.oid \
         AND o.contype = 'c' ORDER BY o.conname) \
         WHEN 'c' THEN ARRAY(SELECT quote_ident(a.attname) || ' ' || \
         format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attrelid = t.typrelid \
         AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) \
         ELSE ARRAY(SELECT 'subtype = ' || format_type(r.rngsubtype, NULL) FROM pg_range r \
         WHERE r.rngtypid = t.oid) END AS parts, \
         CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) || \
         CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END || \
         coalesce(' DEFAULT ' || t.typdefault, '') END AS base, \
         obj_description(t.oid, 'pg_type') AS comment \
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
         WHERE (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND EXISTS (SELECT FROM pg_class c \
         WHERE c.oid = t.typrelid AND c.relkind = 'c'))) AND {OURS} AND NOT {of_extension} \
         ORDER BY n.nspname, t.typname"
    )
}

fn sequences_query() -> String {
    let of_extension = of_extension("pg_class", "c.oid");
    format!(
        "SELECT n.nspname::text AS schema, c.relname::text AS name, \
         format_type(s.seqtypid, NULL) AS type_sql, 'START ' || s.seqstart || ' INCREMENT ' || \
         s.seqincrement || ' MINVALUE ' || s.seqmin || ' MAXVALUE ' || s.seqmax || ' CACHE ' || \
         s.seqcache || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END AS settings, \
         (SELECT d.refobjid::regclass || '.' || quote_ident(a.attname) FROM pg_depend d \
         JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid \
         WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') \
         AND d.refclassid = 'pg_class'::regclass LIMIT 1) AS owned_by \
         FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relpersistence <> 't' AND {OURS} AND NOT {of_extension} \
         ORDER BY n.nspname, c.relname"
    )
}

fn indexes_query() -> String {
    format!(
        "SELECT n.nspname::text AS schema, c.relname::text AS table, i.relname::text AS name, \
         x.indisunique AS unique, x.indisvalid AS valid, \
         pg_get_indexdef(i.oid) AS definition, obj_description(i.oid, 'pg_class') AS comment \
         FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
         JOIN pg_class c ON c.oid = x.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relpersistence <> 't' AND {OURS} AND NOT i.relispartition \
         AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conindid = i.oid \
         AND o.contype IN ('p', 'u', 'x')) ORDER BY n.nspname, c.relname, i.relname"
    )
}

fn triggers_query() -> String {
    format!(
        "SELECT n.nspname::text AS schema, c.relname::text AS table, t.tgname::text AS name, \
         t.tgenabled <> 'D' AS enabled, pg_get_triggerdef(t.oid) AS definition \
         FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND {OURS} \
         ORDER BY n.nspname, c.relname, t.tgname"
    )
}

fn policies_query() -> String {
    format!(
        "SELECT n.nspname::text AS schema, c.relname::text AS table, p.polname::text AS name, \
         CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END || ' FOR ' || \
         CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' \
         WHEN 'd' THEN 'DELETE' ELSE 'ALL' END || ' TO ' || \
         array_to_string(ARRAY(SELECT q.role FROM (SELECT CASE r WHEN 0 THEN 'PUBLIC' \
         ELSE pg_get_userbyid(r)::text END AS role FROM unnest(p.polroles) r) q \
         ORDER BY q.role COLLATE \"C\"), ', ') || \
         coalesce(' USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || \
         coalesce(' WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') \
         AS definition FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OURS} \
         ORDER BY n.nspname, c.relname, p.polname"
    )
}

fn functions_query() -> String {
    let of_extension = of_extension("pg_proc", "p.oid");
    let grants = grants("p.proacl", "p.proowner");
    format!(
        "SELECT n.nspname::text AS schema, \
         quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')' \
         AS signature, CASE WHEN p.prokind = 'a' THEN (SELECT 'AGGREGATE (SFUNC = ' || \
         g.aggtransfn::regproc || ', STYPE = ' || format_type(g.aggtranstype, NULL) || ')' \
         FROM pg_aggregate g WHERE g.aggfnoid = p.oid) ELSE pg_get_functiondef(p.oid) END \
         AS definition, obj_description(p.oid, 'pg_proc') AS comment, {grants} AS grants \
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace \
         WHERE {OURS} AND NOT {of_extension} \
         AND NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass \
         AND i.objid = p.oid AND i.deptype = 'i') \
         ORDER BY n.nspname, p.proname, pg_get_function_identity_arguments(p.oid) COLLATE \"C\""
    )
}
