//! Whether a database is as it was before a test.
//!
//! It is if a look at it finds that no definition has changed, that every table has the rows that
//! it began with, and that nobody else is connected; what a test has inserted is deleted first.
//! Where definitions leave rows is asked of the server: everywhere in `pg_catalog` but in its
//! statistics. A changed row has a new transaction's number. All copies of a template are the same
//! in all of this.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Text};
use strata_sql::literal;

/// What is to be found in a database again after a test.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct Baseline {
    /// One line for each catalog, table and sequence.
    #[diesel(sql_type = Text)]
    pub state: String,
    /// The query that gives it.
    #[diesel(sql_type = Text)]
    pub query: String,
    /// The query that gives the statements that empty what was empty and set sequences back.
    #[diesel(sql_type = Text)]
    pub cleaning: String,
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Text)]
    state: String,
}

#[derive(QueryableByName)]
struct Names {
    #[diesel(sql_type = Array<Text>)]
    catalogs: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    tables: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    sequences: Vec<String>,
    #[diesel(sql_type = Array<BigInt>)]
    values: Vec<i64>,
    #[diesel(sql_type = Array<Bool>)]
    moved: Vec<bool>,
}

#[derive(QueryableByName)]
struct Filled {
    #[diesel(sql_type = Array<Bool>)]
    filled: Vec<bool>,
}

/// What a database has before its first test.
struct Contents {
    /// Catalogs of its own.
    catalogs: Vec<String>,
    /// Tables with rows.
    filled: Vec<String>,
    /// Tables without.
    empty: Vec<String>,
    sequences: Vec<Sequence>,
}

/// A sequence as it is before a test.
struct Sequence {
    name: String,
    value: i64,
    /// Whether it has given that value.
    moved: bool,
}

#[derive(QueryableByName)]
struct Cleaning {
    #[diesel(sql_type = Array<Text>)]
    statements: Vec<String>,
}

impl Contents {
    fn of(conn: &mut PgConnection) -> QueryResult<Self> {
        let Names { catalogs, tables, sequences, values, moved } =
            diesel::sql_query(NAMES).get_result(conn)?;
        let filled: Vec<_> =
            tables.iter().map(|table| format!("EXISTS (SELECT FROM {table})")).collect();
        let query = format!("SELECT ARRAY[{}]::bool[] AS filled", filled.join(", "));
        let Filled { filled } = diesel::sql_query(query).get_result(conn)?;
        let (filled, empty): (Vec<_>, Vec<_>) =
            tables.into_iter().zip(filled).partition(|(_, filled)| *filled);
        let names =
            |tables: Vec<(String, bool)>| tables.into_iter().map(|(name, _)| name).collect();
        let values = values.into_iter().zip(moved);
        let sequences = sequences.into_iter().zip(values);
        let sequences = sequences.map(|(name, (value, moved))| Sequence { name, value, moved });
        let sequences = sequences.collect();
        Ok(Self { catalogs, filled: names(filled), empty: names(empty), sequences })
    }
}

impl Baseline {
    /// What `conn`'s database is like now, before its first test.
    pub(super) fn of(conn: &mut PgConnection) -> QueryResult<Self> {
        let contents = Contents::of(conn)?;
        let query = state_query(&contents);
        let state = diesel::sql_query(&query).get_result::<State>(conn)?.state;
        Ok(Self { state, query, cleaning: cleaning(&contents) })
    }

    /// Cleans `conn`'s database, and says whether it is as it was.
    pub(super) fn restore(&self, conn: &mut PgConnection) -> QueryResult<bool> {
        let Cleaning { statements } = diesel::sql_query(&self.cleaning).get_result(conn)?;
        if !statements.is_empty() {
            // No trigger and no foreign key has a say in it.
            let only_this = "SET session_replication_role = replica; ";
            conn.batch_execute(&(only_this.to_owned() + &statements.join("; ")))?;
        }
        Ok(diesel::sql_query(&self.query).get_result::<State>(conn)?.state == self.state)
    }
}

