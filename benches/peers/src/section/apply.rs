//! A start on an empty database: all migrations apply.

use std::rc::Rc;
use std::time::Duration;

use diesel_strata::testing::TestDatabase;

use super::{Section, case, start};
use crate::embedded::embedded;
use crate::measure::{Effort, measure};
use crate::record::{Case, Measured};
use crate::slow_line::SlowLine;
use crate::start::{TOOLS, apply_bare};

pub(super) const SECTION: Section =
    Section { key: "apply", title: "All migrations apply", measure: all };

fn all(effort: Effort) -> Vec<Case> {
    eprintln!("apply, near");
    let near = at(1_000, effort.rounds(9), |url| url.to_owned());
    let mut cases = vec![case(&SECTION, "1,000 near", near)];
    for (latency, rounds) in [(2, 7), (30, 3)] {
        eprintln!("apply, {latency} ms away");
        let server = TestDatabase::empty();
        let line = SlowLine::to_server_of(&server.url(), Duration::from_millis(latency));
        let far = at(300, effort.rounds(rounds), move |url| line.url(url));
        cases.push(case(&SECTION, &format!("300, {latency} ms away"), far));
    }
    cases
}

fn at(count: usize, rounds: usize, way: impl Fn(&str) -> String + 'static) -> Vec<Measured> {
    let way = Rc::new(way);
    let subjects: Vec<_> = [("bare", apply_bare as _)]
        .into_iter()
        .chain(TOOLS)
        .map(|(name, run)| {
            let way = Rc::clone(&way);
            start(name, run, embedded(count), move |database: &TestDatabase| way(&database.url()))
        })
        .collect();
    measure(rounds, &subjects, TestDatabase::empty)
}
