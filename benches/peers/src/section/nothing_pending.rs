//! A start with nothing pending: what nearly every start pays.

use std::time::Duration;

use diesel_strata::testing::TestDatabase;

use super::{Section, case, start};
use crate::embedded::embedded;
use crate::measure::{Effort, measure};
use crate::record::{Case, Measured};
use crate::slow_line::SlowLine;
use crate::start::{Start, TOOLS, query_bare, strata};

pub(super) const SECTION: Section =
    Section { key: "start", title: "A start with nothing pending", measure: all };

fn all(effort: Effort) -> Vec<Case> {
    let near = [4, 285, 1_000].map(|count| {
        eprintln!("start, {count}");
        let measured = at(count, effort.rounds(101), None);
        case(&SECTION, &format!("{count} applied"), measured)
    });
    let far = [(2, 31), (30, 7)].map(|(latency, rounds)| {
        eprintln!("start, {latency} ms away");
        let measured = at(285, effort.rounds(rounds), Some(Duration::from_millis(latency)));
        case(&SECTION, &format!("285 applied, {latency} ms away"), measured)
    });
    near.into_iter().chain(far).collect()
}

/// Each tool starts on a database that it has migrated itself; the floor reads our ledger.
fn at(count: usize, rounds: usize, latency: Option<Duration>) -> Vec<Measured> {
    let embedded = embedded(count);
    let migrated = |(name, migrate): (&'static str, Start)| {
        let database = TestDatabase::empty();
        migrate(embedded, &database.url()).unwrap_or_else(|error| panic!("{name}: {error}"));
        database
    };
    let bare = migrated(("bare", strata));
    let databases = TOOLS.map(migrated);
    let line = latency.map(|latency| SlowLine::to_server_of(&bare.url(), latency));
    let subject = |name, run, database: &TestDatabase| {
        let url = line.as_ref().map_or(database.url(), |line| line.url(&database.url()));
        start(name, run, embedded, move |()| url.clone())
    };
    let mut subjects = vec![subject("bare", query_bare, &bare)];
    subjects.extend(TOOLS.iter().zip(&databases).map(|((name, run), d)| subject(name, *run, d)));
    measure(rounds, &subjects, || ())
}
