//! Ends in the middle: of the program, and of the server.

use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use diesel_strata::{EmbeddedMigrations, Migrator, embed_migrations};
use strata_test_support::{execute, number};

use crate::cluster::{Cluster, assert_fits, assert_whole, rounds, said, sequence};

/// Moments that are spread over a run, and the same each time.
fn moment(round: usize) -> Duration {
    Duration::from_millis(u64::try_from(round * 37 % 331).unwrap())
}

/// Whether a first migration has made what is counted.
fn has_begun(conn: &mut diesel::PgConnection) -> bool {
    number(conn, "SELECT count(*) FROM pg_tables WHERE tablename = 'effects'") == 1
}

#[test]
fn a_program_that_is_killed_at_any_moment_has_left_whole_migrations() {
    let (cluster, folder) = (Cluster::start(), sequence(30));
    let url = cluster.database("killed", "");
    let conn = &mut diesel_strata::connect(&url).unwrap();
    for round in 0..rounds(30) {
        let mut child = cluster.start_migrating(folder.path(), &url);
        sleep(moment(round));
        child.kill().unwrap();
        child.wait().unwrap();
        // What it had sent may still be running.
        let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                      AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
        while number(conn, others) > 0 {
            sleep(Duration::from_millis(5));
        }
        if has_begun(conn) {
            assert_fits(conn);
        }
        if has_begun(conn) && number(conn, "SELECT count(*) FROM __migrations") == 30 {
            assert_whole(conn, 30);
            execute(conn, "DROP SCHEMA public CASCADE");
            execute(conn, "CREATE SCHEMA public");
        }
    }
    let last = cluster.migrate(folder.path(), &url).output().unwrap();
    assert!(last.status.success(), "{}", said(&last));
    assert_whole(conn, 30);
}

#[test]
fn a_server_that_crashes_at_any_moment_has_kept_whole_migrations() {
    let (cluster, folder) = (Cluster::start(), sequence(60));
    for round in 0..rounds(3) {
        let url = cluster.database(&format!("round{round}"), "");
        let child = cluster.start_migrating(folder.path(), &url);
        sleep(Duration::from_millis(60) + moment(round + 1));
        cluster.crash();
        let output = child.wait_with_output().unwrap();
        cluster.restart();
        let mut conn = diesel_strata::connect(&url).unwrap();
        if has_begun(&mut conn) {
            assert_fits(&mut conn);
        }
        let whole = output.status.success();
        assert!(whole || output.status.code() == Some(1), "{}", said(&output));
        let last = cluster.migrate(folder.path(), &url).output().unwrap();
        assert!(last.status.success(), "{}", said(&last));
        assert_whole(&mut conn, 60);
    }
}

const RUST: EmbeddedMigrations = embed_migrations!("tests/fixtures/rust_under_kill");

/// An application that migrates when it starts: run by the next test, as a process of its own.
#[test]
#[ignore = "a part of another test"]
fn application() {
    let conn = &mut diesel_strata::connect(&std::env::var("STRATA_FAULT_URL").unwrap()).unwrap();
    drop(Migrator::new(&RUST).unwrap().migrate(conn).unwrap());
}

#[test]
fn a_rust_migration_that_is_killed_has_happened_whole_or_not_at_all() {
    let cluster = Cluster::start();
    for round in 0..rounds(12) {
        let url = cluster.database(&format!("round{round}"), "");
        let conn = &mut diesel_strata::connect(&url).unwrap();
        execute(conn, "CREATE TABLE effects (name text)");
        let mut application = Command::new(std::env::current_exe().unwrap());
        application.args(["--exact", "killed::application", "--ignored"]);
        application.env("STRATA_FAULT_URL", &url).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = application.spawn().unwrap();
        sleep(moment(round));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(application.status().unwrap().success());
        assert_whole(conn, 6);
    }
}
