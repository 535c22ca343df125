//! `schema.rs` printed from databases of 10, 100 and 1,000 tables.
//!
//! `cargo bench -p diesel-strata --features testing --bench print_schema`. Where `diesel` is
//! on the `PATH`, it runs against the same database, and the ratio is printed.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench reports to whoever runs it")]

mod linked_tables;

use std::process::Command;
use std::time::{Duration, Instant};

use criterion::Criterion;
use diesel_strata::schema_rs::{PrintSchema, print_schema};
use linked_tables::database;

fn time<T>(run: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = run();
    (start.elapsed(), result)
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args().sample_size(20);
    let config = PrintSchema::default();
    for tables in [10, 100, 1_000] {
        let database = database(tables);
        let print = || {
            let conn = &mut diesel_strata::connect(&database.url()).unwrap();
            print_schema(conn, &config).unwrap().text
        };
        criterion.bench_function(&format!("print-schema, {tables} tables"), |bencher| {
            bencher.iter(print);
        });
        let (ours, text) = time(print);
        let mut diesel = Command::new("diesel");
        diesel.args(["print-schema", "--database-url", &database.url()]);
        let (theirs, output) = time(|| diesel.output());
        if let Ok(output) = output {
            let same = output.stdout == text.as_bytes();
            let ratio = theirs.as_secs_f64() / ours.as_secs_f64();
            println!(
                "  diesel {theirs:.2?}, ours {ours:.2?}: {ratio:.0} times; same bytes: {same}"
            );
        }
    }
    criterion.final_summary();
}
