//! What a test database with outreach's schema costs (make, connect, drop), against migrating a new
//! database for each test.
//!
//! `cargo bench -p outreach`

#![expect(clippy::print_stdout, reason = "a bench reports to whoever runs it")]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use criterion::Criterion;
use diesel_strata::testing::TestDatabase;
use outreach::MIGRATIONS;

fn from_template() {
    let database = TestDatabase::new(&MIGRATIONS);
    drop(database.conn());
}

fn migrated_anew() {
    let database = TestDatabase::empty();
    drop(outreach::migrate(&mut database.conn()));
}

/// The median time of one of `tests` runs of `test`, and the time of all of them on two threads.
fn measure(tests: usize, test: fn()) -> (Duration, Duration) {
    let done = AtomicUsize::new(0);
    let work = || {
        let mut times = Vec::new();
        while done.fetch_add(1, Ordering::Relaxed) < tests {
            let start = Instant::now();
            test();
            times.push(start.elapsed());
        }
        times
    };
    let start = Instant::now();
    let mut times: Vec<_> = thread::scope(|scope| {
        let threads = [scope.spawn(work), scope.spawn(work)];
        threads.into_iter().filter_map(|thread| thread.join().ok()).flatten().collect()
    });
    let all = start.elapsed();
    times.sort();
    (times[times.len() / 2], all)
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("test database");
    group.bench_function("from the template", |bencher| bencher.iter(from_template));
    group.bench_function("migrated anew", |bencher| bencher.iter(migrated_anew));
    group.finish();
    criterion.final_summary();

    let (anew, all_anew) = measure(200, migrated_anew);
    let (copied, all_copied) = measure(200, from_template);
    println!("200 tests on two threads: the median of one, and all");
    println!("  migrated anew      {anew:>10.2?} {all_anew:>10.2?}");
    println!("  from the template  {copied:>10.2?} {all_copied:>10.2?}");
    let times = |anew: Duration, copied: Duration| anew.as_secs_f64() / copied.as_secs_f64();
    println!("  {:.1} and {:.1} times faster", times(anew, copied), times(all_anew, all_copied));
}
