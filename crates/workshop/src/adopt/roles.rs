//! Roles, which belong to a whole server and which migrations make or take for granted.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use strata_sql::identifier;

use crate::adopt::error::{AdoptError, Doing};
use crate::adopt::folder::Folder;
use crate::scratch::ScratchServer;

/// The roles of a scratch server during a proof.
pub(crate) struct Roles {
    before: Vec<String>,
    /// Those that were missing, and were made.
    pub(crate) missing: Vec<String>,
}

#[derive(QueryableByName)]
struct Role {
    #[diesel(sql_type = Text)]
    name: String,
}

impl Roles {
    pub(crate) fn of(server: &ScratchServer) -> Result<Self, AdoptError> {
        let scratch = server.database()?;
        Ok(Self { before: all(&mut scratch.connect()?)?, missing: Vec::new() })
    }

    /// Makes the role whose absence is the reason of `error`, and says whether that was it.
    pub(crate) fn make_named(
        &mut self,
        conn: &mut PgConnection,
        error: &diesel::result::Error,
    ) -> Result<bool, AdoptError> {
        let message = error.to_string();
        let named = message.strip_prefix("role \"").and_then(|rest| rest.split_once('"'));
        let Some((role, rest)) = named else { return Ok(false) };
        if !rest.contains("does not exist") || self.missing.iter().any(|known| known == role) {
            return Ok(false);
        }
        self.missing.push(role.to_owned());
        make(conn, role)?;
        Ok(true)
    }

    /// Makes what was missing once more.
    pub(crate) fn make_missing(&self, conn: &mut PgConnection) -> Result<(), AdoptError> {
        self.missing.iter().try_for_each(|role| make(conn, role))
    }

    /// Drops the roles that have come since and that `folder` speaks of, and returns those that
    /// its migrations made themselves. One that somebody has come to use meanwhile stays.
    pub(crate) fn forget_new(
        &self,
        server: &ScratchServer,
        folder: &Folder,
    ) -> Result<Vec<String>, AdoptError> {
        let scratch = server.database()?;
        let conn = &mut scratch.connect()?;
        let mut new = all(conn)?;
        let spoken = |role: &String| folder.migrations.iter().any(|ours| ours.text.contains(role));
        new.retain(|role| !self.before.contains(role) && spoken(role));
        // A role that another one is a member of goes with it, in any order.
        for role in new.iter().chain(&new) {
            let _ = conn.batch_execute(&format!("DROP ROLE IF EXISTS {}", identifier(role)));
        }
        new.retain(|role| !self.missing.contains(role));
        Ok(new)
    }
}

fn all(conn: &mut PgConnection) -> Result<Vec<String>, AdoptError> {
    let query = "SELECT rolname::text AS name FROM pg_catalog.pg_roles ORDER BY 1";
    let roles: Vec<Role> = diesel::sql_query(query).load(conn).doing("list the server's roles")?;
    Ok(roles.into_iter().map(|role| role.name).collect())
}

fn make(conn: &mut PgConnection, role: &str) -> Result<(), AdoptError> {
    let create = format!("CREATE ROLE {}", identifier(role));
    conn.batch_execute(&create).doing("make a role on the scratch server")
}
