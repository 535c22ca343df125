//! Where PostgreSQL's programs are.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{OLDEST, ServerError};

/// The variable that names the folder with PostgreSQL's programs.
const VARIABLE: &str = "STRATA_POSTGRES_BIN";

/// Folders of which each sub-folder is one installed version, and where the programs are in it.
const VERSIONED: [(&str, &str); 5] = [
    ("/usr/lib/postgresql", "bin"),
    ("/opt/homebrew/opt", "bin"),
    ("/usr/local/opt", "bin"),
    ("/Applications/Postgres.app/Contents/Versions", "bin"),
    ("/usr", "bin"),
];

/// The programs of one version.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    /// The version's first number, 15.
    pub major: u32,
}

impl Programs {
    pub(super) fn find() -> Result<Self, ServerError> {
        let mut found = candidates().filter_map(|folder| Self::in_folder(&folder));
        let Some(first) = found.next() else {
            return Err(ServerError::NoPrograms { install: install_command() });
        };
        let too_old = ServerError::TooOld { major: first.major, install: install_command() };
        let mut found = std::iter::once(first).chain(found);
        found.find(|programs| programs.major >= OLDEST).ok_or(too_old)
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.folder.join(program)
    }

    /// The program `name`, of these, else whichever there is: a client serves any version.
    pub(super) fn client(&self, name: &str) -> Result<PathBuf, ServerError> {
        let mut all = std::iter::once(self.folder.clone()).chain(candidates());
        let found = all.find_map(|folder| Some(folder.join(name)).filter(|path| path.is_file()));
        found.ok_or_else(|| ServerError::NoProgram { name: name.to_owned() })
    }

    fn in_folder(folder: &Path) -> Option<Self> {
        let server = folder.join("postgres");
        if !server.is_file() || !folder.join("initdb").is_file() {
            return None;
        }
        let told = || major_in(&output_of(Command::new(server).arg("--version"))?);
        let major = major_of(folder).or_else(told)?;
        Some(Self { folder: folder.to_owned(), major })
    }
}

fn candidates() -> impl Iterator<Item = PathBuf> {
    // The cheapest are asked first: every process of a test run asks.
    [named, on_path, newest_installed, told_by_pg_config].into_iter().flat_map(|place| place())
}

fn named() -> Vec<PathBuf> {
    env::var_os(VARIABLE).map(PathBuf::from).into_iter().collect()
}

fn told_by_pg_config() -> Vec<PathBuf> {
    let told = output_of(Command::new("pg_config").arg("--bindir"));
    told.map(|folder| PathBuf::from(folder.trim())).into_iter().collect()
}

fn on_path() -> Vec<PathBuf> {
    env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default()
}

fn newest_installed() -> Vec<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = VERSIONED
        .iter()
        .flat_map(|(parent, bin)| {
            let entries = fs::read_dir(parent).into_iter().flatten().flatten();
            entries.map(|entry| entry.path()).filter_map(move |path| {
                let name = path.file_name()?.to_str()?.to_owned();
                let version = name.trim_start_matches(|c: char| !c.is_ascii_digit());
                let about = name.starts_with("postgresql@") || name.starts_with("pgsql-");
                let numbered = version.len() == name.len() || about;
                Some((major_in(version).filter(|_| numbered)?, path.join(bin)))
            })
        })
        .collect();
    found.sort_by(|a, b| b.cmp(a));
    found.into_iter().map(|(_, folder)| folder).collect()
}

/// The version that the programs' folder is called by, as in `/usr/lib/postgresql/15/bin`.
fn major_of(folder: &Path) -> Option<u32> {
    let name = folder.parent()?.file_name()?.to_str()?;
    let digits = name.strip_prefix("postgresql@").or(name.strip_prefix("pgsql-")).unwrap_or(name);
    digits.parse().ok()
}

/// The first number in `text`.
fn major_in(text: &str) -> Option<u32> {
    let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

pub(super) fn output_of(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// How PostgreSQL is installed on this machine.
fn install_command() -> &'static str {
    if cfg!(target_os = "macos") {
        return "brew install postgresql@17";
    }
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let says = |word: &str| {
        let mut ids = release.lines().filter(|line| line.starts_with("ID"));
        ids.any(|line| line.contains(word))
    };
    match () {
        () if says("fedora") || says("rhel") => "sudo dnf install postgresql-server",
        () if says("arch") => "sudo pacman -S postgresql",
        () if says("alpine") => "sudo apk add postgresql",
        () if says("suse") => "sudo zypper install postgresql-server",
        () => "sudo apt-get install postgresql",
    }
}

/// The last lines of what a program printed.
pub(super) fn tail(output: &str) -> String {
    let lines: Vec<_> = output.trim_end().lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_tells_its_version_only_if_it_is_called_by_it() {
        for (folder, expected) in [
            ("/usr/lib/postgresql/15/bin", Some(15)),
            ("/opt/homebrew/opt/postgresql@17/bin", Some(17)),
            ("/usr/pgsql-16/bin", Some(16)),
            ("/opt/postgres-18.4.0/bin", None),
            ("/usr/bin", None),
            ("/", None),
        ] {
            assert_eq!(major_of(Path::new(folder)), expected, "{folder}");
        }
    }

    #[test]
    fn versions_are_read_from_what_programs_and_folders_are_called() {
        for (text, expected) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(15)),
            ("17", Some(17)),
            ("pgsql-16", Some(16)),
            ("latest", None),
        ] {
            assert_eq!(major_in(text), expected, "{text}");
        }
    }
}
