//! The database that tests' databases are copied from.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Mutex, PoisonError};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::admin::{self, MARK, create, execute, exists};
use super::names::unique;
use super::sweep::{TEMPLATE, UNFINISHED, now, sweep};
use crate::error::{Doing, Error};
use crate::migrations::Migration;
use crate::migrator::Migrator;
use crate::session::{connect, with_database};

/// How often a template that another process has swept meanwhile is built again.
const ATTEMPTS: u32 = 3;

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
    let strategy = if version(admin)? >= 150_000 { " STRATEGY file_copy" } else { "" };
    let how = format!("TEMPLATE {template}{strategy}");
    let mut attempt = 1;
    loop {
        if !exists(admin, &template)? {
            under_lock(admin, &template, |admin| {
                build(admin, server, migrator, target, &template)
            })?;
        }
        touch(admin, &template);
        match create(admin, name, &how) {
            // Another process may have found it old a moment ago.
            Err(_) if attempt < ATTEMPTS && !exists(admin, &template)? => attempt += 1,
            created => return created,
        }
    }
}

/// Notes that a template is in use, once for this process.
fn touch(admin: &mut PgConnection, template: &str) {
    static TOUCHED: Mutex<Option<HashSet<String>>> = Mutex::new(None);
    let mut touched = TOUCHED.lock().unwrap_or_else(PoisonError::into_inner);
    if touched.get_or_insert_default().insert(template.to_owned()) {
        // Another process may be noting the same at this moment.
        let _ = admin::mark(admin, template, &used_now());
    }
}

fn used_now() -> String {
    format!("{MARK}, used {}", now())
}

/// Runs `build` while no other process builds `template`.
fn under_lock(
    admin: &mut PgConnection,
    template: &str,
    build: impl FnOnce(&mut PgConnection) -> Result<(), Error>,
) -> Result<(), Error> {
    let lock = format!("lock(hashtextextended('{template}', 0))");
    execute(admin, &format!("SELECT pg_advisory_{lock}"))?;
    let built = build(admin);
    execute(admin, &format!("SELECT pg_advisory_un{lock}"))?;
    built
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
    let unfinished = format!("{template}{UNFINISHED}{}", unique());
    create(admin, &unfinished, "")?;
    let built = fill(admin, server, migrator, target, &unfinished).and_then(|()| {
        execute(admin, &format!("ALTER DATABASE {unfinished} RENAME TO {template}"))
    });
    if built.is_err() {
        // What is wrong is said by the error; what cannot be dropped now is swept later.
        let _ = execute(admin, &format!("DROP DATABASE IF EXISTS {unfinished}"));
    }
    match built {
        // The lock is one database's. Somebody who came by another one was faster.
        Err(_) if exists(admin, template)? => Ok(()),
        built => built,
    }
}

fn fill(
    admin: &mut PgConnection,
    server: &str,
    migrator: &Migrator,
    target: Option<u64>,
    unfinished: &str,
) -> Result<(), Error> {
    admin::mark(admin, unfinished, &used_now())?;
    let mut conn = connect(&with_database(server, unfinished))?;
    let _ran = match target {
        Some(target) => migrator.with_target(at_or_below(migrator, target)).migrate(&mut conn)?,
        None => migrator.migrate(&mut conn)?,
    };
    drop(conn);
    execute(admin, &format!("ALTER DATABASE {unfinished} WITH ALLOW_CONNECTIONS false"))
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
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

/// The server's version as a number: 150018 is 15.18.
fn version(admin: &mut PgConnection) -> Result<u32, Error> {
    let version: Version =
        diesel::sql_query("SELECT current_setting('server_version_num') AS version")
            .get_result(admin)
            .doing("read the server's version")?;
    Ok(version.version.parse().unwrap_or_default())
}
