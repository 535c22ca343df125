//! What a sequence builds on an empty database.

use diesel::pg::PgConnection;
use diesel_strata::{Migrator, schema_snapshot};

use crate::error::WorkshopError;
use crate::roles::Roles;
use crate::scratch::ScratchServer;

/// How many roles a sequence may take for granted before something else is wrong.
const ROLES: usize = 100;

/// What `look` sees on an empty database that `migrator` has migrated, as far as its target says.
pub(crate) fn built<T, E: From<WorkshopError>>(
    server: &ScratchServer,
    migrator: &Migrator,
    look: impl FnOnce(&mut PgConnection) -> Result<T, E>,
) -> Result<T, E> {
    let mut roles = Roles::of(server)?;
    let seen = migrated(server, migrator, &mut roles, look);
    let texts = |role: &str| speaks_of(migrator, role);
    roles.forget_new(server, texts)?;
    seen
}

fn migrated<T, E: From<WorkshopError>>(
    server: &ScratchServer,
    migrator: &Migrator,
    roles: &mut Roles,
    look: impl FnOnce(&mut PgConnection) -> Result<T, E>,
) -> Result<T, E> {
    let scratch = server.database()?;
    let conn = &mut scratch.connect()?;
    // What ran before a role was missed stays applied.
    for _ in 0..ROLES {
        let Err(error) = migrator.migrate(conn) else { break };
        if !roles.make_named(conn, &error.to_string())? {
            return Err(WorkshopError::from(error).into());
        }
    }
    look(conn)
}

/// Whether some migration of a file speaks of `role`.
fn speaks_of(migrator: &Migrator, role: &str) -> bool {
    let texts = migrator.sequence().migrations().iter();
    let text = |path| std::fs::read_to_string(path).unwrap_or_default();
    texts.map(|migration| text(migration.file())).any(|text| text.contains(role))
}

/// The schema that `migrator` builds, as text.
pub(crate) fn built_schema(
    server: &ScratchServer,
    migrator: &Migrator,
) -> Result<String, WorkshopError> {
    built(server, migrator, |conn| Ok(schema_snapshot(conn)?))
}
