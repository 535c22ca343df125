//! The private server, as the command line runs it where no URL is given.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::support::{program, strata};

/// A project of Cargo's with one migration, and a state folder of its own.
fn project(migration: &str) -> TempDir {
    let project = tempfile::tempdir().unwrap();
    // A server that is run for root is run as somebody else, who must be able to pass.
    fs::set_permissions(project.path(), fs::Permissions::from_mode(0o755)).unwrap();
    add_project(project.path(), migration);
    project
}

fn add_project(folder: &Path, migration: &str) {
    fs::create_dir_all(folder.join("migrations")).unwrap();
    fs::write(folder.join("Cargo.toml"), "[package]\nname = \"p\"\n").unwrap();
    fs::write(folder.join("migrations/001_A.sql"), migration).unwrap();
}

/// The program in `project`, whose folder holds the state too.
fn command_in(project: &Path) -> assert_cmd::Command {
    let mut command = strata();
    command.current_dir(project).env("XDG_STATE_HOME", project.join("state"));
    command
}

/// The same, to be left running or killed.
fn process_in(project: &Path) -> Command {
    let mut command = Command::new(program());
    for name in ["DATABASE_URL", "CI"] {
        command.env_remove(name);
    }
    command.current_dir(project).env("XDG_STATE_HOME", project.join("state"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(project: &Path, arguments: &[&str]) -> String {
    let output = command_in(project).args(arguments).assert().success();
    let output = output.get_output();
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned()
}

/// The folders of a project's servers, one for each major version.
fn states(project: &Path) -> Vec<PathBuf> {
    let below = |folder: PathBuf| fs::read_dir(folder).into_iter().flatten().flatten();
    let projects = below(project.join("state/diesel-strata"));
    projects.flat_map(|project| below(project.path())).map(|state| state.path()).collect()
}

fn state(project: &Path) -> PathBuf {
    states(project).remove(0)
}

/// The server's process, if it runs.
fn server(project: &Path) -> Option<String> {
    let runs = |state: PathBuf| {
        let text = fs::read_to_string(state.join("data/postmaster.pid")).ok()?;
        let pid = text.lines().next()?.to_owned();
        Path::new("/proc").join(&pid).exists().then_some(pid)
    };
    states(project).into_iter().find_map(runs)
}

fn kill(signal: &str, pid: &str) {
    let killed = Command::new("sh").args(["-c", r#"kill "$1" "$2""#, "sh", signal, pid]).status();
    assert!(killed.unwrap().success());
}

#[track_caller]
fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let start = Instant::now();
    while !done() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        sleep(Duration::from_millis(10));
    }
}

#[track_caller]
fn wait_until_stopped(project: &Path) {
    wait_for("the server still runs", || server(project).is_none());
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
    assert_eq!(left.len(), 3, "only the state is new: {left:?}");
}

#[test]
fn nobody_else_may_enter_and_nothing_listens_on_the_network() {
    use std::os::unix::fs::MetadataExt;

    let project = project("SELECT 1");
    let url = run(project.path(), &["server", "start"]);
    let state = state(project.path());
    for folder in [state.join("data"), state.join("run")] {
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o777, 0o700, "{}", folder.display());
    }
    assert_eq!(fs::metadata(&state).unwrap().mode() & 0o66, 0, "nobody may list or change it");
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
    let start = || process_in(project.path()).arg("migrate").spawn().unwrap();
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
    let mut command = process_in(project.path()).arg("migrate").spawn().unwrap();
    wait_for("the server does not start", || server(project.path()).is_some());
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
    kill("-9", &pid);
    wait_until_stopped(project.path());
    assert!(run(project.path(), &["migrate"]).contains("1 migration applied"));
    wait_until_stopped(project.path());
}

#[test]
fn a_long_path_is_no_obstacle() {
    let project = project("SELECT 1");
    let long = project.path().join("d".repeat(60)).join("é".repeat(30));
    fs::create_dir_all(&long).unwrap();
    let mut command = command_in(project.path());
    command.env("XDG_STATE_HOME", long).arg("migrate").assert().success();
}

/// A number in a file that a killed server has left may be any process's by now.
#[test]
fn somebody_elses_postgres_is_never_signalled() {
    let (ours, theirs) = (project("CREATE TABLE a ()"), project("SELECT 1"));
    run(theirs.path(), &["server", "start"]);
    let foreign = server(theirs.path()).unwrap();
    run(ours.path(), &["migrate"]);
    wait_until_stopped(ours.path());
    for command in ["migrate", "stop"] {
        let file = state(ours.path()).join("data/postmaster.pid");
        let lines = format!("{foreign}\n{}\n1\n5432\n\n\n\nready\n", file.display());
        fs::write(&file, lines).unwrap();
        let arguments: &[&str] = if command == "stop" { &["server", "stop"] } else { &["migrate"] };
        run(ours.path(), arguments);
        assert_eq!(server(theirs.path()), Some(foreign.clone()), "after {command}");
    }
    assert!(run(theirs.path(), &["server", "psql", "-Atc", "SELECT 1"]).contains('1'));
    run(theirs.path(), &["server", "stop"]);
}

#[test]
fn two_projects_with_one_target_folder_have_a_database_each_which_a_clean_build_leaves_alone() {
    let root = project("CREATE TABLE a ()");
    let target = root.path().join("target");
    fs::create_dir(&target).unwrap();
    let migrate = |folder: &Path| {
        let mut command = command_in(root.path());
        command.current_dir(folder).env("CARGO_TARGET_DIR", &target).arg("migrate");
        let output = command.output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let other = root.path().join("other");
    add_project(&other, "CREATE TABLE a ()");
    fs::write(root.path().join("Cargo.lock"), "").unwrap();
    fs::write(other.join("Cargo.lock"), "").unwrap();
    for folder in [root.path(), &other] {
        assert!(migrate(folder).contains("1 migration applied"), "{}", folder.display());
    }
    assert_eq!(fs::read_dir(&target).unwrap().count(), 0, "nothing of it is among what is built");
    fs::remove_dir_all(&target).unwrap();
    assert!(migrate(&other).contains("nothing is pending"));
}

#[test]
fn all_servers_are_listed_and_removed() {
    let root = project("SELECT 1");
    let other = root.path().join("other");
    add_project(&other, "SELECT 1");
    fs::write(other.join("Cargo.lock"), "").unwrap();
    run(root.path(), &["migrate"]);
    command_in(root.path()).current_dir(&other).arg("migrate").assert().success();
    let other = other.canonicalize().unwrap().display().to_string();
    let listed = run(root.path(), &["server", "list"]);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    let line = listed.lines().find(|line| line.contains(&other)).unwrap();
    assert!(line.contains("PostgreSQL ") && line.contains(" MB"), "{listed}");
    fs::remove_dir_all(&other).unwrap();
    assert!(run(root.path(), &["server", "list"]).contains("gone"));
    let mut unasked = command_in(root.path());
    let unasked = unasked.args(["server", "remove", "--gone"]).output().unwrap();
    assert_eq!(unasked.status.code(), Some(2), "it asks first");
    let removed = run(root.path(), &["server", "remove", "--gone", "--yes"]);
    assert!(removed.contains(&other), "{removed}");
    assert_eq!(run(root.path(), &["server", "list"]).lines().count(), 1);
    run(root.path(), &["server", "start"]);
    run(root.path(), &["server", "remove", "--yes"]);
    assert!(states(root.path()).is_empty() && server(root.path()).is_none());
    assert!(run(root.path(), &["migrate"]).contains("1 migration applied"), "from the start");
}

#[test]
fn no_variable_of_libpqs_leads_elsewhere() {
    let project = project("CREATE TABLE a ()");
    let variables = [
        ("PGPORT", "1"),
        ("PGHOSTADDR", "127.0.0.1"),
        ("PGOPTIONS", "-c no.such=1 -c work_mem=1x"),
        ("PGDATABASE", "none"),
        ("PGUSER", "none"),
    ];
    let mut command = command_in(project.path());
    command.envs(variables).arg("migrate").assert().success();
    let mut psql = command_in(project.path());
    psql.envs(variables).args(["server", "psql", "-Atc", "SELECT current_user"]);
    psql.assert().success().stdout("postgres\n");
}

#[test]
fn a_service_leads_nowhere_either() {
    let project = project("CREATE TABLE a ()");
    let services = project.path().join("services");
    fs::write(&services, "[s]\nhostaddr=127.0.0.1\nport=1\noptions=-c work_mem=1x\n").unwrap();
    let mut command = command_in(project.path());
    command.env("PGSERVICE", "s").env("PGSERVICEFILE", services).arg("migrate");
    command.assert().success();
}

#[test]
fn psqls_exit_code_is_the_commands() {
    let project = project("SELECT 1");
    for (script, code) in [("\\q", 0), ("SELECT 1/0", 1)] {
        let mut psql = command_in(project.path());
        let output = psql.args(["server", "psql", "-c", script]).output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{output:?}");
    }
    let mut psql = command_in(project.path());
    psql.args(["server", "psql", "--database", "template1", "-Atc", "SELECT current_database()"]);
    psql.assert().success().stdout("template1\n");
}

/// An `initdb` whose command was killed goes on writing for a while.
#[test]
fn a_kill_in_the_first_start_hurts_nobody() {
    for wait in [0, 40, 150, 400, 700, 1100] {
        let project = project("CREATE TABLE a ()");
        let mut command = process_in(project.path()).arg("migrate").spawn().unwrap();
        sleep(Duration::from_millis(wait));
        command.kill().unwrap();
        command.wait().unwrap();
        let next = run(project.path(), &["migrate"]);
        assert!(
            next.contains("1 migration applied") || next.contains("nothing is pending"),
            "{next}"
        );
    }
}

/// The processes that have the pipe open to read: the shell that waits for its end.
fn watchers(project: &Path) -> Vec<String> {
    let pipe = state(project).join("run/users");
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let has_it = |process: &fs::DirEntry| {
        let shell = fs::read(process.path().join("comm")).is_ok_and(|name| name == b"sh\n");
        let files = fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        shell && files.filter_map(|file| fs::read_link(file.path()).ok()).any(|path| path == pipe)
    };
    let names = processes.filter(has_it).map(|process| process.file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

#[test]
fn a_killed_watcher_leaves_no_server_behind() {
    let project = project("SELECT pg_sleep(1)");
    let mut command = process_in(project.path()).arg("migrate").spawn().unwrap();
    wait_for("nobody watches", || {
        server(project.path()).is_some() && !watchers(project.path()).is_empty()
    });
    watchers(project.path()).iter().for_each(|watcher| kill("-9", watcher));
    assert!(command.wait().unwrap().success());
    wait_until_stopped(project.path());
}

#[test]
fn a_server_that_has_lost_all_its_watchers_is_stopped_by_the_next_command() {
    let project = project("CREATE TABLE a ()");
    run(project.path(), &["server", "start"]);
    let postgres = server(project.path()).unwrap();
    let parent = |pid: &str| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("PPid:").map(str::to_owned));
        line.unwrap_or_default().trim().to_owned()
    };
    let supervisor = parent(&postgres);
    let shells = fs::read_dir("/proc").unwrap().flatten().map(|it| it.file_name());
    let shells: Vec<_> = shells
        .map(|pid| pid.to_string_lossy().into_owned())
        .filter(|pid| parent(pid) == supervisor && *pid != postgres)
        .collect();
    kill("-9", &supervisor);
    shells.iter().for_each(|shell| kill("-9", shell));
    assert!(run(project.path(), &["migrate"]).contains("1 migration applied"));
    wait_until_stopped(project.path());
}

/// What the server's own user may change is never opened by its name in a way that follows links.
#[test]
fn no_link_is_followed_where_the_servers_user_could_have_put_one() {
    let project = project("CREATE TABLE a ()");
    run(project.path(), &["migrate"]);
    wait_until_stopped(project.path());
    let precious = project.path().join("precious");
    fs::write(&precious, "kept").unwrap();
    let run_folder = state(project.path()).join("run");
    for name in ["users", "seen.x", ".s.PGSQL.5432.lock"] {
        let _ = fs::remove_file(run_folder.join(name));
        std::os::unix::fs::symlink(&precious, run_folder.join(name)).unwrap();
    }
    let output = command_in(project.path()).arg("migrate").output().unwrap();
    assert_eq!(fs::read_to_string(&precious).unwrap(), "kept", "{output:?}");
}

/// As in a slim image: of the machine's programs there are a shell's, and coreutils'.
#[test]
fn no_program_is_needed_but_a_shell_mkfifo_and_sleep() {
    let project = project("CREATE TABLE a ()");
    let programs = project.path().join("programs");
    fs::create_dir(&programs).unwrap();
    for name in ["sh", "mkfifo", "sleep", "locale"] {
        let places = ["/bin", "/usr/bin"].map(|place| Path::new(place).join(name));
        if let Some(program) = places.iter().find(|path| path.exists()) {
            std::os::unix::fs::symlink(program, programs.join(name)).unwrap();
        }
    }
    let mut command = command_in(project.path());
    command.env("PATH", &programs).arg("migrate").assert().success();
    wait_until_stopped(project.path());
    command_in(project.path()).env("PATH", &programs).args(["server", "start"]).assert().success();
    let mut stop = command_in(project.path());
    stop.env("PATH", &programs).args(["server", "stop"]).assert().success().stdout("stopped\n");
    assert_eq!(server(project.path()), None);
}

#[test]
fn missing_programs_are_said_with_what_installs_them() {
    let project = project("SELECT 1");
    let empty = tempfile::tempdir().unwrap();
    let output = command_in(project.path())
        .env("STRATA_POSTGRES_BIN", empty.path())
        .arg("migrate")
        .output()
        .unwrap();
    // Another place may have them; the variable alone must not be an error then.
    assert!(output.status.success() || String::from_utf8_lossy(&output.stderr).contains("install"));
}
