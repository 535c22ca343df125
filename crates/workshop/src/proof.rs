//! The proof of a plan: it is run on a clone of the database that it is for, made from its facts.

use std::collections::HashSet;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::diff::{Plan, Statement, plan};
use diesel_strata::facts::{Facts, read_facts};
use strata_sql::identifier;

use crate::error::{Doing, WorkshopError};
use crate::measure::Meter;
use crate::scratch::ScratchServer;

/// What a plan did on the clone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// The version of the server that it ran on.
    pub version: String,
    /// For each statement of the plan, what is to be known of it: a rewrite, a scan, a strong lock.
    pub effects: Vec<Vec<String>>,
    /// How many tables were written anew.
    pub rewrites: usize,
}

/// Runs `plan`, without what it loses unless `allow_loss`, on a clone of the database of `old`, and
/// compares what that comes to with `new`.
///
/// # Errors
///
/// [`WorkshopError::NotCloned`] where a clone cannot be made, so that nothing is known of the plan;
/// [`WorkshopError::Disproved`] where it does not run, or comes to something else.
pub fn prove(
    server: &ScratchServer,
    old: &Facts,
    new: &Facts,
    plan: &Plan,
    allow_loss: bool,
) -> Result<Proof, WorkshopError> {
    let scratch = server.database()?;
    let mut conn = scratch.connect()?;
    clone_into(&mut conn, old, new)?;
    let left_out = left_of(&mut conn, old)?;
    let mut effects = Vec::new();
    let mut rewrites = 0;
    for statement in &plan.statements {
        if statement.loss.is_some() && !allow_loss {
            effects.push(Vec::new());
            continue;
        }
        let own = run(&mut conn, statement)?;
        rewrites += own.iter().filter(|effect| effect.starts_with("rewrites ")).count();
        effects.push(own);
    }
    let left = left_of(&mut conn, new)?;
    let beyond: Vec<_> = left
        .iter()
        .filter(|one| !left_out.iter().any(|other| other.sql == one.sql))
        .filter(|one| allow_loss || one.loss.is_none())
        .map(|one| one.sql.clone())
        .collect();
    match beyond.is_empty() {
        true => {
            let version = server.version()?;
            let version = version.split(' ').next().unwrap_or_default().to_owned();
            Ok(Proof { version, effects, rewrites })
        }
        false => Err(WorkshopError::Disproved {
            reason: format!("on a clone, this is left to do after it: {}", beyond.join("; ")),
        }),
    }
}

/// What still separates the database of `conn` from that of `goal`.
fn left_of(conn: &mut PgConnection, goal: &Facts) -> Result<Vec<Statement>, WorkshopError> {
    let live = read_facts(conn).map_err(diesel_strata::Error::from)?;
    Ok(plan(&live, goal).map_err(diesel_strata::Error::from)?.statements)
}

fn clone_into(conn: &mut PgConnection, old: &Facts, new: &Facts) -> Result<(), WorkshopError> {
    let empty = read_facts(conn).map_err(diesel_strata::Error::from)?;
    if empty.major != old.major {
        let reason = format!(
            "the scratch server is PostgreSQL {}, and the database's is {}; name one of that version \
             with --on URL, or its programs with STRATA_POSTGRES_BIN",
            empty.major, old.major
        );
        return Err(WorkshopError::NotCloned { reason });
    }
    for role in roles(old).union(&roles(new)) {
        let create = format!(
            "DO $strata$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object OR \
             unique_violation THEN NULL; END $strata$"
        );
        conn.batch_execute(&create).doing("make a role on the scratch server")?;
    }
    let creation = plan(&empty, old).map_err(diesel_strata::Error::from)?;
    for statement in creation.statements {
        conn.batch_execute(&statement.sql).map_err(|error| WorkshopError::NotCloned {
            reason: format!("{error}: {}", statement.sql.lines().next().unwrap_or_default()),
        })?;
    }
    Ok(())
}

/// The roles that facts name.
fn roles(facts: &Facts) -> HashSet<String> {
    let mut roles = HashSet::from([identifier(&facts.role)]);
    for fact in &facts.facts {
        let named = fact.get("role").into_iter();
        let listed = fact.get("to").filter(|_| fact.address.kind() == "policy");
        roles.extend(
            named.chain(listed.into_iter().flat_map(|to| to.split(", "))).map(str::to_owned),
        );
        if fact.address.kind() == "user mapping" {
            roles.insert(fact.address.name().to_owned());
        }
        let whose = fact.get("default for").and_then(|whose| whose.strip_prefix("FOR ROLE "));
        roles.extend(
            whose.map(|whose| whose.split(" IN SCHEMA ").next().unwrap_or_default().to_owned()),
        );
    }
    roles.remove("CURRENT_USER");
    roles.remove("PUBLIC");
    // What the server has by itself.
    roles.retain(|role| !role.starts_with("pg_"));
    roles
}

/// Runs one statement and says what it did to the tables that were there.
fn run(conn: &mut PgConnection, statement: &Statement) -> Result<Vec<String>, WorkshopError> {
    if statement.sql.starts_with("SET ") {
        conn.batch_execute(&statement.sql).doing("set up the clone's session")?;
        return Ok(Vec::new());
    }
    conn.batch_execute("BEGIN").doing("begin a transaction on the clone")?;
    let mut meter = Meter::start(conn).doing("measure on the clone")?;
    conn.batch_execute(&statement.sql).map_err(|error| WorkshopError::Disproved {
        reason: format!("on a clone, this fails: {error}: {}", statement.sql),
    })?;
    let measured = meter.look(conn).doing("measure on the clone")?;
    conn.batch_execute("COMMIT").doing("commit on the clone")?;
    let rewritten = measured.rewritten.iter().map(|one| format!("rewrites {}", one.name));
    let is_rewritten = |name: &str| measured.rewritten.iter().any(|one| one.name == name);
    let scanned = measured.scanned.iter().filter(|one| !is_rewritten(&one.name));
    let scanned = scanned.map(|one| format!("reads all of {}", one.name));
    Ok(rewritten.chain(scanned).collect())
}
