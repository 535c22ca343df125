//! Many migrations in one, proved to build the same.

mod header;
mod rows;
mod written;

use std::fs;
use std::path::{Path, PathBuf};

use diesel_strata::{Migrator, Sequence, schema_difference, schema_snapshot};
use strata_sequence::{
    Kind, MigrationFile, MigrationName, SequenceError, list_folder, read_header,
};

use crate::built::built;
use crate::error::WorkshopError;
use crate::scratch::ScratchServer;
use rows::{Rows, Volatile};
use written::written;

/// The folder within a folder of migrations where replaced ones lie; no run reads it.
pub const ARCHIVE: &str = "archive_old_migrations";

/// The ledger of scratch databases.
const LEDGER: &str = "__migrations";

/// A squash that has been proved, and that is not written yet.
#[derive(Debug)]
#[non_exhaustive]
pub struct Squash {
    /// Its name.
    pub name: String,
    /// The whole text of its file.
    pub text: String,
    /// The migrations that it replaces, in order.
    pub replaced: Vec<String>,
    /// Columns whose values are others at each run, `table.column`, and are not compared.
    pub volatile: Vec<String>,
    files: Vec<MigrationFile>,
}

/// What a sequence builds.
struct Build {
    schema: String,
    rows: Rows,
}

impl Squash {
    /// The migrations of `folder` up to the number `to` in one, called `words`, proved on
    /// `server`. `migrator` has the folder's migrations, and `to` for its target.
    ///
    /// # Errors
    ///
    /// There is no migration of that number; one fails on an empty database; what they build
    /// cannot be written; or the squash does not build the same, which is said line by line.
    pub fn prove(
        folder: &Path,
        to: u64,
        words: &str,
        migrator: &Migrator,
        server: &ScratchServer,
    ) -> Result<Self, WorkshopError> {
        let files = files_up_to(folder, to)?;
        let name = name(&files, words)?;
        let old = built(server, migrator, Build::read)?;
        let again = built(server, migrator, |conn| Rows::read(conn, LEDGER))?;
        let volatile = old.rows.volatile(&again);
        let (body, outside) = written(&files)?;
        let directive = if outside { "-- strata: no-transaction\n" } else { "" };
        let text = format!("{directive}{}{body}", header::header(&files)?);
        let new = build_text(&name, &text, server)?;
        same(&old, &new, &volatile)?;
        let replaced = files.iter().map(|file| file.name.to_string()).collect();
        let volatile = volatile.into_iter().map(|(table, column)| format!("{table}.{column}"));
        Ok(Self { name, text, replaced, volatile: volatile.collect(), files })
    }

    /// Writes the squash into `folder` and moves what it replaces into [`ARCHIVE`].
    ///
    /// # Errors
    ///
    /// A file is there already, or cannot be written or moved.
    pub fn write(&self, folder: &Path) -> Result<PathBuf, WorkshopError> {
        let archive = folder.join(ARCHIVE);
        fs::create_dir_all(&archive).map_err(WorkshopError::io("create", &archive))?;
        let target =
            |file: &MigrationFile| archive.join(format!("{}.{}", file.name, file.kind.extension()));
        if let Some(there) = self.files.iter().map(target).find(|path| path.exists()) {
            return Err(WorkshopError::Archived { path: there });
        }
        for file in &self.files {
            fs::rename(&file.path, target(file)).map_err(WorkshopError::io("move", &file.path))?;
        }
        let path = folder.join(format!("{}.sql", self.name));
        fs::write(&path, &self.text).map_err(WorkshopError::io("write", &path))?;
        Ok(path)
    }
}

