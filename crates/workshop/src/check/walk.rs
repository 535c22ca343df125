//! Walks through a folder: every migration on the schema that the earlier ones have made.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::{Error, Sequence};
use strata_sequence::Kind;

use super::asked::{Check, Scope};
use super::done::Done;
use super::file::{File, Folder};
use super::finding::Report;
use super::names;
use super::stage::Stage;
use crate::error::{Doing, WorkshopError};

impl Check<'_> {
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
