//! The server of a project: started where it does not run, stopped with its last user.
//!
//! It listens on a Unix socket in a folder that only its user may enter, and on no network
//! address. Whoever uses it holds a named pipe open; the server stops when the last one lets go,
//! by whatever death, so that commands can share it and none can leave it behind.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::cluster::{failed, initialise, run};
use crate::error::ServerError;
use crate::folder::{Folder, is_unread};
use crate::process::{self, DATABASE, as_server, interrupt, is_ready};
use crate::programs::Programs;
use crate::url::url;

/// How long a server may take to start or to stop; a start may have to recover first.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a watcher may take from one reading of the pipe to the next.
const SETTLING: Duration = Duration::from_secs(2);

/// A private server that runs at least as long as this value lives.
#[derive(Debug)]
pub struct Server {
    folder: Folder,
    programs: Programs,
    /// The pipe that keeps it running.
    user: File,
}

impl Server {
    /// The server of the project that `start` lies in: started where it does not run, made where
    /// there is none. Its data stays in the user's state folder between runs.
    ///
    /// # Errors
    ///
    /// PostgreSQL's programs are missing or fail, or the state folder cannot be written.
    pub fn attach(start: &Path) -> Result<Self, ServerError> {
        let programs = Programs::find()?;
        let folder = Folder::of_project(start, programs.major)?;
        let starting = folder.lock()?;
        let user = match take_hold(&folder)? {
            Some(user) => user,
            None => start_server(&programs, &folder)?,
        };
        drop(starting);
        Ok(Self { folder, programs, user })
    }

    /// Lets the server run on for so long, if nobody else uses it: the next process of a test run
    /// does not have to start it again.
    ///
    /// # Errors
    ///
    /// The program `sleep` cannot be run.
    pub fn linger(&self, seconds: u32) -> Result<(), ServerError> {
        let mut sleep = Command::new("sleep");
        // Its input is the pipe, which it holds by that.
        sleep.arg(seconds.to_string()).stdin(self.hold());
        sleep.stdout(Stdio::null()).stderr(Stdio::null());
        sleep.spawn().map(drop).map_err(ServerError::io("run", Path::new("sleep")))
    }

    /// What a process has to have open to keep the server running.
    pub fn hold(&self) -> Stdio {
        self.user.try_clone().map_or_else(|_| Stdio::null(), Stdio::from)
    }

    /// A connection URL for the database `name` on this server.
    pub fn url_of(&self, name: &str) -> String {
        url(self.folder.run(), name)
    }

    /// The folder that its data is in.
    pub fn folder(&self) -> &Path {
        self.folder.state()
    }

    /// A connection URL for [`DATABASE`].
    pub fn url(&self) -> String {
        self.url_of(DATABASE)
    }

    /// Lets the server run on when the last user has gone, until it is stopped.
    ///
    /// # Errors
    ///
    /// The server's folder cannot be written.
    pub fn keep(&self) -> Result<(), ServerError> {
        self.folder.keep()
    }

    /// The program `name` of PostgreSQL's, such as `psql`, set up to know of no other server; of
    /// another version where this server's programs do not have it.
    ///
    /// # Errors
    ///
    /// It is not on this machine.
    pub fn client(&self, name: &str) -> Result<Command, ServerError> {
        let mut command = Command::new(self.program(name)?);
        process::forget_servers(&mut command);
        Ok(command)
    }

    /// Where the program `name` of PostgreSQL's is.
    ///
    /// # Errors
    ///
    /// It is not on this machine.
    pub fn program(&self, name: &str) -> Result<PathBuf, ServerError> {
        self.programs.client(name)
    }
}

/// A hold on the server that runs; none where it has to be started.
fn take_hold(folder: &Folder) -> Result<Option<File>, ServerError> {
    let begun = Instant::now();
    loop {
        if let Some(mut user) = folder.open_pipe()?
            && greet(&mut user, folder)?
        {
            wait_until("start", folder, || is_ready(folder) || !folder.is_alive())?;
            return Ok(is_ready(folder).then_some(user));
        }
        // The watcher of a server that is kept opens the pipe again at once.
        if !folder.is_kept() || !folder.is_alive() || begun.elapsed() > SETTLING {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Makes sure that the pipe's reader counts us: whoever used the server last may have let go just
/// before we took hold, and the watcher be about to stop it.
fn greet(user: &mut File, folder: &Folder) -> Result<bool, ServerError> {
    let token = token();
    let seen = folder.run().join(format!("seen.{token}"));
    match writeln!(user, "{token}") {
        Err(error) if is_unread(&error) => return Ok(false),
        written => written.map_err(ServerError::io("write to", &folder.pipe()))?,
    }
    let begun = Instant::now();
    let mut gone = false;
    while !seen.exists() && !gone {
        gone = begun.elapsed() > PATIENCE || folder.open_pipe()?.is_none() || !folder.is_alive();
        std::thread::sleep(Duration::from_micros(300));
    }
    // It is not there if the reader has gone.
    Ok(fs::remove_file(&seen).is_ok())
}

/// A word that nobody else uses.
fn token() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{}-{}-{count}", std::process::id(), now.as_nanos())
}

fn start_server(programs: &Programs, folder: &Folder) -> Result<File, ServerError> {
    folder.unkeep();
    // It is stopping, or has lost its watchers, or is still being made for a command that was
    // killed.
    end(folder)?;
    process::sweep(folder);
    let log = folder.new_log()?;
    if !folder.data().exists() {
        initialise(programs, folder, &log)?;
    }
    let pipe = folder.pipe();
    run(as_server(Path::new("mkfifo"), folder).args(["-m", "600"]).arg(&pipe), "", folder, &log)?;
    let first = folder.open_both_ends()?;
    let mut child = process::spawn(programs, folder, &log)?;
    drop(log);
    let mut died = || child.try_wait().is_ok_and(|status| status.is_some());
    wait_until("start", folder, || is_ready(folder) || died())?;
    match take_hold(folder)? {
        Some(user) => {
            drop(first);
            Ok(user)
        }
        None => Err(failed("postgres".to_owned(), folder)),
    }
}

/// Stops the server, if it runs, and says whether it did.
pub(crate) fn end(folder: &Folder) -> Result<bool, ServerError> {
    if !folder.is_alive() {
        return Ok(false);
    }
    let told = folder.open_pipe()?.is_some_and(|mut pipe| writeln!(pipe, "stop").is_ok());
    if !told {
        interrupt(folder);
    }
    wait_until("stop", folder, || !folder.is_alive())?;
    Ok(true)
}

fn wait_until(
    what: &'static str,
    folder: &Folder,
    mut done: impl FnMut() -> bool,
) -> Result<(), ServerError> {
    let begun = Instant::now();
    while !done() {
        if begun.elapsed() > PATIENCE {
            return Err(ServerError::Slow { what, log: folder.log() });
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Ok(())
}
