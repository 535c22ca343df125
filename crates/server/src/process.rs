//! The processes of a private server.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::error::ServerError;
use crate::folder::Folder;
use crate::programs::{Programs, output_of, tail};

/// Runs the server, and a watcher that stops it once nobody holds the pipe: `read` returns when
/// its last writer has gone. In a group of its own, so that Ctrl-C in a terminal leaves it to us.
const SUPERVISOR: &str = r#"
"$@" &
server=$!
{ read -r _ < "$PIPE"; [ -e "$KEPT" ] || kill -INT "$server"; } &
watcher=$!
wait "$server"
status=$?
kill "$watcher" 2>/dev/null
exit "$status"
"#;

/// Nothing of it needs to survive a crash of the machine, and speed is what it is for.
const SETTINGS: [&str; 8] = [
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=200",
    "max_wal_size=4GB",
    "log_min_messages=warning",
    "unix_socket_permissions=0700",
];

/// The database that a new server comes with.
pub const DATABASE: &str = "dev";

/// A server that runs.
#[derive(Debug)]
pub(super) struct Process {
    pid: u32,
}

impl Process {
    /// The server that its pid file names, if that process is one.
    pub(super) fn of(folder: &Folder) -> Option<Self> {
        let (pid, _) = pid_file(folder)?;
        is_postgres(pid).then_some(Self { pid })
    }

    /// The server, once it takes connections.
    pub(super) fn ready(folder: &Folder) -> Option<Self> {
        let (pid, status) = pid_file(folder)?;
        (status == "ready" && is_postgres(pid)).then_some(Self { pid })
    }
}

/// The process number and the state in the server's pid file: its first and its eighth line.
fn pid_file(folder: &Folder) -> Option<(u32, String)> {
    let text = fs::read_to_string(folder.data().join("postmaster.pid")).ok()?;
    let mut lines = text.lines();
    let pid = lines.next()?.trim().parse().ok()?;
    Some((pid, lines.nth(6).unwrap_or_default().trim().to_owned()))
}

/// Whether the process is PostgreSQL's: its number may have been given to another one since.
fn is_postgres(pid: u32) -> bool {
    if Path::new("/proc/self").exists() {
        let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        return String::from_utf8_lossy(&command).contains("postgres");
    }
    let asked = output_of(Command::new("ps").args(["-o", "command=", "-p", &pid.to_string()]));
    asked.is_some_and(|command| command.contains("postgres"))
}

/// Tells the server to end its sessions and stop.
pub(super) fn stop_process(process: &Process) {
    // Fails only if it has stopped already.
    let _ = output_of(Command::new("kill").args(["-INT", &process.pid.to_string()]));
}

/// Removes what a server that was killed has left behind.
pub(super) fn sweep(folder: &Folder) {
    let socket_lock = folder.socket().with_extension("5432.lock");
    for path in [folder.data().join("postmaster.pid"), folder.socket(), socket_lock] {
        // Mostly there is nothing.
        let _ = fs::remove_file(path);
    }
}

/// Makes the server's data folder, whole or not at all.
pub(super) fn initialise(programs: &Programs, folder: &Folder) -> Result<(), ServerError> {
    let unfinished = folder.data().with_extension("new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(ServerError::io("remove", &unfinished))?;
    }
    let mut initdb = as_server(&programs.path("initdb"), folder);
    initdb.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"]);
    initdb.args(["--no-sync", "--no-instructions", "--pgdata"]).arg(&unfinished);
    run(&mut initdb, "")?;
    let mut single = as_server(&programs.path("postgres"), folder);
    single.args(["--single", "-F", "-j", "-D"]).arg(&unfinished).arg("postgres");
    run(&mut single, &format!("CREATE DATABASE {DATABASE};\n\n"))?;
    let pipe = folder.pipe();
    if !pipe.exists() {
        run(as_server(Path::new("mkfifo"), folder).args(["-m", "600"]).arg(&pipe), "")?;
    }
    let data = folder.data();
    fs::rename(&unfinished, &data).map_err(ServerError::io("rename", &unfinished))
}

/// Starts the server and its watcher.
pub(super) fn spawn(programs: &Programs, folder: &Folder) -> Result<Child, ServerError> {
    let log = File::create(folder.log()).map_err(ServerError::io("create", &folder.log()))?;
    let errors = log.try_clone().map_err(ServerError::io("open", &folder.log()))?;
    let mut command = as_server(Path::new("sh"), folder);
    command.env("PIPE", folder.pipe()).env("KEPT", folder.kept());
    command.args(["-c", SUPERVISOR, "strata"]).arg(programs.path("postgres"));
    command.arg("-D").arg(folder.data()).arg("-k").arg(folder.run());
    command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
    command.stdin(Stdio::null()).stdout(log).stderr(errors).process_group(0);
    command.spawn().map_err(ServerError::io("run", Path::new("sh")))
}

/// `program` as the server's user, in a folder that it may read, and without settings that are
/// meant for other servers.
fn as_server(program: &Path, folder: &Folder) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder.state());
    if let Some(account) = folder.account {
        // The standard library drops the other groups with root's.
        command.uid(account.user).gid(account.group);
    }
    let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG"));
    for (name, _) in ours {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C");
    command
}

fn run(command: &mut Command, input: &str) -> Result<(), ServerError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let fail = |source| ServerError::io("run", Path::new(&program))(source);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().map_err(fail)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading says why in its output.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().map_err(ServerError::io("run", Path::new(&program)))?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    Err(ServerError::Failed { program, output: tail(&String::from_utf8_lossy(&printed)) })
}
