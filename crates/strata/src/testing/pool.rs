//! Databases that have been through a test and are as they were before it, on the private server:
//! the next test, of this process or of another one, gets one of them, which costs a fraction of a
//! new one.
//!
//! What is known of them is in two tables in the server's own database `postgres`. A row is taken
//! by one process only, and stays taken if that process is killed: then the database is swept later
//! like any other.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};

use super::recycle::Baseline;
use crate::session::connect;

const TABLES: &str = "SET client_min_messages = warning; \
    CREATE TABLE IF NOT EXISTS strata_baseline \
    (template text PRIMARY KEY, state text NOT NULL, query text NOT NULL, cleaning text NOT NULL); \
    CREATE TABLE IF NOT EXISTS strata_pool \
    (name text PRIMARY KEY, template text NOT NULL, taken timestamptz)";

/// Runs `work` on this process's connection to the server's own database, opened where there is
/// none. What fails costs a new database and nothing else, so that errors are not told.
fn with_admin<T>(
    server: &str,
    work: impl FnOnce(&mut PgConnection) -> QueryResult<T>,
) -> Option<T> {
    static ADMIN: Mutex<Option<PgConnection>> = Mutex::new(None);
    let mut admin = ADMIN.lock().unwrap_or_else(PoisonError::into_inner);
    if admin.is_none() {
        let mut conn = connect(server).ok()?;
        // Another process may be making them at this moment.
        let _ = conn.batch_execute(TABLES);
        *admin = Some(conn);
    }
    let done = work(admin.as_mut()?);
    if done.is_err() {
        *admin = None;
    }
    done.ok()
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(embed)]
    baseline: Baseline,
}

/// A clean copy of `template`, if one waits, and what it is like.
pub(super) fn take(server: &str, template: &str) -> Option<(String, Baseline)> {
    let row: Row = with_admin(server, |admin| {
        let taken = diesel::sql_query(
            "UPDATE strata_pool p SET taken = now() FROM strata_baseline b \
             WHERE b.template = p.template AND p.name = (SELECT name FROM strata_pool \
             WHERE template = $1 AND taken IS NULL ORDER BY name LIMIT 1 FOR UPDATE SKIP LOCKED) \
             RETURNING p.name, b.state, b.query, b.cleaning",
        );
        taken.bind::<Text, _>(template).get_result(admin).optional()
    })??;
    Some((row.name, row.baseline))
}

/// What copies of `template` are like, as far as one was looked at.
pub(super) fn baseline(server: &str, template: &str) -> Option<Baseline> {
    with_admin(server, |admin| {
        let known = "SELECT state, query, cleaning FROM strata_baseline WHERE template = $1";
        diesel::sql_query(known).bind::<Text, _>(template).get_result(admin).optional()
    })?
}

/// Notes what copies of `template` are like.
pub(super) fn note(server: &str, template: &str, baseline: &Baseline) {
    let _ = with_admin(server, |admin| {
        diesel::sql_query(
            "INSERT INTO strata_baseline VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        )
        .bind::<Text, _>(template)
        .bind::<Text, _>(&baseline.state)
        .bind::<Text, _>(&baseline.query)
        .bind::<Text, _>(&baseline.cleaning)
        .execute(admin)
    });
}

/// Leaves a clean copy of `template` to the next test, and says whether that is noted.
pub(super) fn give(server: &str, template: &str, name: &str) -> bool {
    let given = with_admin(server, |admin| {
        diesel::sql_query(
            "INSERT INTO strata_pool VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET taken = NULL",
        )
        .bind::<Text, _>(name)
        .bind::<Text, _>(template)
        .execute(admin)
    });
    given.is_some()
}

/// Forgets a database that is dropped, or kept for a look.
pub(super) fn forget(server: &str, name: &str) {
    let _ = with_admin(server, |admin| {
        let forget = diesel::sql_query("DELETE FROM strata_pool WHERE name = $1");
        forget.bind::<Text, _>(name).execute(admin)
    });
}

#[derive(QueryableByName)]
struct Names {
    #[diesel(sql_type = Array<Text>)]
    names: Vec<String>,
}

/// The databases that a test may have, though their names are old. Old ones that wait are taken out
/// by that: whoever asks may drop them.
pub(super) fn in_use(admin: &mut PgConnection) -> HashSet<String> {
    let query = "WITH old AS (DELETE FROM strata_pool WHERE (taken IS NULL OR \
                 taken < now() - interval '1 hour') AND \
                 to_timestamp(split_part(name, '_', 3)::bigint) < now() - interval '1 hour' \
                 RETURNING name) SELECT ARRAY(SELECT name FROM strata_pool \
                 EXCEPT SELECT name FROM old) AS names";
    let names = diesel::sql_query(query).get_result::<Names>(admin);
    names.map(|names| names.names.into_iter().collect()).unwrap_or_default()
}
