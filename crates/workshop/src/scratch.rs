//! Databases to try things on: made empty or as a copy, dropped with their value.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_strata::{connect, with_database};
use strata_sql::identifier;

use crate::error::{Doing, WorkshopError};

/// What the name of a scratch database begins with; when it was made follows, in seconds.
const PREFIX: &str = "strata_scratch_";
/// How long a scratch database may be without a session before its process counts as killed, in
/// seconds.
const LEFT_AFTER: u64 = 60 * 60;

/// A server on which scratch databases may be made.
#[derive(Debug)]
pub struct ScratchServer {
    /// A URL of one of its databases.
    url: String,
    /// The private server, which runs as long as this value lives.
    #[cfg(unix)]
    _private: Option<strata_server::Server>,
}

impl ScratchServer {
    /// The private server of the project that `start` lies in.
    ///
    /// # Errors
    ///
    /// PostgreSQL's programs are missing or fail.
    #[cfg(unix)]
    pub fn private(start: &std::path::Path) -> Result<Self, WorkshopError> {
        let server = strata_server::Server::attach(start)?;
        let server = Self { url: server.url_of("postgres"), _private: Some(server) };
        server.sweep()?;
        Ok(server)
    }

    /// The server at `url`, where the role of `url` may create databases.
    ///
    /// # Errors
    ///
    /// The server cannot be asked.
    pub fn at(url: &str) -> Result<Self, WorkshopError> {
        let server = Self {
            url: url.to_owned(),
            #[cfg(unix)]
            _private: None,
        };
        server.sweep()?;
        Ok(server)
    }

    /// A database of this server's, empty.
    ///
    /// # Errors
    ///
    /// The server refuses to make one.
    pub fn database(&self) -> Result<Scratch, WorkshopError> {
        self.made("template0")
    }

    /// A database of this server's that is a copy of `scratch`, to which nobody may be connected.
    ///
    /// # Errors
    ///
    /// The server refuses to copy it.
    pub fn copy(&self, scratch: &Scratch) -> Result<Scratch, WorkshopError> {
        self.made(&scratch.name)
    }

    /// The server's version, as it says it.
    pub(crate) fn version(&self) -> Result<String, WorkshopError> {
        let version: Name =
            diesel::sql_query("SELECT pg_catalog.current_setting('server_version') AS name")
                .get_result(&mut connect(&self.url)?)
                .doing("ask a server for its version")?;
        Ok(version.name)
    }

    fn made(&self, template: &str) -> Result<Scratch, WorkshopError> {
        let mut admin = connect(&self.url)?;
        let name = unique();
        let create =
            format!("CREATE DATABASE {} TEMPLATE {}", identifier(&name), identifier(template));
        admin.batch_execute(&create).doing("create a scratch database")?;
        Ok(Scratch { url: with_database(&self.url, &name), name, admin })
    }

    /// Drops what killed processes have left.
    fn sweep(&self) -> Result<(), WorkshopError> {
        let mut admin = connect(&self.url)?;
        let names: Vec<Name> = diesel::sql_query(
            "SELECT d.datname::text AS name FROM pg_catalog.pg_database d WHERE d.datname LIKE $1 \
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)",
        )
        .bind::<Text, _>(format!("{}%", PREFIX.replace('_', "\\_")))
        .load(&mut admin)
        .doing("look for old scratch databases")?;
        for name in names.iter().map(|row| &row.name).filter(|name| is_old(name)) {
            // Another process may have found it too.
            let drop = format!("DROP DATABASE IF EXISTS {}", identifier(name));
            admin.batch_execute(&drop).doing("drop an old scratch database")?;
        }
        Ok(())
    }
}

/// A scratch database, dropped with this value.
pub struct Scratch {
    name: String,
    url: String,
    admin: PgConnection,
}

impl Scratch {
    /// A URL of it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection to it.
    ///
    /// # Errors
    ///
    /// The server refuses.
    pub fn connect(&self) -> Result<PgConnection, WorkshopError> {
        Ok(connect(&self.url)?)
    }
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scratch").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays behind, the next run sweeps away.
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", identifier(&self.name));
        let _ = self.admin.batch_execute(&drop);
    }
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn unique() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{PREFIX}{}_{:x}_{number}", now(), process::id())
}

fn is_old(name: &str) -> bool {
    let made = name.strip_prefix(PREFIX).and_then(|rest| rest.split('_').next()?.parse().ok());
    made.is_some_and(|made: u64| made + LEFT_AFTER < now())
}
