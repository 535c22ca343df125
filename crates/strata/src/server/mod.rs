//! A private PostgreSQL, run from the machine's own programs, for those who have none running.
//!
//! It listens on a Unix socket in a folder that only its user may enter, and on no network
//! address. Whoever uses it holds a named pipe open; the server stops when the last one lets go,
//! by whatever death, so that commands can share it and none can leave it behind.

mod folder;
mod process;
mod programs;

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
#[cfg(feature = "testing")]
use std::process::Stdio;
use std::time::{Duration, Instant};

use folder::Folder;
use process::{Process, stop_process};
use programs::Programs;

/// The database that a new server comes with.
pub const DATABASE: &str = "dev";

/// How long a server may take to start or to stop; a start may have to recover first.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a watcher may take from the end of its last user to closing the pipe.
const SETTLING: Duration = Duration::from_millis(5);

/// Why there is no private server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// PostgreSQL's programs are not on this machine.
    #[error(
        "no database URL was given, and PostgreSQL's programs (initdb, postgres) are not on this \
         machine to run a private server; install them with\n\n    {install}\n\nor set \
         DATABASE_URL, or name the programs' folder in STRATA_POSTGRES_BIN"
    )]
    NoPrograms {
        /// The command that installs them here.
        install: &'static str,
    },
    /// A file or folder of the server's cannot be used.
    #[error("cannot {doing} {}", path.display())]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// A folder that the server's socket needs belongs to somebody else.
    #[error(
        "{} belongs to another user, or lets others in; remove it, or work in a folder with a \
         shorter path",
        path.display()
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// A program of PostgreSQL's failed.
    #[error("{program} failed:\n{output}")]
    Failed {
        /// Which.
        program: String,
        /// The end of what it printed.
        output: String,
    },
    /// The server did not become ready, or did not stop.
    #[error("the private server did not {what} within a minute; its log is {}", log.display())]
    Slow {
        /// `start` or `stop`.
        what: &'static str,
        /// Its log.
        log: PathBuf,
    },
}

impl ServerError {
    fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }
}

/// A private server that runs at least as long as this value lives.
#[derive(Debug)]
pub struct Server {
    folder: Folder,
    /// The pipe that keeps it running; none for a server that was told to stay.
    #[cfg_attr(not(feature = "testing"), expect(dead_code, reason = "held open, not used"))]
    user: Option<File>,
}

impl Server {
    /// The server of the project that `start` lies in: started where it does not run, made where
    /// there is none. Its data stays in the project's `target` between runs.
    ///
    /// # Errors
    ///
    /// PostgreSQL's programs are missing or fail, or the project's `target` cannot be written.
    pub fn attach(start: &Path) -> Result<Self, ServerError> {
        let programs = Programs::find()?;
        let folder = Folder::of_project(start, programs.major)?;
        let starting = folder.lock()?;
        let begun = Instant::now();
        let user = loop {
            if folder.is_kept() && Process::ready(&folder).is_some() {
                break None;
            }
            let user = match folder.open_pipe()? {
                Some(user) => user,
                None => start_server(&programs, &folder)?,
            };
            wait_until("start", &folder, begun, || Process::ready(&folder).is_some())?;
            // Whoever used it last may have let go just before we took hold: then the watcher is
            // about to close the pipe.
            std::thread::sleep(SETTLING);
            if folder.open_pipe()?.is_some() {
                break Some(user);
            }
        };
        drop(starting);
        Ok(Self { folder, user })
    }

    /// Lets the server run on for so long, if nobody else uses it: the next process of a test run
    /// does not have to start it again.
    ///
    /// # Errors
    ///
    /// The program `sleep` cannot be run.
    #[cfg(feature = "testing")]
    pub(crate) fn linger(&self, seconds: u32) -> Result<(), ServerError> {
        let mut sleep = std::process::Command::new("sleep");
        // Its input is the pipe, which it holds by that.
        sleep
            .arg(seconds.to_string())
            .stdin(self.hold())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        sleep.spawn().map(drop).map_err(ServerError::io("run", Path::new("sleep")))
    }

