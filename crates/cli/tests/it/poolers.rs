//! Behind `PgBouncer`, in its three modes: found out, refused with the remedy, nothing left behind.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel_strata::testing::TestDatabase;
use diesel_strata::{Error, Event};

use strata_test_support::{folder, migrator, number, recorded, texts};

use crate::support::program;

/// A `PgBouncer` before the server of `database`; ended with the value.
struct Pooler {
    process: Child,
    _folder: tempfile::TempDir,
    url: String,
}

impl Pooler {
    /// None where it is not installed.
    fn start(database: &TestDatabase, mode: &str, size: usize) -> Option<Self> {
        use std::os::unix::fs::PermissionsExt;

        Command::new("pgbouncer").arg("--version").stdout(Stdio::null()).status().ok()?;
        let name = texts(&mut database.conn(), "SELECT current_database()").remove(0);
        let (_, query) =
            database.url().split_once('?').map(|(a, b)| (a.to_owned(), b.to_owned()))?;
        let host = query.split('&').find_map(|pair| pair.strip_prefix("host="))?.to_owned();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let settings = folder.path().join("pooler.ini");
        std::fs::write(
            &settings,
            format!(
                "[databases]\n* = host={host} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
                 listen_port = {port}\nauth_type = any\npool_mode = {mode}\n\
                 default_pool_size = {size}\nmax_client_conn = 200\nunix_socket_dir =\n\
                 server_reset_query = DISCARD ALL\n"
            ),
        )
        .unwrap();
        let process = Self::command(&settings).stderr(Stdio::null()).spawn().ok()?;
        let url = format!("postgres://any@127.0.0.1:{port}/{name}");
        let start = Instant::now();
        while diesel_strata::connect(&url).is_err() {
            assert!(start.elapsed() < Duration::from_secs(10), "the pooler does not start");
            sleep(Duration::from_millis(20));
        }
        Some(Self { process, _folder: folder, url })
    }

