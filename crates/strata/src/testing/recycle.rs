//! Databases that have been through a test of this process and are as they were before it: the
//! next test gets one of them, which costs a tenth of a new one.
//!
//! A database is given out again only if a look at it finds that no definition has changed, that
//! every table has the rows that it began with, and that nobody else is connected; what a test has
//! inserted is deleted first. Whatever is not so is dropped. What is left when the process ends is
//! dropped by a small shell, whose end of a pipe tells it.

use std::collections::HashMap;
use std::process::{self, Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text};
use strata_server::Server;
use strata_sql::literal;

use super::admin::PREFIX;

/// What is to be found in a database again after a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Baseline {
    /// One line for each catalog, table and sequence.
    state: String,
    /// The query that gives it.
    query: String,
    /// Empties the tables that were empty, and sets the sequences back.
    cleaning: String,
}

/// A database that waits for a test.
#[derive(Debug)]
pub(super) struct Idle {
    pub name: String,
    pub baseline: Baseline,
}

type Waiting = HashMap<String, Vec<Idle>>;

fn waiting() -> MutexGuard<'static, Waiting> {
    static WAITING: OnceLock<Mutex<Waiting>> = OnceLock::new();
    let waiting = WAITING.get_or_init(Mutex::default);
    // A list is whole whatever happened to a thread that held it.
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A clean copy of `template`, if one waits.
pub(super) fn take(template: &str) -> Option<Idle> {
    waiting().get_mut(template)?.pop()
}

/// Keeps a clean copy of `template` for the next test, and says whether it is kept.
pub(super) fn give(template: &str, idle: Idle, server: &Server) -> bool {
    static SHELL: OnceLock<Option<Child>> = OnceLock::new();
    if SHELL.get_or_init(|| sweeper(server)).is_none() {
        return false;
    }
    waiting().entry(template.to_owned()).or_default().push(idle);
    true
}

/// A shell that drops this process's databases once the process has ended. It holds the private
/// server by the pipe that it has for its errors.
fn sweeper(server: &Server) -> Option<Child> {
    let psql = server.program("psql").ok()?;
    let script = r#"
        exec 3>&2 2>/dev/null
        cat >/dev/null
        "$PSQL" -XAtqc "$QUERY" "$URL" | "$PSQL" -Xq "$URL" >/dev/null
    "#;
    let ours = format!("{PREFIX}\\d+_{:x}_", process::id());
    let query = format!(
        "SELECT 'DROP DATABASE IF EXISTS ' || datname || ' WITH (FORCE);' FROM pg_database \
         WHERE datname ~ '^{ours}'"
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env("PSQL", psql).env("QUERY", query);
    shell.env("URL", server.url_of("postgres"));
    shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(server.hold());
    shell.spawn().ok()
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Text)]
    state: String,
}

#[derive(QueryableByName)]
struct Names {
    #[diesel(sql_type = Array<Text>)]
    tables: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    sequences: Vec<String>,
    #[diesel(sql_type = Bool)]
    may_clean: bool,
}

#[derive(QueryableByName)]
struct Filled {
    #[diesel(sql_type = Array<Bool>)]
    filled: Vec<bool>,
}

/// What a database has before its first test.
struct Contents {
    /// Tables with rows.
    filled: Vec<String>,
    /// Tables without.
    empty: Vec<String>,
    /// Sequences with their values, as arguments of `setval`.
    sequences: Vec<String>,
}

impl Contents {
    /// None where this role may not clean what a test leaves.
    fn of(conn: &mut PgConnection) -> QueryResult<Option<Self>> {
        let Names { tables, sequences, may_clean } = diesel::sql_query(NAMES).get_result(conn)?;
        if !may_clean {
            return Ok(None);
        }
        let filled: Vec<_> =
            tables.iter().map(|table| format!("EXISTS (SELECT FROM {table})")).collect();
        let query = format!("SELECT ARRAY[{}]::bool[] AS filled", filled.join(", "));
        let Filled { filled } = diesel::sql_query(query).get_result(conn)?;
        let (filled, empty): (Vec<_>, Vec<_>) =
            tables.into_iter().zip(filled).partition(|(_, filled)| *filled);
        let names =
            |tables: Vec<(String, bool)>| tables.into_iter().map(|(name, _)| name).collect();
        Ok(Some(Self { filled: names(filled), empty: names(empty), sequences }))
    }
}

