//! A session's settings, so that what a migration changes ends with it.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use strata_sql::{Statement, identifier, literal};

/// Roles come first: whoever became somebody else may not be allowed to set the rest back.
const ROLES: [&str; 2] = ["session_authorization", "role"];

/// The settings that a session has made for itself, by name.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Settings(BTreeMap<String, String>);

#[derive(QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    setting: String,
}

impl Settings {
    /// The settings of `conn` now. One query.
    pub(crate) fn of(conn: &mut PgConnection) -> QueryResult<Self> {
        let settings = diesel::sql_query(
            "SELECT name, setting FROM pg_catalog.pg_settings \
             WHERE source = 'session' AND name NOT LIKE 'transaction\\_%' \
             UNION ALL SELECT 'role', pg_catalog.current_setting('role') \
             UNION ALL SELECT 'session_authorization', session_user::text",
        )
        .load::<Setting>(conn)?;
        Ok(Self(settings.into_iter().map(|setting| (setting.name, setting.setting)).collect()))
    }

    /// Sets `conn` back to these settings. One query, and a second one where they differ.
    pub(crate) fn restore(&self, conn: &mut PgConnection) -> QueryResult<()> {
        let changed = Self::of(conn)?;
        if changed == *self {
            return Ok(());
        }
        tracing::debug!(?changed, "setting the session back");
        conn.batch_execute(&self.script_from(&changed))
    }

    fn script_from(&self, changed: &Self) -> String {
        let names = changed.0.keys().filter(|name| !self.0.contains_key(*name));
        let (before, after) = (&self.0, &changed.0);
        let set = before.iter().filter(|(name, value)| after.get(*name) != Some(value));
        let (roles, others): (Vec<_>, Vec<_>) = set
            .map(|(name, value)| (name.as_str(), value))
            .partition(|(name, _)| ROLES.contains(name));
        let roles = ROLES.iter().filter_map(|role| roles.iter().find(|(name, _)| name == role));
        let set = roles.chain(&others).map(|(name, value)| match *name {
            "session_authorization" => "RESET SESSION AUTHORIZATION".to_owned(),
            _ => {
                let (name, value) = (literal(name), literal(value));
                format!("SELECT pg_catalog.set_config({name}, {value}, false)")
            }
        });
        let reset = names.map(|name| format!("RESET {}", identifier(name)));
        set.chain(reset).collect::<Vec<_>>().join(";")
    }
}

/// Whether a script can change the session's settings beyond its transaction. Plain definitions
/// and data changes cannot; what calls code that is not seen here may.
pub(crate) fn may_change_settings(text: &str, statements: &[Statement<'_>]) -> bool {
    let named = |needle: &str| {
        text.as_bytes()
            .windows(needle.len())
            .any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
    };
    !statements.iter().all(keeps_settings) || named("set_config")
}

fn keeps_settings(statement: &Statement<'_>) -> bool {
    let opening = statement.opening(2);
    let first = opening.split(' ').next().unwrap_or_default();
    matches!(opening.as_str(), "SET LOCAL" | "SET CONSTRAINTS" | "SET TRANSACTION")
        || matches!(
            first,
            "CREATE"
                | "ALTER"
                | "DROP"
                | "COMMENT"
                | "GRANT"
                | "REVOKE"
                | "INSERT"
                | "UPDATE"
                | "DELETE"
                | "TRUNCATE"
                | "MERGE"
                | "REINDEX"
                | "VACUUM"
                | "ANALYZE"
                | "REFRESH"
                | "LOCK"
                | "SECURITY"
                | "SAVEPOINT"
                | "RELEASE"
                | "ROLLBACK"
                | "COPY"
        )
}
