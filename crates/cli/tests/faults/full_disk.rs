//! A disk that is full under the private server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::pg::PgConnection;

use crate::cluster::{Cluster, assert_fits, assert_whole, said, sequence};

/// A small disk in memory, unmounted with this value.
struct Disk<'a>(&'a Path);

impl<'a> Disk<'a> {
    /// None where this process may not mount one.
    fn mount(folder: &'a Path) -> Option<Self> {
        let options = "size=150m,mode=755";
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", options, "strata-faults"]).arg(folder);
        mount.output().ok()?.status.success().then_some(Self(folder))
    }

    fn enlarge(&self) {
        let mut mount = Command::new("mount");
        mount.args(["-o", "remount,size=900m"]).arg(self.0);
        assert!(mount.output().unwrap().status.success());
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).output();
    }
}

/// A connection, once the server has recovered from its crash.
#[track_caller]
fn recovered(url: &str) -> PgConnection {
    let begun = Instant::now();
    loop {
        match diesel_strata::connect(url) {
            Ok(conn) => return conn,
            Err(error) => assert!(begun.elapsed() < Duration::from_secs(60), "{error}"),
        }
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_full_disk_fails_a_migration_and_costs_nothing_that_was_there() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let state = folder.path().join("state");
    fs::create_dir(&state).unwrap();
    let mounted = state.clone();
    let Some(disk) = Disk::mount(&mounted) else {
        return eprintln!("no disk could be mounted: this was not tried");
    };
    let cluster = Cluster::start_in(folder, state);
    let migrations = sequence(6);
    let url = cluster.database("full", "");
    let big = migrations.path().join("007_Big.sql");
    let text = "CREATE TABLE t7 AS SELECT repeat(md5(n::text), 30) AS a FROM \
                generate_series(1, 100000) n;\nINSERT INTO effects VALUES ('007_Big')";
    fs::write(&big, text).unwrap();
    let output = cluster.migrate(migrations.path(), &url).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    disk.enlarge();
    cluster.restart();
    let conn = &mut recovered(&url);
    assert_fits(conn);
    let output = cluster.migrate(migrations.path(), &url).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert_whole(conn, 7);
}
