//! What a check is asked to look at.

use std::collections::HashSet;

use diesel_strata::EmbeddedMigrations;
use strata_sequence::MigrationName;

use super::sizes::Sizes;
use crate::scratch::ScratchServer;

/// Which files are looked at; the others are only run, since those that are looked at stand on
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Every file, each as if all tables that the earlier ones made were there and in use.
    All,
    /// The migrations of these names, which production does not have yet.
    New(HashSet<String>),
}

/// A check of a folder of migrations.
///
/// ```no_run
/// use strata_workshop::ScratchServer;
/// use strata_workshop::check::Check;
///
/// let server = ScratchServer::private(".".as_ref())?;
/// for finding in Check::new(&server).run("migrations".as_ref())?.findings {
///     println!("{}:{}: {}", finding.file.display(), finding.position, finding.message);
/// }
/// # Ok::<(), strata_workshop::WorkshopError>(())
/// ```
#[derive(Debug)]
pub struct Check<'a> {
    pub(super) server: &'a ScratchServer,
    pub(super) linked: EmbeddedMigrations,
    pub(super) scope: Scope,
    pub(super) sizes: Sizes,
    pub(super) large: u64,
    pub(super) practices: Vec<String>,
    pub(super) time_zone: String,
    pub(super) elsewhere: Vec<MigrationName>,
    pub(super) structure: Option<String>,
}

impl<'a> Check<'a> {
    /// A check of every file, on databases of `server`'s, that takes every table for large.
    pub fn new(server: &'a ScratchServer) -> Self {
        Self {
            server,
            linked: EmbeddedMigrations::NONE,
            scope: Scope::All,
            sizes: Sizes::default(),
            large: 0,
            practices: Vec::new(),
            // One that is not UTC: whether `timestamp` becomes `timestamptz` by a rewrite depends
            // on it, and nobody has said what production's is.
            time_zone: "Europe/Berlin".to_owned(),
            elsewhere: Vec::new(),
            structure: None,
        }
    }

    /// Looks at these files only.
    #[must_use]
    pub fn scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// Runs the Rust migrations of the folder that `linked` has under the same names.
    #[must_use]
    pub fn linked(self, linked: EmbeddedMigrations) -> Self {
        Self { linked, ..self }
    }

    /// Takes a table for large from `large` bytes on. One that `sizes` does not have is taken for
    /// large.
    #[must_use]
    pub fn sizes(self, sizes: Sizes, large: u64) -> Self {
        Self { sizes, large, ..self }
    }

    /// Minds these practices too, of [`PRACTICES`](super::PRACTICES).
    #[must_use]
    pub fn practices(self, practices: Vec<String>) -> Self {
        Self { practices, ..self }
    }

    /// Runs migrations in this time zone, as PostgreSQL names it.
    #[must_use]
    pub fn time_zone(self, time_zone: String) -> Self {
        Self { time_zone, ..self }
    }

    /// Minds that these migrations have been added on another branch, whose numbers are taken.
    #[must_use]
    pub fn elsewhere(self, names: Vec<MigrationName>) -> Self {
        Self { elsewhere: names, ..self }
    }

    /// Runs migrations on what `structure` builds, and not on what older migrations do.
    #[must_use]
    pub fn structure(self, structure: String) -> Self {
        Self { structure: Some(structure), ..self }
    }
}
