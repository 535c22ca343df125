//! A start with nothing pending, and a start with 1,000 migrations pending: ours, `diesel_migrations`
//! and the least that could do it, in turn in one run, here and through 2 ms of latency.
//!
//! `cargo bench -p diesel-strata --features testing --bench migrate`; the ratios are printed last.
//! It needs the private server, as the slow line is put before its socket.

#![expect(
    missing_docs,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports to whoever runs it"
)]

mod slow_line;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::Criterion;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use diesel_strata::testing::TestDatabase;
use diesel_strata::{Migrator, Sequence};
use slow_line::SlowLine;

const MIGRATIONS: usize = 1_000;
const LATENCY: Duration = Duration::from_millis(2);

diesel::table! {
    __migrations (id) {
        id -> Integer,
        migration_name -> Text,
    }
}

fn sql(n: usize) -> String {
    format!("CREATE TABLE t{n} (id int);")
}

/// The same migrations in both layouts.
fn write_migrations(folder: &Path) {
    fs::create_dir(folder.join("ours")).unwrap();
    for n in 1..=MIGRATIONS {
        fs::write(folder.join(format!("ours/{n:04}_M.sql")), sql(n)).unwrap();
        let diesels = folder.join(format!("diesels/{n:014}_m"));
        fs::create_dir_all(&diesels).unwrap();
        fs::write(diesels.join("up.sql"), sql(n)).unwrap();
        fs::write(diesels.join("down.sql"), "").unwrap();
    }
}

/// One way to bring a database up to date, from a connection's start.
struct Subject<'a> {
    name: &'static str,
    start: Box<dyn Fn(&str) + 'a>,
}

fn establish(url: &str) -> PgConnection {
    PgConnection::establish(url).unwrap()
}

fn subjects(folder: &Path, bare: impl Fn(&str) + 'static) -> [Subject<'_>; 3] {
    [
        Subject { name: "bare", start: Box::new(bare) },
        Subject {
            name: "strata",
            start: Box::new(|url| {
                let sequence = Sequence::read(&folder.join("ours")).unwrap();
                let _ = Migrator::new(sequence).unwrap().migrate(&mut establish(url)).unwrap();
            }),
        },
        Subject {
            name: "diesel_migrations",
            start: Box::new(|url| {
                let source = FileBasedMigrations::from_path(folder.join("diesels")).unwrap();
                establish(url).run_pending_migrations(source).unwrap();
            }),
        },
    ]
}

fn apply_bare(url: &str) {
    let mut conn = establish(url);
    (1..=MIGRATIONS).for_each(|n| conn.batch_execute(&sql(n)).unwrap());
}

fn query_bare(url: &str) {
    let names = __migrations::table.select(__migrations::migration_name);
    names.order(__migrations::id).load::<String>(&mut establish(url)).unwrap();
}

fn time(run: impl FnOnce()) -> Duration {
    let start = Instant::now();
    run();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Runs the subjects in turn, `rounds` times, each through `url` of a database that `make` makes,
/// and prints the medians and their ratios to the first subject's.
fn compare<D>(
    title: &str,
    rounds: usize,
    subjects: &[Subject<'_>; 3],
    make: impl Fn() -> D,
    url: impl Fn(&D) -> String,
) {
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..rounds {
        for (subject, times) in subjects.iter().zip(&mut times) {
            let database = make();
            let url = url(&database);
            times.push(time(|| (subject.start)(&url)));
        }
    }
    let medians = times.map(median);
    println!("\n{title}, median of {rounds}");
    for (subject, median) in subjects.iter().zip(medians) {
        let ratio = median.as_secs_f64() / medians[0].as_secs_f64();
        println!("  {:<20}{median:>12.2?}{ratio:>8.2} x bare", subject.name);
    }
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    write_migrations(folder.path());
    let migrated = TestDatabase::empty();
    let nothing_pending = subjects(folder.path(), query_bare);
    for subject in &nothing_pending[1..] {
        (subject.start)(&migrated.url());
        // Their ledgers can stand side by side, their tables cannot.
        let mut conn = migrated.conn();
        (1..=MIGRATIONS).for_each(|n| conn.batch_execute(&format!("DROP TABLE t{n}")).unwrap());
    }

    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("nothing pending of 1000");
    for subject in &nothing_pending {
        group.bench_function(subject.name, |bencher| {
            bencher.iter(|| (subject.start)(&migrated.url()));
        });
    }
    group.finish();
    criterion.final_summary();

    let line = SlowLine::to_server_of(&migrated.url(), LATENCY);
    let empty = TestDatabase::empty;
    let apply = subjects(folder.path(), apply_bare);
    compare("nothing pending of 1000", 51, &nothing_pending, || &migrated, |d| d.url());
    compare("1000 to apply", 9, &apply, empty, TestDatabase::url);
    let slow = |database: &TestDatabase| line.url(&database.url());
    compare("nothing pending of 1000, 2 ms away", 21, &nothing_pending, || &migrated, |d| slow(d));
    compare("1000 to apply, 2 ms away", 3, &apply, empty, slow);
}
