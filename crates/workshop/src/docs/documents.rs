//! The documents as files: made, held against what is there, written.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use diesel_strata::Sequence;

use super::cache::Cache;
use super::html;
use super::made::{Documents, MARK, Options, TABLES};
use super::markdown;
use super::replay::{Replay, replay};
use crate::error::WorkshopError;
use crate::scratch::ScratchServer;

/// A file that is not as it would be made now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Its path within the folder of documents.
    pub path: String,
    /// What is wrong with it.
    pub state: State,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It is not there.
    Missing,
    /// It has another text.
    Changed,
    /// It is of a table that is no more.
    LeftOver,
}

impl State {
    /// The word for it: `missing`, `changed` or `left over`.
    pub fn word(self) -> &'static str {
        match self {
            State::Missing => "missing",
            State::Changed => "changed",
            State::LeftOver => "left over",
        }
    }
}

/// Returns the documents of what `sequence` builds, by running it on a scratch database of
/// `server`.
///
/// # Errors
///
/// A migration fails, or the server cannot make the database.
pub fn documents(
    server: &ScratchServer,
    sequence: &Sequence,
    options: &Options,
) -> Result<Documents, WorkshopError> {
    let cache = Cache::of(server, sequence, options)?;
    if let Some(kept) = cache.read() {
        return Ok(kept);
    }
    let scratch = server.database()?;
    let made = render(replay(&scratch, sequence)?, options);
    cache.write(&made);
    Ok(made)
}

fn render(mut replay: Replay, options: &Options) -> Documents {
    if !options.privileges {
        replay.schema.tables.iter_mut().for_each(|table| table.grants.clear());
        for step in &mut replay.steps {
            step.changes.retain(|change| change.thing.kind != "privilege");
        }
    }
    let mut files = markdown::files(&replay, &options.title);
    files.insert("index.html".to_owned(), html::page(&replay, &options.title));
    let unlinked = replay.steps.iter().filter(|step| !step.ran);
    Documents {
        files,
        passed_over: unlinked.map(|step| step.name.clone()).collect(),
        tables: replay.schema.tables.len(),
        migrations: replay.steps.len(),
    }
}

impl Documents {
    /// What in `folder` is not as it would be now, in the order of the paths.
    ///
    /// # Errors
    ///
    /// A file is there and cannot be read.
    pub fn stale(&self, folder: &Path) -> io::Result<Vec<Stale>> {
        let mut stale = Vec::new();
        for (path, text) in &self.files {
            let state = match fs::read(folder.join(path)) {
                Ok(found) if found == text.as_bytes() => continue,
                Ok(_) => State::Changed,
                Err(error) if error.kind() == io::ErrorKind::NotFound => State::Missing,
                Err(error) => return Err(error),
            };
            stale.push(Stale { path: path.clone(), state });
        }
        for path in left_over(folder, &self.files)? {
            stale.push(Stale { path, state: State::LeftOver });
        }
        stale.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(stale)
    }

    /// Writes into `folder` what is not as it should be, removes what is left over, and says what
    /// that was.
    ///
    /// # Errors
    ///
    /// The folder cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<Vec<Stale>> {
        let stale = self.stale(folder)?;
        for Stale { path, .. } in &stale {
            let file = folder.join(path);
            match self.files.get(path) {
                None => fs::remove_file(file)?,
                Some(text) => {
                    fs::create_dir_all(file.parent().unwrap_or(folder))?;
                    fs::write(file, text)?;
                }
            }
        }
        Ok(stale)
    }
}

/// Files of tables that are no more. What was not made here is left alone.
fn left_over(folder: &Path, files: &BTreeMap<String, String>) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder.join(TABLES)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut left = Vec::new();
    for entry in entries {
        let entry = entry?;
        let path = format!("{TABLES}/{}", entry.file_name().to_string_lossy());
        let is_ours = || fs::read(entry.path()).is_ok_and(|text| text.starts_with(MARK.as_bytes()));
        if path.ends_with(".md") && !files.contains_key(&path) && is_ours() {
            left.push(path);
        }
    }
    Ok(left)
}
