//! How the rows of each tool's ledger are read: as one kind of row.

use crate::adopt::tool::Tool;

/// The expressions of a row, and what follows the table.
struct Columns<'a> {
    key: &'a str,
    shown: &'a str,
    at: String,
    checksum: &'a str,
    failed: &'a str,
    kind: &'a str,
    rest: &'a str,
}

const NONE: &str = "NULL::text";

const VERSION: Columns<'_> = Columns {
    key: "version::text",
    shown: "version::text",
    at: String::new(),
    checksum: NONE,
    failed: "false",
    kind: NONE,
    rest: "ORDER BY version",
};

/// The query for the rows of `table`, whose columns have the types that `type_of` gives, in the
/// order in which the migrations ran.
pub(crate) fn query<'a>(
    tool: Tool,
    table: &str,
    type_of: impl Fn(&str) -> Option<&'a str>,
) -> String {
    let newest = format!(
        "t WHERE is_applied AND version_id > 0 AND NOT EXISTS (SELECT FROM {table} newer \
         WHERE newer.version_id = t.version_id AND newer.id > t.id) ORDER BY id"
    );
    let at = |column: &str| at(column, type_of(column));
    let columns = match tool {
        Tool::Diesel => Columns { at: at("run_on"), rest: "ORDER BY run_on, version", ..VERSION },
        Tool::Sqlx => Columns {
            shown: "version || ' ' || description",
            at: at("installed_on"),
            checksum: "encode(checksum, 'hex')",
            failed: "NOT success",
            rest: "ORDER BY installed_on, version",
            ..VERSION
        },
        Tool::Refinery => Columns {
            shown: "'V' || version || '__' || name",
            at: iso("applied_on::timestamptz AT TIME ZONE 'UTC'"),
            checksum: "checksum::text",
            rest: "ORDER BY applied_on::timestamptz, version",
            ..VERSION
        },
        Tool::Dbmate => VERSION,
        // The newest row of a version decides, and 0 is a marker.
        Tool::Goose => Columns {
            key: "version_id::text",
            shown: "version_id::text",
            at: at("tstamp"),
            rest: &newest,
            ..VERSION
        },
        Tool::GolangMigrate => Columns { failed: "dirty", ..VERSION },
        Tool::Flyway => Columns {
            key: "COALESCE(version, '')",
            shown: "COALESCE(NULLIF(script, ''), description)",
            at: at("installed_on"),
            checksum: "checksum::text",
            failed: "NOT success",
            kind: "type::text",
            rest: "ORDER BY installed_rank",
        },
    };
    columns.select(table)
}

impl Columns<'_> {
    fn select(&self, table: &str) -> String {
        let Self { key, shown, at, checksum, failed, kind, rest } = self;
        let at = if at.is_empty() { NONE } else { at };
        format!(
            "SELECT {key} AS key, {shown} AS shown, {at} AS at, {checksum} AS checksum, \
             {failed} AS failed, {kind} AS kind FROM {table} {rest}"
        )
    }
}

/// The time in `column` in UTC. Diesel's sessions are in UTC; others are in the zone that the
/// server gives them, of which a plain timestamp says nothing.
fn at(column: &str, type_name: Option<&str>) -> String {
    match type_name {
        Some("timestamp with time zone") => iso(&format!("{column} AT TIME ZONE 'UTC'")),
        _ if column == "run_on" => iso(column),
        _ => iso(&format!(
            "{column} AT TIME ZONE (SELECT reset_val FROM pg_catalog.pg_settings \
             WHERE name = 'TimeZone') AT TIME ZONE 'UTC'"
        )),
    }
}

/// ISO 8601, whatever the session's way to write dates is.
fn iso(time: &str) -> String {
    format!("to_char({time}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')")
}
