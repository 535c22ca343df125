//! The servers of all projects: what is kept of them, and its removal.

use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::account::Accounts;
use crate::error::ServerError;
use crate::folder::{Folder, PROJECT};
use crate::project::{home, project_of, short_name};
use crate::server::end;

/// What is kept of a project's servers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// The project's folder, which may be gone.
    pub project: PathBuf,
    /// Where the data is.
    pub folder: PathBuf,
    /// PostgreSQL's major versions that the project has a server of, in order.
    pub majors: Vec<u32>,
    /// How much room it takes on disk, in bytes.
    pub bytes: u64,
    /// Whether one of the servers runs.
    pub runs: bool,
}

impl Kept {
    /// Whether the project's folder is no more.
    pub fn is_gone(&self) -> bool {
        !self.project.exists()
    }
}

/// What is kept of this user's projects, in the order of their folders.
///
/// # Errors
///
/// The state folder cannot be read.
pub fn kept() -> Result<Vec<Kept>, ServerError> {
    let accounts = Accounts::find()?;
    let mut all: Vec<_> = folders_in(&home(&accounts))?
        .iter()
        .filter_map(|states| kept_in(states, accounts))
        .collect();
    all.sort_by(|a, b| a.project.cmp(&b.project));
    Ok(all)
}

/// What is kept of the project that `start` lies in.
///
/// # Errors
///
/// There is no account that could run a server.
pub fn kept_of(start: &Path) -> Result<Option<Kept>, ServerError> {
    let accounts = Accounts::find()?;
    Ok(kept_in(&home(&accounts).join(short_name(&project_of(start))), accounts))
}

/// Stops the servers of the project that `start` lies in, whoever uses them, and says whether one
/// ran.
///
/// # Errors
///
/// A server does not stop.
pub fn stop(start: &Path) -> Result<bool, ServerError> {
    let accounts = Accounts::find()?;
    let mut ran = false;
    for state in folders_in(&home(&accounts).join(short_name(&project_of(start))))? {
        let folder = Folder::at(state, accounts);
        let _starting = folder.lock()?;
        folder.unkeep();
        ran |= end(&folder)?;
    }
    Ok(ran)
}

/// Stops the servers and removes their data.
///
/// # Errors
///
/// A server does not stop, or a file cannot be removed.
pub fn remove(kept: &Kept) -> Result<(), ServerError> {
    let accounts = Accounts::find()?;
    for state in folders_in(&kept.folder)? {
        let folder = Folder::at(state, accounts);
        // Whoever waits for the lock finds that its file is no more.
        let _starting = folder.lock()?;
        folder.unkeep();
        end(&folder)?;
        for path in [folder.run(), folder.state()] {
            if path.exists() {
                fs::remove_dir_all(path).map_err(ServerError::io("remove", path))?;
            }
        }
    }
    // Another command may be making it again.
    let _ = fs::remove_dir(&kept.folder);
    Ok(())
}

fn kept_in(states: &Path, accounts: Accounts) -> Option<Kept> {
    let folders = folders_in(states).ok()?;
    let project = folders.iter().find_map(|folder| fs::read(folder.join(PROJECT)).ok())?;
    let number = |folder: &PathBuf| folder.file_name()?.to_str()?.parse().ok();
    let mut majors: Vec<u32> = folders.iter().filter_map(number).collect();
    majors.sort_unstable();
    Some(Kept {
        project: OsString::from_vec(project).into(),
        folder: states.to_owned(),
        majors,
        bytes: size_of(states),
        runs: folders.into_iter().any(|state| Folder::at(state, accounts).is_alive()),
    })
}

/// The folders in `folder`; none where it does not exist.
fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, ServerError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(ServerError::io("read", folder))?,
    };
    let is_folder = |path: &PathBuf| fs::symlink_metadata(path).is_ok_and(|it| it.is_dir());
    Ok(entries.flatten().map(|entry| entry.path()).filter(is_folder).collect())
}

/// The room that a folder takes on disk; what vanishes or cannot be read meanwhile counts nothing.
fn size_of(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size_of(&entry.path()),
        Ok(metadata) => metadata.blocks() * 512,
        Err(_) => 0,
    });
    sizes.sum()
}
