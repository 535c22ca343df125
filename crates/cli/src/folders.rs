//! Where folders of migrations are.

use std::fs;
use std::path::{Path, PathBuf};

use strata_sequence::list_folder;

/// How deep below a folder others are looked for.
const DEPTH: usize = 4;

/// The folder `migrations` in `here` or above; where there is none, where it would be.
pub(crate) fn migrations(here: &Path) -> PathBuf {
    let above = here.ancestors().map(|folder| folder.join("migrations"));
    above.into_iter().find(|folder| folder.is_dir()).unwrap_or(here.join("migrations"))
}

/// The folders `migrations` below `here` that hold migrations, relative to it.
pub(crate) fn migrations_below(here: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    look_below(here, DEPTH, &mut found);
    found.sort();
    found.iter().filter_map(|path| path.strip_prefix(here).ok()).map(Path::to_owned).collect()
}

fn look_below(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // A link may lead anywhere, and round in circles.
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || name.starts_with('.') || matches!(&*name, "target" | "node_modules") {
            continue;
        }
        match name == "migrations" {
            true if list_folder(&entry.path()).is_ok_and(|files| !files.is_empty()) => {
                found.push(entry.path());
            }
            true => {}
            false => look_below(&entry.path(), depth, found),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_with_migrations_are_found_below() {
        let root = tempfile::tempdir().unwrap();
        for file in [
            "crates/app/migrations/001_A.sql",
            "crates/db/migrations/README.md",
            "crates/app/target/migrations/001_A.sql",
            ".git/migrations/001_A.sql",
            "b/migrations/002_B.rs",
        ] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "SELECT 1;").unwrap();
        }
        let found = migrations_below(root.path());
        assert_eq!(found, [Path::new("b/migrations"), Path::new("crates/app/migrations")]);
    }
}
