//! Where the server of one project and major version keeps its data, its socket and its log.
//!
//! What lies directly in the state folder is whoever asks, and only there are files opened by
//! their names; the server's own user, if it is another one, owns two folders in it and could put
//! links there.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::account::Accounts;
use crate::error::ServerError;
use crate::project::{home, project_of, short_name};

/// A socket's path may have 107 bytes, on macOS 103, and its name takes 15 of them.
const LONGEST_SOCKET_FOLDER: usize = 85;

/// The folders of one server.
#[derive(Debug)]
pub(crate) struct Folder {
    state: PathBuf,
    run: PathBuf,
    /// Whose server it is; none where its folders are not to be made.
    project: Option<PathBuf>,
    pub accounts: Accounts,
}

impl Folder {
    /// The folders of the server of the project that `start` lies in, made where they are not.
    pub(crate) fn of_project(start: &Path, major: u32) -> Result<Self, ServerError> {
        let accounts = Accounts::find()?;
        let project = project_of(start);
        let all = home(&accounts);
        fs::create_dir_all(&all)
            .map_err(|source| ServerError::Home { path: all.clone(), source })?;
        let state = all.join(short_name(&project)).join(major.to_string());
        let folder = Self { project: Some(project), ..Self::at(state, accounts) };
        folder.make()?;
        Ok(folder)
    }

    /// The folders of the server whose state is in `state`, made or not.
    pub(crate) fn at(state: PathBuf, accounts: Accounts) -> Self {
        let run = match state.as_os_str().len() + "/run".len() > LONGEST_SOCKET_FOLDER {
            true => {
                Path::new("/tmp").join(format!("strata-{}-{}", accounts.us, short_name(&state)))
            }
            false => state.join("run"),
        };
        Self { state, run, project: None, accounts }
    }

    fn make(&self) -> Result<(), ServerError> {
        let Some(project) = &self.project else { return Ok(()) };
        for path in self.state.parent().into_iter().chain([&*self.state]) {
            self.make_ours(path)?;
        }
        let name = self.state.join(PROJECT);
        if !name.exists() {
            fs::write(&name, project.as_os_str().as_encoded_bytes())
                .map_err(ServerError::io("write", &name))?;
        }
        self.make_servers(&self.run)
    }

    /// Makes a folder that only we may change; the server's user may pass through it.
    fn make_ours(&self, path: &Path) -> Result<(), ServerError> {
        let mode = if self.accounts.are_root() { 0o711 } else { 0o700 };
        create(path, mode)?;
        self.check(path, self.accounts.us, 0o66)
    }

    /// Makes a folder that only the server's user may enter.
    pub(crate) fn make_servers(&self, path: &Path) -> Result<(), ServerError> {
        create(path, 0o700)?;
        // Another command may be making it at this moment, and not have handed it over.
        if let Some(account) = self.accounts.other.filter(|_| owner_of(path) == Some(0)) {
            chown(path, Some(account.user), Some(account.group))
                .map_err(ServerError::io("hand over", path))?;
        }
        self.check(path, self.accounts.servers(), 0o77)
    }

    fn check(&self, path: &Path, owner: u32, closed: u32) -> Result<(), ServerError> {
        let metadata = fs::symlink_metadata(path).map_err(ServerError::io("look at", path))?;
        let ours = metadata.is_dir() && metadata.uid() == owner && metadata.mode() & closed == 0;
        if ours { Ok(()) } else { Err(ServerError::NotOurs { path: path.to_owned() }) }
    }

    /// Holds other commands off while one of them starts, stops or removes the server.
    pub(crate) fn lock(&self) -> Result<File, ServerError> {
        let path = self.state.join("lock");
        loop {
            self.make()?;
            let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
            let file = file.map_err(ServerError::io("open", &path))?;
            file.lock().map_err(ServerError::io("lock", &path))?;
            // It may have been removed, with all the folder, while we waited for it.
            if is_same(&file, &path) {
                return Ok(file);
            }
        }
    }

    pub(crate) fn state(&self) -> &Path {
        &self.state
    }

    pub(crate) fn run(&self) -> &Path {
        &self.run
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.state.join("data")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.state.join("log")
    }

    pub(crate) fn pipe(&self) -> PathBuf {
        self.run.join("users")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.run.join(".s.PGSQL.5432")
    }

    /// A new log, locked. Every process of the server has it open, and by that its lock: it is
    /// free when the last of them has ended, in whatever container it ran.
    pub(crate) fn new_log(&self) -> Result<File, ServerError> {
        let path = self.log();
        // It may not be there.
        let _ = fs::remove_file(&path);
        let log = OpenOptions::new().create_new(true).append(true).mode(0o600).open(&path);
        let log = log.map_err(ServerError::io("create", &path))?;
        log.lock().map_err(ServerError::io("lock", &path))?;
        Ok(log)
    }

    /// Whether any process of the server lives, were it one that still makes its data folder.
    pub(crate) fn is_alive(&self) -> bool {
        let log = OpenOptions::new().append(true).open(self.log());
        log.is_ok_and(|log| matches!(log.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// The new pipe, open to read as well, so that to open it does not wait for a reader.
    pub(crate) fn open_both_ends(&self) -> Result<File, ServerError> {
        let flags = OFlags::NOFOLLOW.bits().cast_signed();
        let pipe = self.pipe();
        let opened = OpenOptions::new().read(true).write(true).custom_flags(flags).open(&pipe);
        opened.map_err(ServerError::io("open", &pipe))
    }

    /// Our end of the pipe; none where nobody reads it, since no server runs.
    pub(crate) fn open_pipe(&self) -> Result<Option<File>, ServerError> {
        use std::os::unix::fs::FileTypeExt;

        let pipe = self.pipe();
        // To open a pipe that nobody reads fails at once.
        let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW).bits().cast_signed();
        let opened = OpenOptions::new().write(true).custom_flags(flags).open(&pipe);
        match opened {
            Ok(file) if file.metadata().is_ok_and(|it| it.file_type().is_fifo()) => Ok(Some(file)),
            Ok(_) => Err(ServerError::NotOurs { path: pipe }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if is_unread(&error) => Ok(None),
            Err(error) => Err(ServerError::io("open", &pipe)(error)),
        }
    }

    pub(crate) fn keep(&self) -> Result<(), ServerError> {
        let path = self.kept();
        File::create(&path).map_err(ServerError::io("create", &path))?;
        // The watcher looks for it as the server's user.
        fs::set_permissions(&path, Permissions::from_mode(0o644))
            .map_err(ServerError::io("open up", &path))
    }

    pub(crate) fn is_kept(&self) -> bool {
        self.kept().exists()
    }

    pub(crate) fn unkeep(&self) {
        // It may not be there, which is as well.
        let _ = fs::remove_file(self.kept());
    }

    pub(crate) fn kept(&self) -> PathBuf {
        self.state.join("keep")
    }
}

/// The file that tells whose state a folder holds.
pub(crate) const PROJECT: &str = "project";

fn create(path: &Path, mode: u32) -> Result<(), ServerError> {
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(ServerError::io("create", path)(error))
        }
        _ => Ok(()),
    }
}

fn owner_of(path: &Path) -> Option<u32> {
    fs::symlink_metadata(path).ok().map(|metadata| metadata.uid())
}

fn is_same(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), fs::metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}

/// Whether a pipe could not be opened, or written to, since nobody has it open to read.
pub(crate) fn is_unread(error: &io::Error) -> bool {
    let number = error.raw_os_error();
    [rustix::io::Errno::NXIO, rustix::io::Errno::PIPE]
        .iter()
        .any(|unread| number == Some(unread.raw_os_error()))
}
