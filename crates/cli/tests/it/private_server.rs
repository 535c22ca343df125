//! The private server, as the command line runs it where no URL is given.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::{program, strata};

/// A project of Cargo's with one migration.
fn project(migration: &str) -> TempDir {
    let project = tempfile::tempdir().unwrap();
    // A server that is run for root is run as somebody else, who must be able to pass.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(project.path(), fs::Permissions::from_mode(0o755)).unwrap();
    }
    fs::write(project.path().join("Cargo.toml"), "[package]\nname = \"p\"\n").unwrap();
    fs::create_dir(project.path().join("migrations")).unwrap();
    fs::write(project.path().join("migrations/001_A.sql"), migration).unwrap();
    project
}

fn run(project: &Path, arguments: &[&str]) -> String {
    let output = strata().current_dir(project).args(arguments).assert().success();
    let output = output.get_output();
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// The server's process, if it runs.
fn server(project: &Path) -> Option<String> {
    let folder = fs::read_dir(project.join("target/strata")).ok()?;
    let data =
        folder.flatten().find(|entry| entry.file_name().to_string_lossy().starts_with("pg"))?;
    let text = fs::read_to_string(data.path().join("postmaster.pid")).ok()?;
    let pid = text.lines().next()?.to_owned();
    Path::new("/proc").join(&pid).exists().then_some(pid)
}

#[track_caller]
fn wait_until_stopped(project: &Path) {
    let start = Instant::now();
    while server(project).is_some() {
        assert!(start.elapsed() < Duration::from_secs(20), "the server still runs");
        sleep(Duration::from_millis(10));
    }
}

#[test]
fn it_starts_keeps_its_data_and_ends_with_the_command() {
    let project = project("CREATE TABLE a ()");
    assert!(run(project.path(), &["migrate"]).contains("1 migration applied"));
    wait_until_stopped(project.path());
    assert!(run(project.path(), &["migrate"]).contains("nothing is pending"));
    wait_until_stopped(project.path());
    let left: Vec<_> =
        fs::read_dir(project.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left.len(), 3, "only target is new: {left:?}");
}

#[test]
fn nobody_else_may_enter_and_nothing_listens_on_the_network() {
    use std::os::unix::fs::MetadataExt;

    let project = project("SELECT 1");
    let url = run(project.path(), &["server", "start"]);
    let state = project.path().join("target/strata");
    for folder in [state.clone(), state.join("run")] {
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700, "{}", folder.display());
    }
    assert!(
        run(project.path(), &["server", "psql", "-Atc", "SHOW listen_addresses"]).trim().is_empty()
    );
    assert!(url.starts_with("postgresql:///dev?host="), "{url}");
    assert!(server(project.path()).is_some(), "it stays");
    assert!(run(project.path(), &["server", "stop"]).contains("stopped"));
    assert!(server(project.path()).is_none());
    assert!(run(project.path(), &["server", "stop"]).contains("was not running"));
}

#[test]
fn two_commands_share_one_server() {
    let project = project("SELECT pg_sleep(1)");
    let start = || {
        Command::new(program())
            .arg("migrate")
            .current_dir(project.path())
            .env_remove("DATABASE_URL")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    };
    let commands = [start(), start(), start()];
    let outputs = commands.map(|command| command.wait_with_output().unwrap());
    for output in &outputs {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    wait_until_stopped(project.path());
}

#[test]
fn a_killed_command_takes_the_server_with_it_and_hurts_nobody() {
    let project = project("CREATE TABLE a (); SELECT pg_sleep(60)");
    let mut command = Command::new(program())
        .arg("migrate")
        .current_dir(project.path())
        .env_remove("DATABASE_URL")
        .spawn()
        .unwrap();
    let start = Instant::now();
    while server(project.path()).is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "the server does not start");
        sleep(Duration::from_millis(10));
    }
    sleep(Duration::from_millis(200));
    command.kill().unwrap();
    command.wait().unwrap();
    wait_until_stopped(project.path());
    fs::write(project.path().join("migrations/001_A.sql"), "CREATE TABLE a ()").unwrap();
    assert!(run(project.path(), &["migrate"]).contains("1 migration applied"));
}

#[test]
fn what_a_killed_server_leaves_behind_is_swept() {
    let project = project("CREATE TABLE a ()");
    run(project.path(), &["server", "start"]);
    let pid = server(project.path()).unwrap();
    assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    wait_until_stopped(project.path());
    assert!(run(project.path(), &["migrate"]).contains("1 migration applied"));
    wait_until_stopped(project.path());
}

#[test]
fn a_long_path_is_no_obstacle() {
    let project = project("CREATE TABLE a ()");
    let deep = project.path().join("d".repeat(60)).join("e".repeat(60));
    fs::create_dir_all(deep.join("migrations")).unwrap();
    fs::write(deep.join("Cargo.toml"), "").unwrap();
    fs::write(deep.join("Cargo.lock"), "").unwrap();
    fs::write(deep.join("migrations/001_A.sql"), "SELECT 1").unwrap();
    assert!(run(&deep, &["migrate"]).contains("1 migration applied"));
}

#[test]
fn missing_programs_are_said_with_what_installs_them() {
    let project = project("SELECT 1");
    let empty = tempfile::tempdir().unwrap();
    let output = strata()
        .current_dir(project.path())
        .env("STRATA_POSTGRES_BIN", empty.path())
        .arg("migrate")
        .output()
        .unwrap();
    // Another place may have them; the variable alone must not be an error then.
    assert!(output.status.success() || String::from_utf8_lossy(&output.stderr).contains("install"));
}
