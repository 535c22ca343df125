//! What is true of a session before a run changes anything in it. One query.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text};
use strata_sql::literal;

use super::key::{CLASS, holders};
use crate::error::{Doing, Error};
use crate::ledger::Ledger;

/// A session, as it was found.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Facts {
    /// The server process, and when it began: together they are one session and no other.
    #[diesel(sql_type = Integer)]
    pub pid: i32,
    #[diesel(sql_type = Nullable<Text>)]
    pub started: Option<String>,
    /// The schema that holds the ledger, or that would; `None` where the search path has none.
    #[diesel(sql_type = Nullable<Text>)]
    pub schema: Option<String>,
    /// Whether the ledger is there.
    #[diesel(sql_type = Bool)]
    pub ledger: bool,
    /// The second half of the key of the lock over the ledger.
    #[diesel(sql_type = Integer)]
    pub key: i32,
    /// Whether the lock was taken, if it was asked for.
    #[diesel(sql_type = Bool)]
    pub locked: bool,
    /// Whether the server answers reads only, being a standby.
    #[diesel(sql_type = Bool)]
    pub standby: bool,
    #[diesel(sql_type = Bool)]
    pub linux: bool,
    /// Whether the session came over the network.
    #[diesel(sql_type = Bool)]
    pub remote: bool,
    /// Whether the database is distributed by Citus.
    #[diesel(sql_type = Bool)]
    pub citus: bool,
    /// Whether the server counts positions in bytes.
    #[diesel(sql_type = Bool)]
    pub counts_bytes: bool,
    /// The language of the server's messages.
    #[diesel(sql_type = Text)]
    pub messages: String,
    /// What the session has set for itself, as `name=value`, in the catalog's units.
    #[diesel(sql_type = Array<Text>)]
    pub settings: Vec<String>,
    /// The values of the settings that migrations name, in the order in which they were asked for.
    #[diesel(sql_type = Array<Nullable<Text>>)]
    pub named: Vec<Option<String>>,
    /// What else it holds.
    #[diesel(sql_type = Array<Text>)]
    pub channels: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    pub prepared: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    pub cursors: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    pub temporary: Vec<String>,
}

/// A session's own settings as `name=value`, and who it is.
pub(crate) const SETTINGS: &str = "ARRAY(SELECT name || '=' || setting FROM pg_catalog.pg_settings \
     WHERE source = 'session' AND name NOT LIKE 'transaction\\_%' \
     UNION ALL SELECT 'role=' || pg_catalog.current_setting('role') \
     UNION ALL SELECT 'session_authorization=' || session_user)";

/// The statements that the session has prepared; Diesel's own are its cache.
pub(crate) const PREPARED: &str = "ARRAY(SELECT name FROM pg_catalog.pg_prepared_statements \
     WHERE name NOT LIKE '\\_\\_diesel\\_stmt%')";

pub(crate) const CHANNELS: &str = "ARRAY(SELECT pg_catalog.pg_listening_channels())";

/// The cursors, but for that of the very query.
pub(crate) const CURSORS: &str =
    "ARRAY(SELECT name FROM pg_catalog.pg_cursors WHERE name <> '' AND is_holdable)";

/// The temporary relations, qualified and quoted, each with the command that drops it.
pub(crate) const TEMPORARY: &str = "ARRAY(SELECT CASE c.relkind WHEN 'v' THEN 'VIEW ' WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END \
     || pg_catalog.format('pg_temp.%I', c.relname) FROM pg_catalog.pg_class c \
     WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind IN ('r', 'p', 'v', 'S') \
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = c.oid \
     AND d.classid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') \
     AND d.refclassid = 'pg_catalog.pg_class'::regclass))";

impl Facts {
    /// The facts of `conn`, with one try to take the lock over `ledger` where `lock` says so.
    pub(crate) fn of(
        conn: &mut PgConnection,
        ledger: &Ledger,
        names: &[String],
        lock: bool,
    ) -> Result<Self, Error> {
        diesel::sql_query(query(ledger, names, lock)).get_result(conn).doing("look at the session")
    }
}

impl Facts {
    /// Whether the server's messages are in English, so that they can be told apart.
    pub(crate) fn speaks_english(&self) -> bool {
        let language = self.messages.split(['.', '_']).next().unwrap_or_default();
        matches!(language, "" | "C" | "POSIX" | "en" | "English")
    }
}

fn query(ledger: &Ledger, names: &[String], lock: bool) -> String {
    let (schema, table) = ledger.resolved();
    let names = names.iter().map(|name| literal(name)).collect::<Vec<_>>().join(",");
    let try_lock = match lock {
        true => format!(
            "CASE WHEN EXISTS ({} AND pid = pg_catalog.pg_backend_pid()) THEN false \
             ELSE pg_catalog.pg_try_advisory_lock({CLASS}, key) END",
            holders("1", "key")
        ),
        false => "false".to_owned(),
    };
    format!(
        "SELECT pg_catalog.pg_backend_pid() AS pid, (SELECT backend_start::text \
         FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())) AS started, \
         schema, key, {try_lock} AS locked, \
         pg_catalog.to_regclass({}) IS NOT NULL AS ledger, \
         pg_catalog.pg_is_in_recovery() AS standby, \
         pg_catalog.version() LIKE '%linux%' AS linux, \
         pg_catalog.inet_server_addr() IS NOT NULL AS remote, \
         EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') AS citus, \
         pg_catalog.current_setting('server_encoding') = 'SQL_ASCII' AS counts_bytes, \
         pg_catalog.current_setting('lc_messages') AS messages, {SETTINGS} AS settings, \
         ARRAY(SELECT pg_catalog.current_setting(n, true) \
         FROM pg_catalog.unnest(ARRAY[{names}]::text[]) WITH ORDINALITY u (n, i) ORDER BY i) \
         AS named, {CHANNELS} AS channels, {PREPARED} AS prepared, {CURSORS} AS cursors, \
         {TEMPORARY} AS temporary \
         FROM (SELECT schema, pg_catalog.hashtext(pg_catalog.format('%I.%I', schema, {table})) \
         & 2147483647 AS key FROM (SELECT ({schema})::text AS schema OFFSET 0) s OFFSET 0) q",
        literal(&ledger.to_string())
    )
}
