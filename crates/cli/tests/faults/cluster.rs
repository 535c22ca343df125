//! A server of a test's own, a sequence whose effects can be counted, and the counting.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use diesel::pg::PgConnection;
use strata_test_support::{number, texts};
use tempfile::TempDir;

/// So many rounds as are asked for.
pub(crate) fn rounds(usual: usize) -> usize {
    let factor = std::env::var("STRATA_FAULTS").ok().and_then(|factor| factor.parse().ok());
    usual * factor.unwrap_or(1)
}

/// A private server that stays up, in a project of its own.
pub(crate) struct Cluster {
    pub folder: TempDir,
    state: PathBuf,
}

impl Cluster {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let state = folder.path().join("state");
        Self::start_in(folder, state)
    }

    /// One whose data is in `state`.
    pub(crate) fn start_in(folder: TempDir, state: PathBuf) -> Self {
        fs::write(folder.path().join("Cargo.toml"), "").unwrap();
        let cluster = Self { folder, state };
        cluster.restart();
        cluster
    }

    pub(crate) fn strata(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_strata"));
        for name in ["DATABASE_URL", "TEST_DATABASE_URL", "CI", "RUST_BACKTRACE"] {
            command.env_remove(name);
        }
        command.current_dir(self.folder.path()).env("XDG_STATE_HOME", &self.state).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn restart(&self) {
        let output = self.strata(&["server", "start"]).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }

    pub(crate) fn url(&self, database: &str) -> String {
        let output = self.strata(&["server", "url"]).output().unwrap();
        let url = String::from_utf8(output.stdout).unwrap();
        url.trim().replace("///dev?", &format!("///{database}?"))
    }

    pub(crate) fn conn(&self, database: &str) -> PgConnection {
        diesel_strata::connect(&self.url(database)).unwrap()
    }

    /// A new database, made as `options` say, and its URL.
    pub(crate) fn database(&self, name: &str, options: &str) -> String {
        let conn = &mut self.conn("postgres");
        let create = format!("CREATE DATABASE \"{}\" {options}", name.replace('"', "\"\""));
        strata_test_support::execute(conn, &create);
        let escaped: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
        self.url(&escaped)
    }

    /// The folder that the server's data is in.
    pub(crate) fn data(&self) -> PathBuf {
        let projects = fs::read_dir(self.state.join("diesel-strata")).unwrap().flatten();
        let majors = projects.flat_map(|project| fs::read_dir(project.path()).unwrap().flatten());
        majors.map(|major| major.path().join("data")).next().unwrap()
    }

    /// Ends the server as a crash would.
    pub(crate) fn crash(&self) {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        signal("QUIT", file.lines().next().unwrap());
    }

    pub(crate) fn migrate(&self, folder: &Path, url: &str) -> Command {
        let mut command = self.strata(&["migrate", "--database-url", url, "--no-schema"]);
        command.arg("--migrations-dir").arg(folder);
        command
    }

    pub(crate) fn start_migrating(&self, folder: &Path, url: &str) -> Child {
        self.migrate(folder, url).spawn().unwrap()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.strata(&["server", "remove", "--yes"]).output();
    }
}

pub(crate) fn signal(name: &str, pid: &str) {
    let script = r#"kill -"$1" "$2""#;
    let sent = Command::new("sh").args(["-c", script, "sh", name, pid]).status().unwrap();
    assert!(sent.success());
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// A sequence of so many migrations, each of which takes a moment and leaves a table and a row.
pub(crate) fn sequence(migrations: usize) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("001_Start.sql"), "CREATE TABLE effects (name text)").unwrap();
    for number in 2..=migrations {
        let name = format!("{number:03}_É{number}");
        let text = format!(
            "CREATE TABLE t{number} (a int);\nSELECT pg_sleep(0.004);\n\
             INSERT INTO effects VALUES ('{name}');"
        );
        fs::write(folder.path().join(format!("{name}.sql")), text).unwrap();
    }
    folder
}

/// Whether all of a sequence has had its effect once, and is in the ledger once.
#[track_caller]
pub(crate) fn assert_whole(conn: &mut PgConnection, migrations: usize) {
    assert_fits(conn);
    let recorded = number(conn, "SELECT count(*) FROM __migrations");
    assert_eq!(recorded, i64::try_from(migrations).unwrap());
}

/// Whether the ledger tells what has had an effect, however far it is.
#[track_caller]
pub(crate) fn assert_fits(conn: &mut PgConnection) {
    let rows = "SELECT migration_name FROM __migrations WHERE migration_name NOT LIKE '%_Start' \
                ORDER BY 1";
    let effects = texts(conn, "SELECT name FROM effects ORDER BY 1");
    assert_eq!(effects, texts(conn, rows), "effects on the left, ledger on the right");
    let tables = "SELECT count(*) FROM pg_tables WHERE tablename ~ '^[tr]\\d+$'";
    assert_eq!(number(conn, tables), i64::try_from(effects.len()).unwrap());
}
