//! A hundred tests with a database each, under both test runners.

use std::process::{Command, Stdio};

use diesel_strata::testing::TestDatabase;

use super::{Section, case};
use crate::embedded::embedded;
use crate::measure::{Effort, Subject, measure};
use crate::record::{Case, Measured};
use crate::start::strata;

pub(super) const SECTION: Section =
    Section { key: "test-database", title: "100 tests with a database each", measure: all };

/// A suite, and whether it is told a server by `DATABASE_URL`; the private one is found without.
const SUITES: [(&str, &str, bool); 5] = [
    ("bare, one database", "bare", true),
    ("strata", "strata", false),
    ("strata, named server", "strata", true),
    ("sqlx::test", "sqlx", true),
    ("migrated anew", "anew", true),
];

fn all(effort: Effort) -> Vec<Case> {
    let runners: [(&str, &[&str]); 2] =
        [("cargo test", &["test"]), ("cargo nextest run", &["nextest", "run"])];
    runners
        .map(|(name, runner)| {
            eprintln!("test database, {name}");
            case(&SECTION, name, under(runner, effort.rounds(3)))
        })
        .into()
}

fn under(runner: &[&str], rounds: usize) -> Vec<Measured> {
    let shared = TestDatabase::empty();
    strata(embedded(40), &shared.url()).unwrap();
    let url = shared.url();
    let subjects = SUITES.map(|(name, suite, named)| {
        let url = named.then_some(url.as_str());
        Subject::new(name, move |()| {
            run(runner, suite, url);
            0
        })
    });
    measure(rounds, &subjects, || ())
}

fn run(runner: &[&str], suite: &str, url: Option<&str>) {
    let mut command = Command::new("cargo");
    command.args(runner).args(["--release", "--locked", "--test", suite]);
    command.current_dir(env!("CARGO_MANIFEST_DIR")).stdout(Stdio::null());
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the suite {suite} fails: {said}");
}
