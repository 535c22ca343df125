//! Gives the engine a digest of the sources that can change what a migration does: what a test
//! template was built with is part of its key, also while those sources are being worked on.
//!
//! In the workspace they are the engine's own and those of the crates below it. In a published
//! package the crates below are pinned to the engine's own version, so that its own say it all.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::{env, fs, io};

const SOURCES: [&str; 4] = ["src", "../macros/src", "../sequence/src", "../sql/src"];

fn main() -> io::Result<()> {
    let mut hasher = DefaultHasher::new();
    env::var("CARGO_PKG_VERSION").unwrap_or_default().hash(&mut hasher);
    for folder in SOURCES.map(Path::new).into_iter().filter(|folder| folder.is_dir()) {
        println!("cargo:rerun-if-changed={}", folder.display());
        hash_folder(folder, &mut hasher)?;
    }
    println!("cargo:rustc-env=STRATA_ENGINE={:016x}", hasher.finish());
    Ok(())
}

fn hash_folder(folder: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            hash_folder(&entry.path(), hasher)?;
        } else {
            entry.file_name().hash(hasher);
            fs::read(entry.path())?.hash(hasher);
        }
    }
    Ok(())
}
