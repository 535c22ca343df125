//! The project that a server belongs to, and the folder that all servers' data is in.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::account::{Accounts, is_roots, may_enter};

/// Where the data of root's servers is.
const ROOTS: &str = "/var/lib/diesel-strata";

/// The root of the Cargo workspace that `start` lies in: the nearest folder above with a lock
/// file, else with a manifest; else `start` itself.
pub(crate) fn project_of(start: &Path) -> PathBuf {
    let start = fs::canonicalize(start).unwrap_or_else(|_| start.to_owned());
    let holds = |file: &str| start.ancestors().find(|folder| folder.join(file).is_file());
    holds("Cargo.lock").or_else(|| holds("Cargo.toml")).unwrap_or(&start).to_owned()
}

/// The folder of all servers' data: a user's own, since a server belongs to a project and not to
/// what is built of it, and to whoever works on it and not to the project's files.
pub(crate) fn home(accounts: &Accounts) -> PathBuf {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let set = absolute("XDG_STATE_HOME").map(|state| state.join("diesel-strata"));
    if let Some(account) = accounts.other {
        let usable = |folder: &PathBuf| is_roots(folder) && may_enter(account, folder);
        return set.filter(usable).unwrap_or_else(|| ROOTS.into());
    }
    let home = || absolute("HOME").map(|home| home.join(".local/state/diesel-strata"));
    set.or_else(home).unwrap_or_else(|| format!("/tmp/strata-{}", accounts.us).into())
}

/// A folder's last name, readable, and a hash of all of it.
pub(crate) fn short_name(path: &Path) -> String {
    let whole = path.as_os_str().as_encoded_bytes();
    let hash = whole.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    format!("{name}-{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_lock_file_makes_the_project() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let member = root.join("crates/é");
        fs::create_dir_all(member.join("src")).unwrap();
        assert_eq!(project_of(&member), member, "there is none");
        fs::write(root.join("crates/é/Cargo.toml"), "").unwrap();
        assert_eq!(project_of(&member.join("src")), member);
        fs::write(root.join("Cargo.lock"), "").unwrap();
        assert_eq!(project_of(&member.join("src")), root);
    }

    #[test]
    fn folders_of_one_name_are_told_apart() {
        let names = ["/a/shop", "/b/shop", "/a/shöp"].map(|path| short_name(Path::new(path)));
        assert!(names[0].starts_with("shop-"), "{names:?}");
        assert_ne!(names[0], names[1]);
        assert!(names[2].is_ascii(), "{names:?}");
    }
}
