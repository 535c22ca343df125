//! Where a private server keeps its data, its socket and its log.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::ServerError;
use crate::programs::output_of;

/// A socket's path may have 107 bytes, on macOS 103, and its name takes 15 of them.
const LONGEST_SOCKET_FOLDER: usize = 85;

/// Whom the server runs as, where that is not whoever asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Account {
    pub user: u32,
    pub group: u32,
}

/// The folders of one project's server.
#[derive(Debug)]
pub(super) struct Folder {
    state: PathBuf,
    run: PathBuf,
    major: u32,
    /// Who asks.
    us: u32,
    /// Whom the server runs as; none where it runs as us.
    pub account: Option<Account>,
}

impl Folder {
    /// The folders of the server of the project that `start` lies in, made where they are not.
    pub(super) fn of_project(start: &Path, major: u32) -> Result<Self, ServerError> {
        let project = project_of(start);
        let target = target_of(&project);
        fs::create_dir_all(&target).map_err(ServerError::io("create", &target))?;
        let us = owner_of(&probe(&target)?)?;
        let account = if us == 0 { Some(unprivileged()?) } else { None };
        let state = match account {
            Some(account) if !may_enter(account, &target) => {
                Path::new("/var/lib/diesel-strata").join(short_name(&project))
            }
            _ => target.join("strata"),
        };
        let run = match state.as_os_str().len() + "/run".len() > LONGEST_SOCKET_FOLDER {
            true => Path::new("/tmp").join(format!("strata-{us}-{}", short_name(&state))),
            false => state.join("run"),
        };
        let folder = Self { state, run, major, us, account };
        folder.make()?;
        Ok(folder)
    }

    fn make(&self) -> Result<(), ServerError> {
        if let Some(parent) = self.state.parent() {
            fs::create_dir_all(parent).map_err(ServerError::io("create", parent))?;
        }
        for path in [&self.state, &self.run] {
            match DirBuilder::new().mode(0o700).create(path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(ServerError::io("create", path)(error));
                }
                // Another command may be making it at this moment, and not have handed it over.
                _ => self.own(path)?,
            }
        }
        Ok(())
    }

    /// Sees to it that the folder is the server's user's and nobody else's.
    fn own(&self, path: &Path) -> Result<(), ServerError> {
        let look = || fs::symlink_metadata(path).map_err(ServerError::io("look at", path));
        let mut metadata = look()?;
        if let Some(Account { user, group }) = self.account.filter(|_| metadata.uid() == 0) {
            chown(path, Some(user), Some(group)).map_err(ServerError::io("hand over", path))?;
            metadata = look()?;
        }
        let owner = self.account.map_or(self.us, |account| account.user);
        let ours = metadata.is_dir() && metadata.uid() == owner && metadata.mode() & 0o77 == 0;
        if ours { Ok(()) } else { Err(ServerError::NotOurs { path: path.to_owned() }) }
    }

    /// Holds other commands off while one of them starts or stops the server.
    pub(super) fn lock(&self) -> Result<File, ServerError> {
        let path = self.state.join("lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(ServerError::io("open", &path))?;
        file.lock().map_err(ServerError::io("lock", &path))?;
        Ok(file)
    }

    pub(super) fn state(&self) -> &Path {
        &self.state
    }

    pub(super) fn run(&self) -> &Path {
        &self.run
    }

    pub(super) fn data(&self) -> PathBuf {
        self.state.join(format!("pg{}", self.major))
    }

    pub(super) fn log(&self) -> PathBuf {
        self.state.join("log")
    }

    pub(super) fn pipe(&self) -> PathBuf {
        self.run.join("users")
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.run.join(".s.PGSQL.5432")
    }

    /// Our end of the pipe; none where nobody reads it, since no server runs.
    pub(super) fn open_pipe(&self) -> Result<Option<File>, ServerError> {
        let pipe = self.pipe();
        match open_to_write(&pipe) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            // ENXIO, the same number everywhere.
            Err(error) if error.raw_os_error() == Some(6) => Ok(None),
            Err(error) => Err(ServerError::io("open", &pipe)(error)),
        }
    }

    pub(super) fn keep(&self) -> Result<(), ServerError> {
        let path = self.kept();
        File::create(&path).map_err(ServerError::io("create", &path))?;
        // The watcher looks for it as the server's user.
        fs::set_permissions(&path, Permissions::from_mode(0o644))
            .map_err(ServerError::io("open up", &path))
    }

    pub(super) fn is_kept(&self) -> bool {
        self.kept().exists()
    }

    pub(super) fn unkeep(&self) {
        // It may not be there, which is as well.
        let _ = fs::remove_file(self.kept());
    }

    pub(super) fn kept(&self) -> PathBuf {
        self.run.join("keep")
    }

    pub(super) fn url(&self, database: &str) -> String {
        let host = escape(&self.run.to_string_lossy());
        format!("postgresql:///{}?host={host}&user=postgres", escape(database))
    }
}

