//! The migrations once more, one at a time, with a look at the schema after each.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::{Error, Migration, Migrator, Sequence};
use strata_schema::pictures::{Schema, read_schema};
use strata_sql::literal;

use super::change::{Change, changes};
use super::purpose::Said;
use crate::error::{Doing, WorkshopError};
use crate::scratch::Scratch;

/// The ledger on the scratch database, whatever the application calls its own.
const LEDGER: &str = "__migrations";

/// What all migrations build, and what each has done.
#[derive(Debug, Clone, Default)]
pub(super) struct Replay {
    pub schema: Schema,
    pub steps: Vec<Step>,
}

/// One migration.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub name: String,
    /// The name of its file.
    pub file: String,
    pub said: Said,
    /// Whether it ran: a Rust migration of another program's cannot.
    pub ran: bool,
    pub changes: Vec<Change>,
}

/// Runs `sequence` on `scratch`, which is empty.
pub(super) fn replay(scratch: &Scratch, sequence: &Sequence) -> Result<Replay, WorkshopError> {
    let conn = &mut scratch.connect()?;
    let mut replay = Replay { schema: look(conn)?, steps: Vec::new() };
    for migration in sequence.migrations() {
        let ran = run(conn, sequence, migration)?;
        let schema = look(conn)?;
        let file = migration.file().file_name().unwrap_or_default();
        replay.steps.push(Step {
            name: migration.name().to_owned(),
            file: file.to_string_lossy().into_owned(),
            said: Said::of(&migration.header()?.description),
            ran,
            changes: changes(&replay.schema, &schema),
        });
        replay.schema = schema;
    }
    Ok(replay)
}

fn look(conn: &mut PgConnection) -> Result<Schema, WorkshopError> {
    Ok(read_schema(conn, LEDGER).map_err(Error::from)?)
}

/// Runs one migration and says whether it could: what this program has not linked is passed over.
fn run(
    conn: &mut PgConnection,
    sequence: &Sequence,
    migration: &Migration,
) -> Result<bool, WorkshopError> {
    let migrator = Migrator::new(sequence.clone())?.target(migration.number());
    match migrator.migrate(conn) {
        Ok(_) => Ok(true),
        Err(Error::RustNotLinked { .. }) => {
            let row = format!(
                "CREATE TABLE IF NOT EXISTS {LEDGER} (id SERIAL PRIMARY KEY, migration_name TEXT \
                 NOT NULL UNIQUE, applied_at TIMESTAMP DEFAULT NOW()); \
                 INSERT INTO {LEDGER} (migration_name) VALUES ({})",
                literal(migration.name())
            );
            conn.batch_execute(&row).doing("pass over a Rust migration")?;
            Ok(false)
        }
        Err(error) => Err(error.into()),
    }
}
