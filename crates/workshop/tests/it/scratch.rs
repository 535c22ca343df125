//! Scratch databases.

use std::path::Path;

use strata_test_support::{execute, texts};
use strata_workshop::ScratchServer;

fn server() -> ScratchServer {
    ScratchServer::private(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn a_scratch_database_can_be_copied_and_is_gone_with_its_value() {
    let server = server();
    let scratch = server.database().unwrap();
    execute(&mut scratch.connect().unwrap(), "CREATE TABLE größe (id integer)");
    let copy = server.copy(&scratch).unwrap();
    let conn = &mut copy.connect().unwrap();
    assert_eq!(texts(conn, "SELECT to_regclass('größe')"), ["\"größe\""]);

    let name = texts(conn, "SELECT current_database()").remove(0);
    drop(copy);
    let conn = &mut scratch.connect().unwrap();
    let there = format!("SELECT datname FROM pg_database WHERE datname = '{name}'");
    assert_eq!(texts(conn, &there), Vec::<String>::new());
}

#[test]
fn what_a_killed_process_left_is_swept_away_and_what_is_new_is_not() {
    let server = server();
    let scratch = server.database().unwrap();
    let conn = &mut scratch.connect().unwrap();
    let old = format!("strata_scratch_1000_{:x}_0", std::process::id());
    execute(conn, &format!("CREATE DATABASE {old}"));
    let other = server.database().unwrap();
    drop(self::server());
    let names =
        texts(conn, "SELECT datname FROM pg_database WHERE datname LIKE 'strata\\_scratch%'");
    assert!(!names.contains(&old), "{names:?}");
    other.connect().unwrap();
}