/// Proves every squash of `folder` against the migrations in [`ARCHIVE`] that it replaces, and
/// returns the names of these squashes.
///
/// # Errors
///
/// A migration is not in the archive any more or fails; or a squash does not build the same, which
/// is said line by line.
pub fn verify(folder: &Path, server: &ScratchServer) -> Result<Vec<String>, WorkshopError> {
    let mut verified = Vec::new();
    for file in list_folder(folder).map_err(diesel_strata::Error::from)? {
        let header = read_header(&file.path, file.kind).map_err(diesel_strata::Error::from)?;
        let names = header::whole(&header);
        if names.is_empty() {
            continue;
        }
        let archive = folder.join(ARCHIVE);
        let old = copied(names.iter().map(|name| archive.join(format!("{name}.sql"))))?;
        let migrator = Migrator::new(Sequence::read(old.path())?)?;
        let old = built(server, &migrator, Build::read)?;
        let again = built(server, &migrator, |conn| Rows::read(conn, LEDGER))?;
        let text = fs::read_to_string(&file.path).map_err(WorkshopError::io("read", &file.path))?;
        let new = build_text(file.name.as_str(), &text, server)?;
        same(&old, &new, &old.rows.volatile(&again))?;
        verified.push(file.name.to_string());
    }
    Ok(verified)
}

impl Build {
    fn read(conn: &mut diesel::pg::PgConnection) -> Result<Self, WorkshopError> {
        Ok(Self { schema: schema_snapshot(conn)?, rows: Rows::read(conn, LEDGER)? })
    }
}

/// The migrations up to the number `to`, which is one of them.
fn files_up_to(folder: &Path, to: u64) -> Result<Vec<MigrationFile>, WorkshopError> {
    let mut files = list_folder(folder).map_err(diesel_strata::Error::from)?;
    files.retain(|file| file.name.number() <= to);
    match files.last() {
        Some(last) if last.name.number() == to => Ok(files),
        _ => {
            Err(WorkshopError::NoSuchMigration { name: to.to_string(), folder: folder.to_owned() })
        }
    }
}

/// The name of a squash of `files`: the last one's number, and `words`.
fn name(files: &[MigrationFile], words: &str) -> Result<String, WorkshopError> {
    let last = files.last().map(|file| file.name.as_str()).unwrap_or_default();
    let digits = last.split('_').next().unwrap_or_default();
    let name = format!("{digits}_{words}");
    let wrong = |rule| SequenceError::Name { path: name.clone().into(), rule };
    MigrationName::parse(&name).map_err(wrong).map_err(diesel_strata::Error::from)?;
    match files.iter().any(|file| file.name.as_str() == name) {
        true => Err(WorkshopError::SameName { name }),
        false => Ok(name),
    }
}

/// What the one migration `text` builds.
fn build_text(name: &str, text: &str, server: &ScratchServer) -> Result<Build, WorkshopError> {
    let folder = temporary()?;
    let path = folder.path().join(format!("{name}.sql"));
    fs::write(&path, text).map_err(WorkshopError::io("write", &path))?;
    let migrator = Migrator::new(Sequence::read(folder.path())?)?;
    built(server, &migrator, Build::read)
}

/// A folder with copies of `files`.
fn copied(files: impl Iterator<Item = PathBuf>) -> Result<tempfile::TempDir, WorkshopError> {
    let folder = temporary()?;
    for file in files {
        if !file.exists() && file.with_extension(Kind::Rust.extension()).exists() {
            return Err(WorkshopError::RustInSquash { path: file.with_extension("rs") });
        }
        let name = file.file_name().unwrap_or_default();
        fs::copy(&file, folder.path().join(name)).map_err(WorkshopError::io("read", &file))?;
    }
    Ok(folder)
}

fn temporary() -> Result<tempfile::TempDir, WorkshopError> {
    tempfile::tempdir().map_err(WorkshopError::io("make", Path::new("a folder for the proof")))
}

/// Refuses where the new build differs from the old one.
fn same(old: &Build, new: &Build, volatile: &Volatile) -> Result<(), WorkshopError> {
    let mut difference = schema_difference(&old.schema, &new.schema);
    difference.extend(old.rows.difference(&new.rows, volatile));
    match difference.is_empty() {
        true => Ok(()),
        false => Err(WorkshopError::NotTheSame { difference }),
    }
}
