//! Roles, which belong to a whole server and which migrations make or take for granted.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use strata_sql::identifier;

use crate::error::{Doing, WorkshopError};
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
    pub(crate) fn of(server: &ScratchServer) -> Result<Self, WorkshopError> {
        let scratch = server.database()?;
        Ok(Self { before: all(&mut scratch.connect()?)?, missing: Vec::new() })
    }

    /// Makes the role whose absence is the reason of `error`, and says whether that was it.
    pub(crate) fn make_named(
        &mut self,
        conn: &mut PgConnection,
        error: &str,
    ) -> Result<bool, WorkshopError> {
        let named = error.split_once("role \"").and_then(|(_, rest)| rest.split_once('"'));
        let Some((role, rest)) = named else { return Ok(false) };
        if !rest.contains("does not exist") || self.missing.iter().any(|known| known == role) {
            return Ok(false);
        }
        self.missing.push(role.to_owned());
        make(conn, role)?;
        Ok(true)
    }

    /// Makes what was missing once more.
    pub(crate) fn make_missing(&self, conn: &mut PgConnection) -> Result<(), WorkshopError> {
        self.missing.iter().try_for_each(|role| make(conn, role))
    }

    /// Drops the roles that have come since and are `ours`, and returns those that migrations made
    /// themselves. One that somebody has come to use meanwhile stays.
    pub(crate) fn forget_new(
        &self,
        server: &ScratchServer,
        ours: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, WorkshopError> {
        let scratch = server.database()?;
        let conn = &mut scratch.connect()?;
        let mut new = all(conn)?;
        new.retain(|role| !self.before.contains(role) && ours(role));
        // A role that another one is a member of goes with it, in any order.
        for role in new.iter().chain(&new) {
            let _ = conn.batch_execute(&format!("DROP ROLE IF EXISTS {}", identifier(role)));
        }
        new.retain(|role| !self.missing.contains(role));
        Ok(new)
    }
}

fn all(conn: &mut PgConnection) -> Result<Vec<String>, WorkshopError> {
    let query = "SELECT rolname::text AS name FROM pg_catalog.pg_roles ORDER BY 1";
    let roles: Vec<Role> = diesel::sql_query(query).load(conn).doing("list the server's roles")?;
    Ok(roles.into_iter().map(|role| role.name).collect())
}

fn make(conn: &mut PgConnection, role: &str) -> Result<(), WorkshopError> {
    let create = format!("CREATE ROLE {}", identifier(role));
    conn.batch_execute(&create).doing("make a role on the scratch server")
}
