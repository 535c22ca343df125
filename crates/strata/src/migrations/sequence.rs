//! Where migrations come from: a folder, or the application's own program.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use strata_sequence::{Kind, MigrationFile, MigrationName, SequenceError, list_folder};

use super::migration::{Body, Migration, Text, Up};
use crate::error::Error;

/// Migrations in the order in which they run: by number, then by name.
///
/// ```no_run
/// let sequence = diesel_strata::Sequence::read("migrations".as_ref())?;
/// for migration in sequence.migrations() {
///     println!("{} {}", migration.number(), migration.name());
/// }
/// # Ok::<(), diesel_strata::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Sequence {
    migrations: Arc<[Migration]>,
}

impl Sequence {
    /// The migrations of the folder at `path`. Only names are read; a body is read when it is
    /// about to run. Rust migrations cannot run from a folder alone: see [`Self::read_linked`].
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or something in it breaks the rules of the sequence.
    pub fn read(path: &Path) -> Result<Self, Error> {
        Self::read_linked(path, &EmbeddedMigrations::NONE)
    }

    /// The migrations of the folder at `path`, its Rust ones with the functions that `linked` has
    /// under the same names.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn read_linked(path: &Path, linked: &EmbeddedMigrations) -> Result<Self, Error> {
        let migrations = list_folder(path)?.into_iter().map(|file| from_file(file, linked));
        Ok(Self { migrations: migrations.collect() })
    }

    /// The sequence of these migrations.
    #[cfg(feature = "harness")]
    pub(crate) fn of(migrations: Vec<Migration>) -> Self {
        Self { migrations: migrations.into() }
    }

    /// The migrations, in the order in which they run.
    pub fn migrations(&self) -> &[Migration] {
        &self.migrations
    }
}

fn from_file(file: MigrationFile, linked: &EmbeddedMigrations) -> Migration {
    let body = match file.kind {
        Kind::Sql => Body::Sql(Text::File),
        Kind::Rust => Body::Rust { header: Text::File, up: linked.up(file.name.as_str()) },
    };
    Migration::new(file.name, file.path, body)
}

/// What [`embed_migrations!`](crate::embed_migrations) gives: a folder's migrations, linked into
/// the program.
#[derive(Debug, Clone, Copy)]
pub struct EmbeddedMigrations {
    migrations: &'static [EmbeddedMigration],
}

/// One of them; written by the macro only.
#[doc(hidden)]
#[derive(Debug)]
pub struct EmbeddedMigration {
    pub name: &'static str,
    pub file: &'static str,
    /// Where the macros were built with the feature `digest`.
    pub digest: Option<&'static str>,
    pub body: EmbeddedBody,
}

#[doc(hidden)]
#[derive(Debug)]
pub enum EmbeddedBody {
    Sql(&'static str),
    Rust { header: &'static str, up: Up },
}

impl EmbeddedMigrations {
    /// No migrations.
    pub const NONE: Self = Self::new(&[]);

    #[doc(hidden)]
    pub const fn new(migrations: &'static [EmbeddedMigration]) -> Self {
        Self { migrations }
    }

    fn up(&self, name: &str) -> Option<Up> {
        self.migrations.iter().find(|migration| migration.name == name).and_then(|migration| {
            match migration.body {
                EmbeddedBody::Rust { up, .. } => Some(up),
                EmbeddedBody::Sql(_) => None,
            }
        })
    }
}

impl TryFrom<&EmbeddedMigrations> for Sequence {
    type Error = Error;

    fn try_from(embedded: &EmbeddedMigrations) -> Result<Self, Error> {
        let mut migrations = Vec::with_capacity(embedded.migrations.len());
        for migration in embedded.migrations {
            let file = PathBuf::from(migration.file);
            let name = MigrationName::parse(migration.name)
                .map_err(|rule| SequenceError::Name { path: file.clone(), rule })?;
            let body = match migration.body {
                EmbeddedBody::Sql(text) => Body::Sql(Text::Embedded(text)),
                EmbeddedBody::Rust { header, up } => {
                    Body::Rust { header: Text::Embedded(header), up: Some(up) }
                }
            };
            migrations.push(Migration::new(name, file, body).with_digest(migration.digest));
        }
        Ok(Self { migrations: migrations.into() })
    }
}