/// The root of the Cargo workspace that `start` lies in: the nearest folder above with a lock
/// file, else with a manifest; else `start` itself.
fn project_of(start: &Path) -> PathBuf {
    let start = fs::canonicalize(start).unwrap_or_else(|_| start.to_owned());
    let holds = |file: &str| start.ancestors().find(|folder| folder.join(file).is_file());
    holds("Cargo.lock").or_else(|| holds("Cargo.toml")).unwrap_or(&start).to_owned()
}

/// The build folder of a Cargo project; of another project a folder of the user's, since nothing
/// there is sure to be ignored by its version control.
fn target_of(project: &Path) -> PathBuf {
    if let Some(target) = std::env::var_os("CARGO_TARGET_DIR") {
        return project.join(target);
    }
    if project.join("Cargo.toml").is_file() {
        return project.join("target");
    }
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_else(std::env::temp_dir);
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.unwrap_or_else(|| home.join(".local/state"));
    state.join("diesel-strata").join(short_name(project))
}

/// A folder's last name, readable, and a hash of all of it.
fn short_name(path: &Path) -> String {
    let whole = path.to_string_lossy();
    let hash = whole.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    format!("{name}-{hash:016x}")
}

/// A file of ours in `folder`, to see whose it is.
fn probe(folder: &Path) -> Result<PathBuf, ServerError> {
    let path = folder.join(".strata-owner");
    match OpenOptions::new().create(true).truncate(false).write(true).open(&path) {
        Ok(_) => Ok(path),
        Err(error) => Err(ServerError::io("write to", folder)(error)),
    }
}

fn owner_of(path: &Path) -> Result<u32, ServerError> {
    let metadata = fs::metadata(path).map_err(ServerError::io("look at", path))?;
    Ok(metadata.uid())
}

/// PostgreSQL refuses to run as root: the account of its package, or nobody's.
fn unprivileged() -> Result<Account, ServerError> {
    ["postgres", "nobody"].into_iter().find_map(account).ok_or_else(|| ServerError::Failed {
        program: "id".to_owned(),
        output: "there is neither a user postgres nor nobody to run the server as".to_owned(),
    })
}

fn account(name: &str) -> Option<Account> {
    let ask = |flag| output_of(Command::new("id").args([flag, name]))?.trim().parse().ok();
    Some(Account { user: ask("-u")?, group: ask("-g")? })
}

/// Whether `account` may pass through every folder down to `folder`.
fn may_enter(account: Account, folder: &Path) -> bool {
    folder.ancestors().all(|folder| {
        fs::metadata(folder).is_ok_and(|metadata| {
            let bit = match () {
                () if metadata.uid() == account.user => 0o100,
                () if metadata.gid() == account.group => 0o010,
                () => 0o001,
            };
            metadata.mode() & bit != 0
        })
    })
}

/// `text` for a URL's query.
fn escape(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
        escaped
    })
}

/// `O_NONBLOCK`, so that to open a pipe that nobody reads fails at once.
#[cfg(any(target_os = "linux", target_os = "android"))]
const O_NONBLOCK: i32 = 0o4000;
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const O_NONBLOCK: i32 = 0x0004;

fn open_to_write(pipe: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).custom_flags(O_NONBLOCK).open(pipe)
}