    /// It refuses to run as root.
    fn command(settings: &Path) -> Command {
        let mut command = Command::new(if is_root() { "su" } else { "pgbouncer" });
        match is_root() {
            true => {
                let pooler = format!("exec pgbouncer -q {}", settings.display());
                command.args(["postgres", "-s", "/bin/sh", "-c", &pooler])
            }
            false => command.arg("-q").arg(settings),
        };
        command
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = Command::new("pkill").args(["-P", &self.process.id().to_string()]).status();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout == b"0\n"
}

/// The poolers in `mode` that this machine has: CI must have one.
fn pooler(database: &TestDatabase, mode: &str, size: usize) -> Option<Pooler> {
    let pooler = Pooler::start(database, mode, size);
    assert!(pooler.is_some() || std::env::var_os("CI").is_none(), "CI must have pgbouncer");
    pooler
}

const LOCKS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND \
                     database = (SELECT oid FROM pg_database WHERE datname = current_database())";

#[track_caller]
fn assert_no_lock(database: &TestDatabase) {
    let conn = &mut database.conn();
    let start = Instant::now();
    while number(conn, LOCKS) > 0 {
        assert!(start.elapsed() < Duration::from_secs(10), "a lock is left");
        sleep(Duration::from_millis(20));
    }
}

const FILES: [(&str, &str); 4] = [
    ("001_M.sql", "CREATE TABLE t1 (a int); CREATE TABLE ran (n int); PREPARE one AS SELECT 1"),
    (
        "002_M.sql",
        "-- strata: statement-timeout 51s\nINSERT INTO ran VALUES (2); SET search_path = nowhere;",
    ),
    (
        "003_M.sql",
        "-- strata: no-transaction\n-- strata: statement-timeout 52s\nINSERT INTO ran VALUES (3);\n\
         CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t1 (a);",
    ),
    ("004_M.sql", "INSERT INTO ran VALUES (4)"),
];

/// Starts the program `count` times at once, while others use the pooler and find their session as
/// it should be; returns what the programs said.
fn starts(url: &str, folder: &Path, count: usize) -> Vec<(bool, String)> {
    let (over, wrong, asked) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let outputs = thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut conn = diesel_strata::connect(url).unwrap();
                while !over.load(Ordering::SeqCst) {
                    let leaked = "SELECT CASE WHEN current_setting('search_path') = 'nowhere' OR \
                                  current_setting('statement_timeout') IN ('51s', '52s') \
                                  THEN 1 / (pg_backend_pid() * 0) END, pg_sleep(0.005)";
                    let leaked = conn.batch_execute(leaked).is_err();
                    wrong.fetch_add(usize::from(leaked), Ordering::SeqCst);
                    asked.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let processes: Vec<_> = (0..count)
            .map(|_| {
                let mut command = Command::new(program());
                command.args(["migrate", "--no-schema", "--wait", "20", "--database-url", url]);
                command.arg("--migrations-dir").arg(folder).current_dir(folder);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        let outputs = processes.into_iter().map(|it| it.wait_with_output().unwrap());
        let outputs: Vec<_> = outputs
            .map(|it| (it.status.success(), String::from_utf8_lossy(&it.stderr).into_owned()))
            .collect();
        over.store(true, Ordering::SeqCst);
        outputs
    });
    assert!(asked.into_inner() > 0);
    assert_eq!(wrong.into_inner(), 0, "other clients were disturbed");
    outputs
}

/// How many rounds: more of them where somebody asks for the long form.
fn rounds() -> usize {
    std::env::var("STRATA_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
}

#[test]
fn a_pool_of_transactions_or_statements_is_refused_and_nothing_of_us_stays_in_it() {
    for mode in ["statement", "transaction"] {
        for _ in 0..rounds() {
            let database = TestDatabase::empty();
            let Some(pooler) = pooler(&database, mode, 8) else { return };
            let folder = folder(&FILES);
            for (success, said) in starts(&pooler.url, folder.path(), 16) {
                assert!(success || said.contains("pool_mode = session"), "{mode}: {said}");
            }
            assert_no_lock(&database);
            drop(pooler);
            // Whoever comes by the server's own address finds all in order.
            let conn = &mut database.conn();
            let _ = migrator(folder.path()).migrate(conn).unwrap();
            assert_eq!(texts(conn, "SELECT n FROM ran ORDER BY n"), ["2", "3", "4"]);
            assert_eq!(recorded(conn).len(), 4);
        }
    }
}

#[test]
fn a_pool_of_sessions_serves() {
    for _ in 0..rounds() {
        let database = TestDatabase::empty();
        let Some(pooler) = pooler(&database, "session", 60) else { return };
        let folder = folder(&FILES);
        for (success, said) in starts(&pooler.url, folder.path(), 16) {
            assert!(success, "{said}");
        }
        assert_no_lock(&database);
        let conn = &mut database.conn();
        assert_eq!(texts(conn, "SELECT n FROM ran ORDER BY n"), ["2", "3", "4"]);
    }
}

#[test]
fn a_pooler_of_transactions_is_found_out_and_leaves_no_lock() {
    let database = TestDatabase::empty();
    let Some(pooler) = pooler(&database, "transaction", 3) else { return };
    // What prepares ends its message.
    let files = [
        ("001_M.sql", "CREATE TABLE t1 (); PREPARE one AS SELECT 1"),
        ("002_M.sql", "CREATE TABLE t2 ()"),
        ("003_M.sql", "CREATE TABLE t3 ()"),
    ];
    let folder = folder(&files);
    let error = thread::scope(|scope| {
        let mut swapped = false;
        let mut take_the_session = |event: Event<'_>| {
            if matches!(event, Event::Finished { .. }) && !swapped {
                swapped = true;
                // The pooler has one session so far, the one that holds the lock.
                let mut other = diesel_strata::connect(&pooler.url).unwrap();
                other.batch_execute("BEGIN; SELECT 1").unwrap();
                scope.spawn(move || {
                    sleep(Duration::from_millis(100));
                    other.batch_execute("COMMIT").unwrap();
                });
            }
        };
        let conn = &mut diesel_strata::connect(&pooler.url).unwrap();
        migrator(folder.path()).migrate_with(conn, &mut take_the_session).unwrap_err()
    });
    assert!(matches!(error.cause(), Error::Pooled), "{error}");
    assert!(error.to_string().contains("pool_mode = session"), "{error}");
    assert_no_lock(&database);
    let conn = &mut database.conn();
    assert_eq!(recorded(conn), ["001_M"], "what ran before is whole");
    let _ = migrator(folder.path()).migrate(conn).unwrap();
    assert_eq!(recorded(conn).len(), 3);
}
