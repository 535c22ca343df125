//! Many at once, and others beside us.

use std::fs;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;

use crate::cluster::{Cluster, assert_whole, rounds, said, sequence};

#[test]
fn sixty_four_starts_at_once_run_each_migration_once() {
    let (cluster, folder) = (Cluster::start(), sequence(40));
    for round in 0..rounds(1) {
        let url = cluster.database(&format!("round{round}"), "");
        let starts: Vec<_> =
            (0..64).map(|_| cluster.start_migrating(folder.path(), &url)).collect();
        for start in starts {
            let output = start.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", said(&output));
        }
        assert_whole(&mut diesel_strata::connect(&url).unwrap(), 40);
    }
}

/// Does what another program does that shares the ledger: effects first, and its row last.
fn run_as_others_do(conn: &mut PgConnection, folder: &std::path::Path) {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().flatten().map(|it| it.path()).collect();
    files.sort();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let known = format!("SELECT count(*) FROM __migrations WHERE migration_name = '{name}'");
        if strata_test_support::number(conn, &known) > 0 {
            continue;
        }
        let body = fs::read_to_string(&file).unwrap();
        let row = format!("INSERT INTO __migrations (migration_name) VALUES ('{name}')");
        // Whoever is second has nothing to do: all of it is one transaction.
        if conn.batch_execute(&format!("BEGIN; {body}; {row}; COMMIT")).is_err() {
            let _ = conn.batch_execute("ROLLBACK");
        }
    }
}

#[test]
fn beside_a_runner_that_knows_nothing_of_us_everything_runs_once() {
    let (cluster, folder) = (Cluster::start(), sequence(25));
    for round in 0..rounds(4) {
        let url = cluster.database(&format!("round{round}"), "");
        let start = folder.path().join("001_Start.sql");
        let mut conn = diesel_strata::connect(&url).unwrap();
        let table = "CREATE TABLE __migrations (id SERIAL PRIMARY KEY, migration_name TEXT NOT \
                     NULL UNIQUE, applied_at TIMESTAMP DEFAULT NOW())";
        conn.batch_execute(table).unwrap();
        conn.batch_execute(&fs::read_to_string(start).unwrap()).unwrap();
        conn.batch_execute("INSERT INTO __migrations (migration_name) VALUES ('001_Start')")
            .unwrap();
        let starts: Vec<_> = (0..3).map(|_| cluster.start_migrating(folder.path(), &url)).collect();
        run_as_others_do(&mut conn, folder.path());
        // One of them may have met the other's half of a transaction, and have failed by that.
        starts.into_iter().for_each(|start| drop(start.wait_with_output().unwrap()));
        let last = cluster.migrate(folder.path(), &url).output().unwrap();
        assert!(last.status.success(), "{}", said(&last));
        assert_whole(&mut conn, 25);
    }
}
