//! A session's settings, so that what a migration changes ends with it.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use strata_sql::{identifier, literal};

use super::facts::{CHANNELS, CURSORS, Facts, PREPARED, SETTINGS, TEMPORARY};
use crate::error::{Doing, Error};

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Opened for this run and for nothing else: whatever is set in it was set by a migration.
    Ours,
    /// An application's, with settings of its own; PostgreSQL lists those with a dot in their
    /// names (`app.tenant`) to nobody.
    Callers,
}

/// What a session has set, and what else it holds, before the first migration.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    whose: Whose,
    /// As the caller left them.
    before: BTreeMap<String, String>,
    /// While the run lasts: what keeps the session from outliving its client.
    during: BTreeMap<String, String>,
    /// The settings that the migrations' texts name, with their values.
    named: Vec<(String, Option<String>)>,
    held: Held,
}

/// What a session can hold beside settings.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
struct Held {
    #[diesel(sql_type = Array<Text>)]
    settings: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    channels: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    prepared: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    cursors: Vec<String>,
    #[diesel(sql_type = Array<Text>)]
    temporary: Vec<String>,
}

/// Settings that change what a migration means, and that anybody may set: reset after each
/// migration in a caller's session, where not everything can be.
const MEANINGFUL: [&str; 22] = [
    "search_path",
    "check_function_bodies",
    "DateStyle",
    "IntervalStyle",
    "bytea_output",
    "client_min_messages",
    "default_table_access_method",
    "default_tablespace",
    "default_text_search_config",
    "default_toast_compression",
    "default_transaction_deferrable",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "extra_float_digits",
    "idle_in_transaction_session_timeout",
    "lock_timeout",
    "maintenance_work_mem",
    "row_security",
    "statement_timeout",
    "transform_null_equals",
    "work_mem",
    "xmloption",
];

impl Settings {
    /// The settings of the session that `facts` describe; `names` are those that they name.
    pub(crate) fn new(facts: &Facts, names: &[String], whose: Whose) -> Self {
        let before: BTreeMap<_, _> = pairs(&facts.settings);
        let during = lifelines(facts).filter(|(name, _)| !before.contains_key(*name));
        let during = during.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let held = Held {
            settings: facts.settings.clone(),
            channels: facts.channels.clone(),
            prepared: facts.prepared.clone(),
            cursors: facts.cursors.clone(),
            temporary: facts.temporary.clone(),
        };
        let named = names.iter().cloned().zip(facts.named.iter().cloned()).collect();
        Self { whose, before, during, named, held }
    }

    /// The statement that prepares the session for a run.
    pub(crate) fn prepare(&self) -> String {
        let mut set = settings(&self.during, false);
        // The server reads a whole message before it runs any of it: a string must end where we
        // think that it ends.
        if self.before.get("standard_conforming_strings").is_some_and(|value| value == "off") {
            set.push("pg_catalog.set_config('standard_conforming_strings','on',false)".to_owned());
        }
        match set.is_empty() {
            true => String::new(),
            false => format!("SELECT {};", set.join(",")),
        }
    }

    /// The statements that put a session back at the end of a transaction of a migration whose
    /// text names the settings `named`; `local` are settings for its commit.
    pub(crate) fn put_back(&self, named: &[String], local: &[(&str, &str)]) -> String {
        let mut text = "RESET SESSION AUTHORIZATION;".to_owned();
        match self.whose {
            Whose::Ours => text.push_str("RESET ALL;"),
            Whose::Callers => {
                for name in MEANINGFUL.iter().filter(|name| !self.before.contains_key(**name)) {
                    text.push_str(&format!("RESET {name};"));
                }
            }
        }
        let again = self.before.iter().filter(|(name, _)| *name != "session_authorization");
        let mut set: Vec<_> = again.map(|(name, value)| set_config(name, value, false)).collect();
        if self.before.contains_key("standard_conforming_strings") {
            set.push(set_config("standard_conforming_strings", "on", false));
        }
        if self.whose == Whose::Ours {
            set.extend(settings(&self.during, false));
        }
        set.extend(local.iter().map(|(name, value)| set_config(name, value, true)));
        text.push_str(&format!("SELECT {};", set.join(",")));
        text.push_str(&self.put_named_back(named));
        text.push_str(&self.let_go());
        text
    }

    fn put_named_back(&self, names: &[String]) -> String {
        let named = self.named.iter().filter(|(name, _)| names.contains(name));
        let back =
            named.filter(|(name, _)| !self.before.contains_key(name)).map(|(name, value)| {
                let (name, value) = (literal(name), literal(value.as_deref().unwrap_or_default()));
                format!(
                    "SELECT pg_catalog.set_config({name},{value},false) WHERE \
                 coalesce(pg_catalog.current_setting({name},true),'')<>{value};"
                )
            });
        back.collect()
    }

