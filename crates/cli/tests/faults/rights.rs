//! Roles without rights, databases that only read, and names that nobody would choose.

use std::fs;

use strata_test_support::{execute, number};

use crate::cluster::{Cluster, assert_whole, said, sequence, signal};

#[test]
fn a_role_without_rights_changes_nothing() {
    let (cluster, folder) = (Cluster::start(), sequence(3));
    let url = cluster.database("closed", "");
    let conn = &mut diesel_strata::connect(&url).unwrap();
    execute(conn, "CREATE ROLE reader LOGIN");
    execute(conn, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    let theirs = url.replace("user=postgres", "user=reader");
    let output = cluster.migrate(folder.path(), &theirs).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains("permission denied"), "{}", said(&output));
    assert_eq!(number(conn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), 0);
    // With just what it needs it migrates: a schema of its own.
    execute(conn, "CREATE SCHEMA AUTHORIZATION reader");
    let output = cluster.migrate(folder.path(), &theirs).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    execute(conn, "SET search_path = reader");
    assert_whole(conn, 3);
}

#[test]
fn a_database_that_only_reads_is_left_as_it_is() {
    let (cluster, folder) = (Cluster::start(), sequence(3));
    let url = cluster.database("read_only", "");
    let admin = &mut cluster.conn("postgres");
    execute(admin, "ALTER DATABASE read_only SET default_transaction_read_only = on");
    let output = cluster.migrate(folder.path(), &url).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let conn = &mut diesel_strata::connect(&url).unwrap();
    assert_eq!(number(conn, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), 0);
    execute(admin, "ALTER DATABASE read_only RESET default_transaction_read_only");
    let output = cluster.migrate(folder.path(), &url).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// The same server, started as a standby that has no primary.
#[test]
fn a_standby_tells_that_all_is_applied_and_refuses_what_is_not() {
    use std::os::unix::fs::{MetadataExt, chown};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    let cluster = Cluster::start();
    let (old, new) = (sequence(3), sequence(4));
    let url = cluster.database("replicated", "");
    assert!(cluster.migrate(old.path(), &url).output().unwrap().status.success());
    assert!(cluster.strata(&["server", "stop"]).output().unwrap().status.success());
    let data = cluster.data();
    let options = fs::read_to_string(data.join("postmaster.opts")).unwrap();
    let mut words = options.split_whitespace().map(|word| word.trim_matches('"'));
    let owner = fs::metadata(&data).unwrap();
    let signal_file = data.join("standby.signal");
    fs::write(&signal_file, "").unwrap();
    chown(&signal_file, Some(owner.uid()), Some(owner.gid())).unwrap();
    let mut standby = Command::new(words.next().unwrap());
    standby.args(words).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null());
    if fs::metadata("/proc/self").unwrap().uid() == 0 {
        standby.uid(owner.uid()).gid(owner.gid());
    }
    let mut standby = standby.spawn().unwrap();
    while diesel_strata::connect(&url).is_err() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let all = cluster.migrate(old.path(), &url).output().unwrap();
    assert!(all.status.success(), "{}", said(&all));
    let refused = cluster.migrate(new.path(), &url).output().unwrap();
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    signal("INT", &standby.id().to_string());
    standby.wait().unwrap();
    fs::remove_file(signal_file).unwrap();
    cluster.restart();
    assert_whole(&mut diesel_strata::connect(&url).unwrap(), 3);
}

#[test]
fn any_name_is_a_name() {
    let (cluster, folder) = (Cluster::start(), sequence(3));
    for name in ["a b", "é中", "quo\"te", "apo'strophe", "per%cent", "-- ;", "a&b=c?d#e", "$1"] {
        let url = cluster.database(name, "");
        for ledger in ["__migrations", "Led \"ger'; é"] {
            let mut command = cluster.migrate(folder.path(), &url);
            let output = command.args(["--ledger", ledger]).output().unwrap();
            let conn = &mut diesel_strata::connect(&url).unwrap();
            if ledger == "__migrations" {
                assert!(output.status.success(), "{name}: {}", said(&output));
                assert_whole(conn, 3);
            } else {
                // All of it is there, of which the other ledger knows nothing.
                assert_eq!(output.status.code(), Some(1), "{name}: {}", said(&output));
            }
        }
    }
}
