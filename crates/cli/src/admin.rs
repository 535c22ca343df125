//! The server of a database: what can be done to a database from outside of it.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_strata::{connect, database_of, with_database};
use strata_sql::identifier;

use crate::error::CliError;

/// Databases that every server has, to be connected to while others are made and dropped.
const MAINTENANCE: [&str; 2] = ["postgres", "template1"];

/// A connection to a server beside the database that a command is about, which need not exist.
pub(crate) struct Admin {
    conn: PgConnection,
    /// The database's name.
    pub name: String,
    /// A URL of the server.
    pub server: String,
    /// Where the database is, in words.
    pub target: String,
    /// Whether it is one of the private server's.
    pub is_private: bool,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

#[derive(QueryableByName)]
struct Truth {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Admin {
    /// A connection to the server of the database at `url`.
    pub(crate) fn connect(url: &str, target: String, is_private: bool) -> Result<Self, CliError> {
        let server = with_database(url, MAINTENANCE[0]);
        let (mut conn, server) = match connect(&server) {
            Ok(conn) => (conn, server),
            Err(error) => {
                let other = with_database(url, MAINTENANCE[1]);
                (connect(&other).map_err(|_| error)?, other)
            }
        };
        let named = database_of(url).or_else(|| std::env::var("PGDATABASE").ok());
        let name = match named.filter(|name| !name.is_empty()) {
            Some(name) => name,
            // libpq's own last resort.
            None => word(&mut conn, "SELECT session_user::text AS word")?,
        };
        Ok(Self { conn, name, server, target, is_private })
    }

    /// Whether the database exists.
    pub(crate) fn exists(&mut self) -> Result<bool, CliError> {
        let query = "SELECT EXISTS (SELECT FROM pg_catalog.pg_database WHERE datname = $1) AS yes";
        let truth = diesel::sql_query(query).bind::<Text, _>(&self.name);
        let truth: Truth =
            truth.get_result(&mut self.conn).map_err(failed("look for the database"))?;
        Ok(truth.yes)
    }

    pub(crate) fn create(&mut self) -> Result<(), CliError> {
        let create = format!("CREATE DATABASE {}", identifier(&self.name));
        self.conn.batch_execute(&create).map_err(failed("create the database"))
    }

    /// How many sessions others have in the database.
    pub(crate) fn sessions(&mut self) -> Result<i64, CliError> {
        let query = "SELECT count(*) AS number FROM pg_catalog.pg_stat_activity WHERE datname = $1";
        let number = diesel::sql_query(query).bind::<Text, _>(&self.name);
        let number: Number =
            number.get_result(&mut self.conn).map_err(failed("look for other sessions"))?;
        Ok(number.number)
    }

    /// Drops the database if it exists. Sessions in it are ended if `force`; else they keep it.
    pub(crate) fn drop(&mut self, force: bool) -> Result<(), CliError> {
        let with = if force { " WITH (FORCE)" } else { "" };
        let drop = format!("DROP DATABASE IF EXISTS {}{with}", identifier(&self.name));
        self.conn.batch_execute(&drop).map_err(failed("drop the database"))
    }

    /// Puts the database `new` in the place of this one, which is dropped.
    pub(crate) fn replace_by(&mut self, new: &str) -> Result<(), CliError> {
        self.drop(true)?;
        let rename =
            format!("ALTER DATABASE {} RENAME TO {}", identifier(new), identifier(&self.name));
        self.conn.batch_execute(&rename).map_err(failed("rename the database"))
    }
}

fn word(conn: &mut PgConnection, query: &str) -> Result<String, CliError> {
    let word: Word = diesel::sql_query(query).get_result(conn).map_err(failed("ask the server"))?;
    Ok(word.word)
}

fn failed(doing: &'static str) -> impl FnOnce(diesel::result::Error) -> CliError {
    move |source| CliError::Engine(diesel_strata::Error::Database { doing, source })
}