    /// What ends all that the session did not hold before, as far as no list is needed for it.
    fn let_go(&self) -> String {
        let mut text = String::new();
        if self.held.cursors.is_empty() {
            text.push_str("CLOSE ALL;");
        }
        text.push_str("UNLISTEN *;");
        for channel in &self.held.channels {
            text.push_str(&format!("LISTEN {};", identifier(channel)));
        }
        if self.held.temporary.is_empty() {
            text.push_str("DISCARD TEMP;");
        }
        text
    }

    /// Sets `conn` back to what it was before the run, but for what keeps it alive while the run
    /// lasts. One query, and a second one where they differ.
    pub(crate) fn restore(&self, conn: &mut PgConnection) -> Result<(), Error> {
        let doing = "set the session's settings back";
        let mut wanted = self.before.clone();
        wanted.extend(self.during.clone());
        if let Some(value) = wanted.get_mut("standard_conforming_strings") {
            "on".clone_into(value);
        }
        let script = self.script(conn, &wanted).doing(doing)?;
        if !script.is_empty() {
            tracing::debug!(script, "setting the session back");
            conn.batch_execute(&script).doing(doing)?;
        }
        Ok(())
    }

    /// The statements that set `conn` back to what it was before the run.
    pub(crate) fn last(&self, conn: &mut PgConnection) -> String {
        // What cannot be asked cannot be set back: the connection is lost, or another one.
        self.script(conn, &self.before).unwrap_or_default()
    }

    fn script(
        &self,
        conn: &mut PgConnection,
        wanted: &BTreeMap<String, String>,
    ) -> QueryResult<String> {
        let found = diesel::sql_query(format!(
            "SELECT {SETTINGS} AS settings, {CHANNELS} AS channels, {PREPARED} AS prepared, \
             {CURSORS} AS cursors, {TEMPORARY} AS temporary"
        ));
        let found = found.get_result::<Held>(conn)?;
        let mut script = script(wanted, &pairs(&found.settings));
        let names: Vec<_> = self.named.iter().map(|(name, _)| name.clone()).collect();
        script.push_str(&self.put_named_back(&names));
        script.push_str(&self.held.undo(&found));
        Ok(script)
    }
}

impl Held {
    /// What makes `found` this again.
    fn undo(&self, found: &Self) -> String {
        let mut text = String::new();
        let mut each = |before: &[String], now: &[String], undo: &dyn Fn(&str) -> String| {
            for name in now.iter().filter(|name| !before.contains(name)) {
                text.push_str(&undo(name));
            }
        };
        each(&self.prepared, &found.prepared, &|name| format!("DEALLOCATE {};", identifier(name)));
        each(&self.cursors, &found.cursors, &|name| format!("CLOSE {};", identifier(name)));
        each(&self.channels, &found.channels, &|name| format!("UNLISTEN {};", identifier(name)));
        each(&found.channels, &self.channels, &|name| format!("LISTEN {};", identifier(name)));
        each(&self.temporary, &found.temporary, &|name| {
            let (kind, name) = name.split_once(' ').unwrap_or_default();
            format!("DROP {kind} IF EXISTS {name} CASCADE;")
        });
        text
    }
}

fn pairs(settings: &[String]) -> BTreeMap<String, String> {
    let pairs = settings.iter().filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// What the server needs in order to notice that its client is gone.
fn lifelines(facts: &Facts) -> impl Iterator<Item = (&'static str, &'static str)> {
    let always = [("client_connection_check_interval", "10000")];
    let remote = [
        ("tcp_keepalives_idle", "30"),
        ("tcp_keepalives_interval", "10"),
        ("tcp_keepalives_count", "3"),
        ("tcp_user_timeout", "60000"),
    ];
    // Elsewhere some of them are refused.
    let always = always.into_iter().filter(|_| facts.linux);
    always.chain(remote.into_iter().filter(|_| facts.linux && facts.remote))
}

fn settings(settings: &BTreeMap<String, String>, local: bool) -> Vec<String> {
    settings.iter().map(|(name, value)| set_config(name, value, local)).collect()
}

fn set_config(name: &str, value: &str, local: bool) -> String {
    format!("pg_catalog.set_config({},{},{local})", literal(name), literal(value))
}

/// The statements that lead from the settings `found` to those `wanted`.
fn script(wanted: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    // Roles come first: whoever became somebody else may not be allowed to set the rest back.
    let who = |name: &str| wanted.get(name) != found.get(name);
    if who("session_authorization") {
        text.push_str("RESET SESSION AUTHORIZATION;");
    }
    if who("session_authorization") || who("role") {
        let role = wanted.get("role").map_or("none", String::as_str);
        text.push_str(&format!("SELECT {};", set_config("role", role, false)));
    }
    let is_role = |name: &str| matches!(name, "role" | "session_authorization");
    for (name, value) in wanted.iter().filter(|(name, _)| !is_role(name)) {
        if found.get(name) != Some(value) {
            text.push_str(&format!("SELECT {};", set_config(name, value, false)));
        }
    }
    for name in found.keys().filter(|name| !wanted.contains_key(*name)) {
        text.push_str(&format!("RESET {};", identifier(name)));
    }
    text
}