    /// What a process has to have open to keep the server running; nothing where it stays anyway.
    #[cfg(feature = "testing")]
    pub(crate) fn hold(&self) -> Stdio {
        let pipe = self.user.as_ref().and_then(|user| user.try_clone().ok());
        pipe.map_or_else(Stdio::null, Stdio::from)
    }

    /// A connection URL for the database `name` on this server.
    pub fn url_of(&self, name: &str) -> String {
        self.folder.url(name)
    }

    /// The folder that its socket is in.
    pub fn folder(&self) -> &Path {
        self.folder.run()
    }

    /// A connection URL for [`DATABASE`].
    pub fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    /// Lets the server run on when the last user has gone, until [`Server::stop`].
    ///
    /// # Errors
    ///
    /// The server's folder cannot be written.
    pub fn keep(&self) -> Result<(), ServerError> {
        self.folder.keep()
    }

    /// Stops the server of the project that `start` lies in, whoever uses it, and says whether it
    /// ran.
    ///
    /// # Errors
    ///
    /// PostgreSQL's programs are missing, or the server does not stop.
    pub fn stop(start: &Path) -> Result<bool, ServerError> {
        let folder = Folder::of_project(start, Programs::find()?.major)?;
        let _starting = folder.lock()?;
        folder.unkeep();
        let Some(process) = Process::of(&folder) else {
            return Ok(false);
        };
        end(&process, &folder)?;
        Ok(true)
    }

    /// The program `name` of PostgreSQL's, such as `psql`.
    ///
    /// # Errors
    ///
    /// PostgreSQL's programs are missing.
    pub fn program(name: &str) -> Result<PathBuf, ServerError> {
        Ok(Programs::find()?.path(name))
    }
}

fn start_server(programs: &Programs, folder: &Folder) -> Result<File, ServerError> {
    folder.unkeep();
    if let Some(process) = Process::of(folder) {
        // It is stopping, or its watcher was killed.
        end(&process, folder)?;
    }
    process::sweep(folder);
    if !folder.data().exists() {
        process::initialise(programs, folder)?;
    }
    // Open to read as well, so that to open it does not wait for the watcher.
    let pipe = folder.pipe();
    let user = OpenOptions::new().read(true).write(true).open(&pipe);
    let user = user.map_err(ServerError::io("open", &pipe))?;
    let mut child = process::spawn(programs, folder)?;
    let mut died = || child.try_wait().is_ok_and(|status| status.is_some());
    wait_until("start", folder, Instant::now(), || Process::ready(folder).is_some() || died())?;
    if died() {
        let output = fs::read_to_string(folder.log()).unwrap_or_default();
        return Err(ServerError::Failed { program: "postgres".to_owned(), output: tail(&output) });
    }
    Ok(user)
}

fn end(process: &Process, folder: &Folder) -> Result<(), ServerError> {
    stop_process(process);
    wait_until("stop", folder, Instant::now(), || Process::of(folder).is_none())
}

fn wait_until(
    what: &'static str,
    folder: &Folder,
    begun: Instant,
    mut done: impl FnMut() -> bool,
) -> Result<(), ServerError> {
    while !done() {
        if begun.elapsed() > PATIENCE {
            return Err(ServerError::Slow { what, log: folder.log() });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}

/// The last lines of what a program printed.
fn tail(output: &str) -> String {
    let lines: Vec<_> = output.trim_end().lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// `O_NONBLOCK`, so that to open a pipe that nobody reads fails at once.
#[cfg(any(target_os = "linux", target_os = "android"))]
const O_NONBLOCK: i32 = 0o4000;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const O_NONBLOCK: i32 = 0x0004;

fn open_to_write(pipe: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).custom_flags(O_NONBLOCK).open(pipe)
}
