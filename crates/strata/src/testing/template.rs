//! The database that tests' databases are copied from.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{SystemTime, UNIX_EPOCH};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};

use super::admin::{KEPT, PREFIX, execute};
use crate::error::{Doing, Error};
use crate::migrations::Migration;
use crate::migrator::Migrator;
use crate::session::{connect, with_database};

/// What the name of a template begins with; its key follows.
const TEMPLATE: &str = "strata_template_";
/// What the name of a template ends with while it is being built.
const UNFINISHED: &str = "_new";
/// Templates of so many keys are left for other checkouts and branches.
const TEMPLATES: usize = 8;
/// How long a database that was kept for a look stays, in seconds.
const KEPT_FOR: u64 = 24 * 60 * 60;
/// How long a test may go without a connection before its process counts as killed, in seconds.
const TEST_FOR: u64 = 60 * 60;
/// The lock under which templates are built, and what is left over is removed.
const LOCK: i64 = 0x0053_5452_4154_4154;

/// The template's name, which is its key.
pub(super) fn name(migrator: &Migrator, target: Option<u64>) -> Result<String, Error> {
    Ok(format!("{TEMPLATE}{}", key(migrator, target)?))
}

/// Copies the template of `migrator`'s sequence to a new database `name`. The first process to
/// need it builds it, the others wait.
pub(super) fn copy(
    admin: &mut PgConnection,
    server: &str,
    migrator: &Migrator,
    target: Option<u64>,
    name: &str,
) -> Result<(), Error> {
    let template = self::name(migrator, target)?;
    if !exists(admin, &template)? {
        execute(admin, &format!("SELECT pg_advisory_lock({LOCK})"))?;
        let built = build(admin, server, migrator, target, &template);
        execute(admin, &format!("SELECT pg_advisory_unlock({LOCK})"))?;
        built?;
    }
    let strategy = if version(admin)? >= 150_000 { " STRATEGY file_copy" } else { "" };
    execute(admin, &format!("CREATE DATABASE {name} TEMPLATE {template}{strategy}"))
}

/// Builds `template` under another name and renames it once it is complete, so that one that
/// exists is whole.
fn build(
    admin: &mut PgConnection,
    server: &str,
    migrator: &Migrator,
    target: Option<u64>,
    template: &str,
) -> Result<(), Error> {
    if exists(admin, template)? {
        return Ok(());
    }
    sweep(admin)?;
    let unfinished = format!("{template}{UNFINISHED}");
    execute(admin, &format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"))?;
    execute(admin, &format!("CREATE DATABASE {unfinished}"))?;
    let mut conn = connect(&with_database(server, &unfinished))?;
    let _ = match target {
        Some(target) => migrator.with_target(at_or_below(migrator, target)).migrate(&mut conn)?,
        None => migrator.migrate(&mut conn)?,
    };
    drop(conn);
    execute(admin, &format!("ALTER DATABASE {unfinished} WITH ALLOW_CONNECTIONS false"))?;
    execute(admin, &format!("ALTER DATABASE {unfinished} RENAME TO {template}"))
}

/// The highest number of the sequence that is not above `target`: "as it was at 14" is fair to
/// ask of a sequence that goes from 3 to 15.
fn at_or_below(migrator: &Migrator, target: u64) -> u64 {
    let numbers = migrator.sequence().migrations().iter().map(Migration::number);
    numbers.filter(|number| *number <= target).max().unwrap_or(0)
}

/// What a template depends on: every migration, the engine, and how far it is migrated.
fn key(migrator: &Migrator, target: Option<u64>) -> Result<String, Error> {
    let mut hasher = DefaultHasher::new();
    (env!("STRATA_ENGINE"), target).hash(&mut hasher);
    migrator.ledger_table().to_string().hash(&mut hasher);
    for migration in migrator.sequence().migrations() {
        (migration.name(), migration.digest()?).hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

fn exists(admin: &mut PgConnection, database: &str) -> Result<bool, Error> {
    let answer: Answer = diesel::sql_query(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1) AS yes",
    )
    .bind::<Text, _>(database)
    .get_result(admin)
    .doing("look for a template database")?;
    Ok(answer.yes)
}

/// The server's version as a number: 150018 is 15.18.
fn version(admin: &mut PgConnection) -> Result<u32, Error> {
    let version: Version =
        diesel::sql_query("SELECT current_setting('server_version_num') AS version")
            .get_result(admin)
            .doing("read the server's version")?;
    Ok(version.version.parse().unwrap_or_default())
}

/// Removes what earlier runs have left: templates whose building was ended or failed (another one
/// cannot be under way, since we hold the lock), databases of tests that were killed, those kept
/// for a look long enough, templates that have not been made lately.
fn sweep(admin: &mut PgConnection) -> Result<(), Error> {
    for name in left_over(admin)? {
        // Another process may be sweeping a server of many projects.
        execute(admin, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))?;
    }
    Ok(())
}

fn left_over(admin: &mut PgConnection) -> Result<Vec<String>, Error> {
    let names: Vec<Name> = diesel::sql_query(format!(
        "SELECT d.datname::text AS name FROM pg_catalog.pg_database d WHERE d.datname ~ \
         '^({PREFIX}|{KEPT}|{TEMPLATE})' AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a \
         WHERE a.datid = d.oid) ORDER BY d.oid DESC"
    ))
    .load(admin)
    .doing("look for old test databases")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let is_old = |rest: &str, seconds: u64| {
        let made = rest.split('_').next().and_then(|made| made.parse::<u64>().ok());
        made.is_none_or(|made| made + seconds < now)
    };
    let mut templates = 0;
    let is_left_over = |name: &String| {
        if let Some(rest) = name.strip_prefix(PREFIX) {
            return is_old(rest, TEST_FOR);
        }
        if let Some(rest) = name.strip_prefix(KEPT) {
            return is_old(rest, KEPT_FOR);
        }
        if name.ends_with(UNFINISHED) {
            return true;
        }
        templates += 1;
        templates > TEMPLATES
    };
    Ok(names.into_iter().map(|row| row.name).filter(is_left_over).collect())
}
