//! The processes of a private server.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::fs::OFlags;
use rustix::process::{Pid, Signal, kill_process};

use crate::error::ServerError;
use crate::folder::Folder;
use crate::programs::{Programs, output_of};

const SUPERVISOR: &str = include_str!("watch.sh");

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

/// Whether the server takes connections.
pub(crate) fn is_ready(folder: &Folder) -> bool {
    folder.is_alive() && pid_file(folder).is_some_and(|(_, status)| status == "ready")
}

/// Has the server end its sessions and stop, where its watchers cannot do it any more.
pub(crate) fn interrupt(folder: &Folder) {
    let Some((pid, _)) = pid_file(folder) else { return };
    if runs_in(pid, folder) {
        // Fails only if it has stopped already.
        let _ = kill_process(pid, Signal::INT);
    }
}

/// The process number and the state in the server's pid file: its first and its eighth line.
fn pid_file(folder: &Folder) -> Option<(Pid, String)> {
    let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed();
    let path = folder.data().join("postmaster.pid");
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path).ok()?;
    let mut text = String::new();
    file.take(4096).read_to_string(&mut text).ok()?;
    let mut lines = text.lines();
    let pid = Pid::from_raw(lines.next()?.trim().parse().ok()?)?;
    Some((pid, lines.nth(6).unwrap_or_default().trim().to_owned()))
}

/// Whether the process is this server's: a number outlives its process, in a file that a killed
/// server has left, and is given to another one. A server works in its data folder.
fn runs_in(pid: Pid, folder: &Folder) -> bool {
    let pid = pid.as_raw_nonzero();
    if Path::new("/proc/self/cwd").exists() {
        let works_in = fs::metadata(format!("/proc/{pid}/cwd"));
        let data = fs::metadata(folder.data());
        let place = |metadata: &Metadata| (metadata.dev(), metadata.ino());
        return works_in
            .is_ok_and(|works_in| data.is_ok_and(|data| place(&works_in) == place(&data)));
    }
    let command =
        output_of(Command::new("ps").args(["-ww", "-o", "command=", "-p", &pid.to_string()]));
    let ours = format!("-D {} ", folder.data().display());
    command.is_some_and(|command| command.contains(&ours))
}

/// Removes what a server that was killed has left behind.
pub(crate) fn sweep(folder: &Folder) {
    let socket_lock = folder.socket().with_extension("5432.lock");
    let pid = folder.data().join("postmaster.pid");
    let entries = fs::read_dir(folder.run()).into_iter().flatten().flatten();
    let seen = entries.filter(|it| it.file_name().as_encoded_bytes().starts_with(b"seen."));
    let left = [pid, folder.socket(), socket_lock, folder.pipe()];
    for path in left.into_iter().chain(seen.map(|entry| entry.path())) {
        // Mostly there is nothing.
        let _ = fs::remove_file(path);
    }
}

/// Starts the server and its watchers, which have `log` open as long as they live.
pub(crate) fn spawn(
    programs: &Programs,
    folder: &Folder,
    log: &File,
) -> Result<Child, ServerError> {
    let fail = |source| ServerError::io("run", Path::new("sh"))(source);
    let [out, errors] = [log.try_clone(), log.try_clone()];
    let mut command = as_server(Path::new("sh"), folder);
    command.env("PIPE", folder.pipe()).env("RUN", folder.run()).env("KEPT", folder.kept());
    command.args(["-c", SUPERVISOR, "strata"]).arg(programs.path("postgres"));
    command.arg("-D").arg(folder.data()).arg("-k").arg(folder.run());
    command.args(SETTINGS.iter().flat_map(|setting| ["-c", setting]));
    // In a group of its own, so that Ctrl-C in a terminal leaves it to us.
    command.stdin(Stdio::null()).process_group(0);
    command.stdout(out.map_err(fail)?).stderr(errors.map_err(fail)?);
    command.spawn().map_err(fail)
}

/// `program` as the server's user, in a folder that it may read, and without settings that are
/// meant for other servers.
pub(crate) fn as_server(program: &Path, folder: &Folder) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder.run());
    if let Some(account) = folder.accounts.other {
        // The standard library drops the other groups with root's.
        command.uid(account.user).gid(account.group);
    }
    forget_servers(&mut command);
    command.env("LC_ALL", "C");
    command
}

/// Takes away what libpq and PostgreSQL would believe of other servers.
pub(crate) fn forget_servers(command: &mut Command) {
    let theirs = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG"));
    for (name, _) in theirs {
        command.env_remove(name);
    }
}
