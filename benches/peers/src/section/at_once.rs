//! Many replicas that start at the same moment.

use std::sync::Barrier;
use std::thread;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_strata::testing::TestDatabase;

use super::{Section, case};
use crate::embedded::embedded;
use crate::measure::{Effort, Failures, Subject, measure};
use crate::record::{Case, Measured};
use crate::start::{Outcome, Start, TOOLS, apply_bare, query_bare, strata};

pub(super) const SECTION: Section =
    Section { key: "at-once", title: "32 starts at once", measure: all };

const STARTS: usize = 32;
const COUNT: usize = 285;

fn all(effort: Effort) -> Vec<Case> {
    eprintln!("32 starts at once");
    vec![
        case(&SECTION, "285 pending", pending(effort.rounds(9))),
        case(&SECTION, "285 applied", applied(effort.rounds(31))),
    ]
}

/// The floor: one of them applies the statements alone, the others only connect.
fn pending(rounds: usize) -> Vec<Measured> {
    let bare = Subject::new("bare", |database: &TestDatabase| {
        let url = database.url();
        at_once(|n| if n == 0 { apply_bare(embedded(COUNT), &url) } else { connect(&url) })
    });
    let tools = TOOLS.map(|(name, start)| {
        Subject::new(name, move |database: &TestDatabase| {
            let failed = every(start, &database.url());
            assert_eq!(tables(database), COUNT, "{name} left a database half migrated");
            failed
        })
    });
    let subjects: Vec<_> = [bare].into_iter().chain(tools).collect();
    measure(rounds, &subjects, TestDatabase::empty)
}

fn applied(rounds: usize) -> Vec<Measured> {
    let subjects: Vec<_> = [("bare", strata as Start, query_bare as Start)]
        .into_iter()
        .chain(TOOLS.map(|(name, start)| (name, start, start)))
        .map(|(name, migrate, start)| {
            let database = TestDatabase::empty();
            migrate(embedded(COUNT), &database.url()).unwrap();
            Subject::new(name, move |()| every(start, &database.url()))
        })
        .collect();
    measure(rounds, &subjects, || ())
}

fn every(start: Start, url: &str) -> Failures {
    at_once(|_| start(embedded(COUNT), url))
}

/// Runs `start` in threads that begin together, and counts those that fail.
fn at_once(start: impl Fn(usize) -> Outcome + Sync) -> Failures {
    let gate = Barrier::new(STARTS);
    let run = |n| {
        gate.wait();
        start(n)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..STARTS).map(|n| scope.spawn(move || run(n))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap().err()).count()
    })
}

fn connect(url: &str) -> Outcome {
    PgConnection::establish(url)?;
    Ok(())
}

fn tables(database: &TestDatabase) -> usize {
    let count = sql::<BigInt>(r"SELECT count(*) FROM pg_class WHERE relname ~ '^t\d+$'");
    let count: i64 = count.get_result(&mut database.conn()).unwrap();
    usize::try_from(count).unwrap()
}