/// The catalogs of this database, without those that hold statistics; its tables; its sequences.
const NAMES: &str = "SELECT ARRAY(SELECT 'pg_catalog.' || quote_ident(relname) FROM pg_class \
     WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r' AND NOT relisshared \
     AND relname NOT IN ('pg_statistic', 'pg_statistic_ext_data') ORDER BY oid) AS catalogs, \
     ARRAY(SELECT c.oid::regclass::text FROM pg_class c \
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' \
     AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY c.oid) AS tables, \
     ARRAY(SELECT seqrelid::regclass::text FROM pg_sequence ORDER BY seqrelid) AS sequences, \
     ARRAY(SELECT coalesce(pg_sequence_last_value(seqrelid), seqstart) FROM pg_sequence \
     ORDER BY seqrelid) AS values, \
     ARRAY(SELECT pg_sequence_last_value(seqrelid) IS NOT NULL FROM pg_sequence \
     ORDER BY seqrelid) AS moved";

/// What belongs to a database and is in no catalog of its own.
const OUTSIDE: [&str; 7] = [
    "(SELECT string_agg(coalesce(pg_sequence_last_value(seqrelid)::text, '-'), ',' \
     ORDER BY seqrelid) FROM pg_sequence)",
    "(SELECT count(*)::text FROM pg_db_role_setting s JOIN pg_database d \
     ON d.oid = s.setdatabase WHERE d.datname = current_database())",
    "(SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() \
     AND pid <> pg_backend_pid() AND backend_type = 'client backend')",
    "(SELECT count(*)::text FROM pg_prepared_xacts WHERE database = current_database())",
    "(SELECT count(*)::text FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid \
     WHERE d.datname = current_database())",
    "(SELECT count(*)::text FROM pg_replication_slots WHERE database = current_database())",
    "(SELECT concat(datdba, ' ', datconnlimit, ' ', datallowconn, ' ', datistemplate, ' ', datacl) \
     FROM pg_database WHERE datname = current_database())",
];

/// One text that tells whether anything differs: definitions, rows, sequences, other sessions.
fn state_query(contents: &Contents) -> String {
    let rows = |name: &String| {
        // The first temporary table of a database makes a schema that stays, empty.
        let temporary = " WHERE nspname !~ '^pg_(toast_)?temp_'";
        let but = if name == "pg_catalog.pg_namespace" { temporary } else { "" };
        // The newest transaction's number, counted from the first one: an age is quick to tell. What
        // initdb wrote is of the highest age for ever.
        let newest = "age('3'::xid) - nullif(min(age(xmin)), 2147483647)";
        format!("(SELECT concat(count(*), ' ', {newest}) FROM {name}{but})")
    };
    let catalogs = contents.catalogs.iter().map(rows);
    let filled = contents.filled.iter().map(rows);
    let empty = contents.empty.iter().map(|table| format!("EXISTS (SELECT FROM {table})::text"));
    let outside = OUTSIDE.iter().map(|query| (*query).to_owned());
    let parts: Vec<_> = catalogs.chain(filled).chain(empty).chain(outside).collect();
    // A function takes a hundred arguments, and an array any number.
    format!("SELECT array_to_string(ARRAY[{}], '|', '-') AS state", parts.join(", "))
}

/// What a test has filled is emptied, and a sequence that it has moved is set back.
fn cleaning(contents: &Contents) -> String {
    let tables = contents.empty.iter().map(|table| {
        let delete = literal(&format!("DELETE FROM {table}"));
        format!("CASE WHEN EXISTS (SELECT FROM {table}) THEN {delete} END")
    });
    let sequences = contents.sequences.iter().map(|Sequence { name, value, moved }| {
        let set = literal(&format!("SELECT setval({}, {value}, {moved})", literal(name)));
        let was = if *moved { value.to_string() } else { "NULL".to_owned() };
        let last = format!("pg_sequence_last_value({}::regclass)", literal(name));
        format!("CASE WHEN {last} IS DISTINCT FROM {was} THEN {set} END")
    });
    let all: Vec<_> = tables.chain(sequences).collect();
    format!("SELECT array_remove(ARRAY[{}]::text[], NULL) AS statements", all.join(", "))
}
