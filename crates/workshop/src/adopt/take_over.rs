//! Their ledger's rows into ours, in one transaction.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::{Migrator, Record};

use crate::adopt::error::{AdoptError, Doing};
use crate::adopt::folder::Folder;
use crate::adopt::ledger::Table;
use crate::adopt::matching::{Matching, matching};

/// How long another session may hold their ledger.
const PATIENCE: &str = "10s";

/// A live database that is taken over.
#[derive(Debug)]
pub struct TakeOver<'a> {
    folder: &'a Folder,
    accept_changed: bool,
}

/// What a take-over did.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Taken {
    /// Their ledger.
    pub table: String,
    /// What it says.
    pub matching: Matching,
    /// The migrations that our ledger has now and did not have before.
    pub recorded: Vec<String>,
}

impl<'a> TakeOver<'a> {
    /// A take-over of a database whose tool ran `folder`.
    pub fn new(folder: &'a Folder) -> Self {
        Self { folder, accept_changed: false }
    }

    /// Takes files that were changed after they ran as they are.
    #[must_use]
    pub fn accept_changed(self, accept_changed: bool) -> Self {
        Self { accept_changed, ..self }
    }

    /// What would be taken over; `None` where the tool has no ledger there. Reads only.
    ///
    /// # Errors
    ///
    /// The ledger is none of the tool's, says that something failed, or does not fit the files.
    pub fn look(&self, conn: &mut PgConnection) -> Result<Option<Taken>, AdoptError> {
        let Some(table) = self.table(conn)? else { return Ok(None) };
        let matching = self.matching(conn, &table)?;
        Ok(Some(Taken { table: table.to_string(), matching, recorded: Vec::new() }))
    }

    /// Records in the ledger of `migrator`, whose sequence is the folder as it was written, what
    /// the tool ran, each with its own time; `None` where the tool has no ledger there. It is one
    /// transaction, under our lock and a lock on their ledger, which stays as it is.
    ///
    /// # Errors
    ///
    /// As [`Self::look`]; or a ledger cannot be locked or written. Nothing was recorded then.
    pub fn run(
        &self,
        conn: &mut PgConnection,
        migrator: &Migrator,
    ) -> Result<Option<Taken>, AdoptError> {
        let Some(table) = self.table(conn)? else { return Ok(None) };
        let mut matching = Matching::default();
        let recorded = migrator.record_with(conn, |conn| {
            conn.batch_execute(&format!(
                "SET LOCAL lock_timeout = '{PATIENCE}'; \
                 LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE",
                table.sql()
            ))
            .doing("lock the other tool's ledger; is it migrating? Adopt again once it is done")?;
            matching = self.matching(conn, &table)?;
            let record = |matched: &crate::adopt::matching::Matched| Record {
                name: matched.name.clone(),
                applied_at: matched.applied_at.clone(),
            };
            Ok::<_, AdoptError>(matching.applied.iter().map(record).collect())
        })?;
        Ok(Some(Taken { table: table.to_string(), matching, recorded }))
    }

    fn table(&self, conn: &mut PgConnection) -> Result<Option<Table>, AdoptError> {
        Table::find(conn, self.folder.tool, self.folder.ledger.as_deref())
    }

    fn matching(&self, conn: &mut PgConnection, table: &Table) -> Result<Matching, AdoptError> {
        let theirs: Vec<_> = self.folder.migrations.iter().map(|ours| &ours.theirs).collect();
        let rows = table.rows(conn, self.folder.tool, &theirs)?;
        let matching = matching(self.folder, &rows);
        if !matching.half_way.is_empty() {
            return Err(AdoptError::Failed {
                table: table.to_string(),
                failed: vec![format!("{} ran", matching.half_way.join(", "))],
                advice: "a baseline migration stands for these and has not been reached; migrate \
                         this database up to its version first, and adopt again"
                    .to_owned(),
            });
        }
        if !matching.changed.is_empty() && !self.accept_changed {
            let (tool, names) = (self.folder.tool, matching.changed.clone());
            return Err(AdoptError::Changed { tool, names });
        }
        Ok(matching)
    }
}
