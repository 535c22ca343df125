//! What earlier runs have left: databases of tests that were killed, those kept for a look long
//! enough, templates that nobody has used lately.
//!
//! Only what carries our mark is dropped, and only what nobody is connected to. Other processes may
//! be sweeping the same server, and others be about to use what is found here: whatever cannot be
//! dropped is left.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use strata_sql::identifier;

use super::admin::{KEPT, MARK, PREFIX, execute};
use super::{pool, private};
use crate::error::{Doing, Error};

/// What the name of a template begins with; its key follows.
pub(super) const TEMPLATE: &str = "strata_template_";
/// What the name of a template has in it while it is being built.
pub(super) const UNFINISHED: &str = "_new_";
/// So many templates are left for other checkouts and branches, however long they have not been
/// used.
const TEMPLATES: usize = 8;
const HOUR: u64 = 60 * 60;
const DAY: u64 = 24 * HOUR;

/// Drops what is left over.
pub(super) fn sweep(admin: &mut PgConnection) -> Result<(), Error> {
    for name in left_over(admin)? {
        // It may be in use since a moment ago, or be gone.
        let _ = execute(admin, &format!("DROP DATABASE IF EXISTS {}", identifier(&name)));
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Text)]
    name: String,
    /// The rest of the comment, which may be a time in seconds.
    #[diesel(sql_type = Nullable<Text>)]
    used: Option<String>,
}

fn left_over(admin: &mut PgConnection) -> Result<Vec<String>, Error> {
    let found: Vec<Found> = diesel::sql_query(format!(
        "SELECT d.datname::text AS name, substring(c.comment FROM '\\d+$') AS used \
         FROM pg_catalog.pg_database d, \
         LATERAL (SELECT pg_catalog.shobj_description(d.oid, 'pg_database')) c (comment) \
         WHERE d.datname ~ '^({PREFIX}|{KEPT}|{TEMPLATE})' AND c.comment LIKE '{MARK}%' \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid) \
         ORDER BY c.comment DESC, d.oid DESC"
    ))
    .load(admin)
    .doing("look for old test databases")?;
    // On another server there are none, and a table of that name would be somebody else's.
    let taken = if private::is_used() { pool::in_use(admin) } else { HashSet::new() };
    let mut templates = 0;
    let found = found.into_iter().filter(|found| !taken.contains(&found.name));
    Ok(found.filter(|found| is_left_over(found, &mut templates)).map(|found| found.name).collect())
}

/// Whether a database is old enough for what it is; `templates` counts those seen, of which the
/// ones used last come first.
fn is_left_over(found: &Found, templates: &mut usize) -> bool {
    let made = |rest: &str| rest.split('_').next().and_then(|made| made.parse().ok());
    let used = found.used.as_ref().and_then(|used| used.parse().ok());
    if let Some(rest) = found.name.strip_prefix(PREFIX) {
        return is_older(made(rest), HOUR);
    }
    if let Some(rest) = found.name.strip_prefix(KEPT) {
        return is_older(made(rest), DAY);
    }
    if found.name.contains(UNFINISHED) {
        return is_older(used, HOUR);
    }
    *templates += 1;
    is_older(used, if *templates > TEMPLATES { DAY } else { 14 * DAY })
}

fn is_older(time: Option<u64>, seconds: u64) -> bool {
    time.is_none_or(|time| time + seconds < now())
}

/// The time in seconds.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_tells_what_is_left_over_and_few_templates_are_never_swept_for_their_number() {
        let (hours, days) = (|n| now() - n * HOUR - 1, |n| now() - n * DAY - 1);
        let is_left_over = |name: String, used: Option<u64>, mut seen: usize| {
            is_left_over(&Found { name, used: used.map(|used| used.to_string()) }, &mut seen)
        };
        for (name, used, seen, expected) in [
            (format!("{PREFIX}{}_1_2_3", hours(2)), None, 0, true),
            (format!("{PREFIX}{}_1_2_3", now()), None, 0, false),
            (format!("{KEPT}{}_1_2_3", hours(2)), None, 0, false),
            (format!("{KEPT}{}_1_2_3", days(2)), None, 0, true),
            (format!("{TEMPLATE}00_new_7"), Some(now()), 0, false),
            (format!("{TEMPLATE}00_new_7"), Some(hours(2)), 0, true),
            (format!("{TEMPLATE}00"), Some(hours(2)), 20, false),
            (format!("{TEMPLATE}00"), Some(days(2)), 7, false),
            (format!("{TEMPLATE}00"), Some(days(2)), 8, true),
            (format!("{TEMPLATE}00"), Some(days(20)), 0, true),
        ] {
            assert_eq!(is_left_over(name.clone(), used, seen), expected, "{name} {used:?} {seen}");
        }
    }
}
