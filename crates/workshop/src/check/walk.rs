//! Walks through a folder: every migration on the schema that the earlier ones have made.

use std::collections::HashSet;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel_strata::{EmbeddedMigrations, Error, Sequence};
use strata_sequence::{Kind, MigrationName};

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

    /// What there is to say of the migrations in `folder`. What one of them is refused for stops
    /// neither its other statements nor the other files.
    ///
    /// # Errors
    ///
    /// The folder cannot be read, or there is no server to try things on.
    pub fn run(&self, folder: &Path) -> Result<Report, WorkshopError> {
        let Folder { files, refused } = Folder::read(folder).map_err(Error::from)?;
        let linked = Sequence::try_from(&self.linked)?;
        let of_names = names::look(&files, &self.elsewhere);
        let scratch = self.server.database()?;
        let mut stage = Stage::new(self, &scratch, &linked)?;
        let (new, old): (Vec<_>, Vec<_>) = files.iter().partition(|file| self.is_new(file));
        // What production has, it has, whatever its number.
        for file in old {
            stage.apply(file)?;
        }
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
        let report = std::mem::take(&mut stage.report);
        stage.clear();
        Ok(report)
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
