//! Measures a statement that cannot run inside a transaction: a second session watches for what
//! it locks.
//!
//! The second session holds what any writer holds on every table. A statement that writers would
//! have to wait for, waits for it in its turn, and the server says for which lock; one that goes by
//! without, such as `CREATE INDEX CONCURRENTLY`, waits at most for the other's transaction to end.

use std::collections::HashMap;
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Oid, Text};
use strata_sql::identifier;

use super::lock::{Lock, LockMode};
use super::meter::{Measured, Meter};
use super::relation::{Kind, Relation};

/// How long the watcher sleeps between two looks.
const INTERVAL: Duration = Duration::from_millis(1);

#[derive(QueryableByName)]
struct Pid {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

#[derive(QueryableByName)]
struct Asked {
    #[diesel(sql_type = Nullable<Oid>)]
    relation: Option<u32>,
    #[diesel(sql_type = Text)]
    mode: String,
    #[diesel(sql_type = Bool)]
    granted: bool,
}

/// Runs `statement` on `conn`, outside a transaction, while `watcher` looks on from another
/// session of the same database, and says what it did.
///
/// # Errors
///
/// The statement fails, or the server cannot be asked.
pub fn outside(
    conn: &mut PgConnection,
    watcher: &mut PgConnection,
    meter: &mut Meter,
    statement: &str,
) -> QueryResult<Measured> {
    let pid = diesel::sql_query("SELECT pg_catalog.pg_backend_pid() AS pid");
    let Pid { pid } = pid.get_result(conn)?;
    watcher.batch_execute("BEGIN")?;
    let held = watcher.batch_execute(&write_locks(meter));
    let (ran, modes) = thread::scope(|scope| {
        let run = scope.spawn(|| conn.batch_execute(statement));
        let modes = held.and_then(|()| watch(watcher, pid, || run.is_finished()));
        // Whatever was seen, the statement must not wait for it any longer.
        let released = watcher.batch_execute("ROLLBACK");
        let ran = run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (ran, modes.and_then(|modes| released.map(|()| modes)))
    });
    ran?;
    let before: HashMap<u32, Relation> =
        meter.relations().map(|relation| (relation.oid, relation.clone())).collect();
    let mut measured = meter.recount(conn)?;
    measured.locks = locks(modes?, &measured, &before);
    Ok(measured)
}

/// What a writer holds, on every table.
fn write_locks(meter: &Meter) -> String {
    let tables = meter.relations().filter(|relation| relation.kind == Kind::Table);
    let names: Vec<_> = tables
        .map(|table| format!("{}.{}", identifier(&table.schema), identifier(&table.name)))
        .collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("LOCK TABLE {} IN ROW EXCLUSIVE MODE", names.join(", ")),
    }
}

/// The modes in which the session `pid` holds or wants locks, up to the first one that it has to
/// wait for.
fn watch(
    watcher: &mut PgConnection,
    pid: i32,
    is_finished: impl Fn() -> bool,
) -> QueryResult<HashMap<u32, LockMode>> {
    let mut modes = HashMap::new();
    loop {
        let finished = is_finished();
        let asked: Vec<Asked> = diesel::sql_query(
            "SELECT relation, mode, granted FROM pg_catalog.pg_locks WHERE pid = $1",
        )
        .bind::<Integer, _>(pid)
        .load(watcher)?;
        for (relation, mode) in
            asked.iter().filter_map(|asked| Some((asked.relation?, LockMode::named(&asked.mode)?)))
        {
            let strongest = modes.entry(relation).or_insert(mode);
            *strongest = mode.max(*strongest);
        }
        if finished || asked.iter().any(|asked| !asked.granted) {
            return Ok(modes);
        }
        thread::sleep(INTERVAL);
    }
}

/// Locks on what was there before; what was written anew was locked against everybody.
fn locks(
    mut modes: HashMap<u32, LockMode>,
    measured: &Measured,
    before: &HashMap<u32, Relation>,
) -> Vec<Lock> {
    for table in &measured.rewritten {
        modes.insert(table.oid, LockMode::AccessExclusive);
    }
    let lock =
        |(oid, mode): (u32, LockMode)| Some(Lock { relation: before.get(&oid)?.clone(), mode });
    modes.into_iter().filter_map(lock).collect()
}
