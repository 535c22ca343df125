//! The server of a project: started where it does not run, stopped with its last user.
//!
//! It listens on a Unix socket in a folder that only its user may enter, and on no network
//! address. Whoever uses it holds a named pipe open; the server stops when the last one lets go,
//! by whatever death, so that commands can share it and none can leave it behind.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::error::ServerError;
use crate::folder::Folder;
use crate::process::{self, DATABASE, Process, stop_process};
use crate::programs::{Programs, tail};

/// How long a server may take to start or to stop; a start may have to recover first.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a watcher may take from the end of its last user to closing the pipe.
const SETTLING: Duration = Duration::from_millis(5);

/// A private server that runs at least as long as this value lives.
#[derive(Debug)]
pub struct Server {
    folder: Folder,
    /// The pipe that keeps it running; none for a server that was told to stay.
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
    pub fn linger(&self, seconds: u32) -> Result<(), ServerError> {
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
    pub fn hold(&self) -> Stdio {
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
