//! Walks through a folder: every migration on the schema that the earlier ones have made.

use std::collections::HashSet;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::{EmbeddedMigrations, Error, Sequence};
use strata_sequence::{Kind, MigrationName};

use super::done::Done;
use super::file::{File, Folder};
use super::finding::Report;
use super::names;
use super::sizes::Sizes;
use super::stage::Stage;
use crate::error::{Doing, WorkshopError};
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
    linked: EmbeddedMigrations,
    scope: Scope,
    sizes: Sizes,
    large: u64,
    pub(super) practices: Vec<String>,
    pub(super) time_zone: String,
    elsewhere: Vec<MigrationName>,
    structure: Option<String>,
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

    /// What there is to say of the migrations in `folder`. What one of them is refused for stops
    /// neither its other statements nor the other files.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or there is no server to try things on.
    pub fn run(&self, folder: &Path) -> Result<Report, WorkshopError> {
        Ok(self.run_observed(folder, &mut |_| Ok(()))?.0)
    }

    /// The same, and what was done; `observe` sees the database before and after.
    pub(crate) fn run_observed(
        &self,
        folder: &Path,
        observe: &mut dyn FnMut(&mut PgConnection) -> Result<(), WorkshopError>,
    ) -> Result<(Report, Vec<Done>), WorkshopError> {
        let Folder { files, refused } = Folder::read(folder).map_err(Error::from)?;
        let linked = Sequence::try_from(&self.linked)?;
        let of_names = names::look(&files, &self.elsewhere);
        let scratch = self.server.database()?;
        if let Some(structure) = &self.structure {
            let built = scratch.connect()?.batch_execute(structure);
            built.doing("build the structure that was given")?;
        }
        let mut stage = Stage::new(self, &scratch, &linked)?;
        let (new, old): (Vec<_>, Vec<_>) = files.iter().partition(|file| self.is_new(file));
        // What production has, it has, whatever its number.
        for file in old.into_iter().filter(|_| self.structure.is_none()) {
            stage.apply(file)?;
        }
        observe(&mut stage.conn)?;
        stage.report.findings.extend(refused);
        stage.report.findings.extend(super::sums::look(folder));
        stage.report.findings.extend(of_names);
        stage.production = super::production::Production::new(self.sizes.clone(), self.large);
        stage.production.set(&stage.meter);
        for file in new {
            if self.scope == Scope::All {
                stage.production.set(&stage.meter);
            }
            stage.look(file)?;
        }
        observe(&mut stage.conn)?;
        let report = std::mem::take(&mut stage.report);
        let done = std::mem::take(&mut stage.done);
        stage.clear();
        Ok((report, done))
    }

    fn is_new(&self, file: &File) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::New(names) => names.contains(file.name.as_str()),
        }
    }
}

impl Stage<'_> {
    /// Runs `file`, which production has, in one message.
    fn apply(&mut self, file: &File) -> Result<(), WorkshopError> {
        if file.kind == Kind::Sql && !file.header.no_transaction {
            let text = format!("BEGIN;\n{}\n;COMMIT", file.text);
            if self.conn.batch_execute(&text).is_ok() {
                self.fresh_session()?;
                self.meter.recount(&mut self.conn).doing("read the catalog")?;
                return Ok(());
            }
            self.conn.batch_execute("ROLLBACK").doing("roll back")?;
        }
        // Statement by statement as far as it goes; what is old is not judged.
        let findings = std::mem::take(&mut self.report.findings);
        self.look(file)?;
        let of_file = std::mem::replace(&mut self.report.findings, findings);
        let refused = of_file.into_iter().filter(|finding| finding.rule == "refused");
        self.report.notes.extend(refused.map(|finding| {
            format!("{}:{}: {}", finding.file.display(), finding.position, finding.message)
        }));
        self.report.files -= 1;
        Ok(())
    }
}