impl Baseline {
    /// What `conn`'s database is like now, before its first test; none where this role may not
    /// clean it later.
    pub(super) fn of(conn: &mut PgConnection) -> QueryResult<Option<Self>> {
        let Some(contents) = Contents::of(conn)? else { return Ok(None) };
        let query = state_query(&contents);
        let state = diesel::sql_query(&query).get_result::<State>(conn)?.state;
        Ok(Some(Self { state, query, cleaning: cleaning(&contents) }))
    }

    /// Cleans `conn`'s database, and says whether it is as it was.
    pub(super) fn restore(&self, conn: &mut PgConnection) -> QueryResult<bool> {
        conn.batch_execute(&self.cleaning)?;
        Ok(diesel::sql_query(&self.query).get_result::<State>(conn)?.state == self.state)
    }
}

const NAMES: &str = "SELECT ARRAY(SELECT c.oid::regclass::text FROM pg_class c \
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' \
     AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY c.oid) AS tables, \
     ARRAY(SELECT quote_literal(c.oid::regclass) || ', ' || coalesce(pg_sequence_last_value(c.oid), \
     s.seqstart) || ', ' || (pg_sequence_last_value(c.oid) IS NOT NULL) \
     FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid) AS sequences, \
     (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS may_clean";

/// Catalogs in which every definition leaves a row; a changed one has a new transaction's number.
const CATALOGS: [&str; 22] = [
    "pg_class",
    "pg_attribute",
    "pg_attrdef",
    "pg_type",
    "pg_enum",
    "pg_range",
    "pg_proc",
    "pg_aggregate",
    "pg_constraint",
    "pg_index",
    "pg_trigger",
    "pg_policy",
    "pg_rewrite",
    "pg_namespace",
    "pg_extension",
    "pg_description",
    "pg_sequence",
    "pg_inherits",
    "pg_event_trigger",
    "pg_default_acl",
    "pg_largeobject_metadata",
    "pg_statistic_ext",
];

/// One text that tells whether anything differs: definitions, rows, sequences, other sessions.
fn state_query(contents: &Contents) -> String {
    let rows = |name: &str| {
        format!("(SELECT count(*) || ' ' || coalesce(max(xmin::text::bigint), 0) FROM {name})")
    };
    let catalogs = CATALOGS.iter().map(|catalog| rows(catalog));
    let filled = contents.filled.iter().map(|table| rows(table));
    let empty = contents.empty.iter().map(|table| format!("EXISTS (SELECT FROM {table})::text"));
    let sequences = "(SELECT string_agg(pg_sequence_last_value(seqrelid)::text, ',' \
                     ORDER BY seqrelid) FROM pg_sequence)";
    let settings = "(SELECT count(*)::text FROM pg_db_role_setting s JOIN pg_database d \
                    ON d.oid = s.setdatabase WHERE d.datname = current_database())";
    let others = "(SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() \
                  AND pid <> pg_backend_pid() AND backend_type = 'client backend')";
    let prepared = "(SELECT count(*)::text FROM pg_prepared_xacts \
                    WHERE database = current_database())";
    let fixed = [sequences, settings, others, prepared].map(str::to_owned);
    let parts: Vec<_> = catalogs.chain(filled).chain(empty).chain(fixed).collect();
    format!("SELECT concat_ws('|', {}) AS state", parts.join(", "))
}

fn cleaning(contents: &Contents) -> String {
    let tables: Vec<_> = contents.empty.iter().map(|name| literal(name)).collect();
    let sequences: String =
        contents.sequences.iter().map(|values| format!("PERFORM setval({values});")).collect();
    format!(
        "SET session_replication_role = replica; \
         DO $strata$ DECLARE name text; filled bool; BEGIN \
         FOREACH name IN ARRAY ARRAY[{}]::text[] LOOP \
         EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO filled; \
         IF filled THEN EXECUTE 'DELETE FROM ' || name; END IF; END LOOP; {sequences} END $strata$",
        tables.join(", ")
    )
}
