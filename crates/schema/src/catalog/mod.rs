//! The live schema as plain values, read from `pg_catalog` in a fixed number of queries, however
//! many objects there are.

mod objects;
mod ours;
mod tables;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;

pub(crate) use objects::{Kind, Objects, Sequence, Type};
pub(crate) use tables::{Column, Constraint, Table, TableKind};

use crate::error::{Doing, SchemaError};

/// Everything that a schema is made of, each list in the order of schemas and names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Catalog {
    pub tables: Vec<Table>,
    pub objects: Objects,
}

/// Reads the tables of all schemas that are not the server's own. Three queries.
pub(crate) fn read_tables(conn: &mut PgConnection) -> Result<Vec<Table>, SchemaError> {
    consistently(conn, tables::read).doing("read the tables from the catalog")
}

/// Reads everything. Eleven queries.
pub(crate) fn read(conn: &mut PgConnection) -> Result<Catalog, SchemaError> {
    consistently(conn, |conn| {
        Ok(Catalog { tables: tables::read(conn)?, objects: objects::read(conn)? })
    })
    .doing("read the catalog")
}

/// Runs `read` over one state of the database, with names of the schema `public` unqualified in
/// the definitions that the server prints, whatever the session's own settings are. Within a
/// transaction of the caller's, the state is what that lets us see.
fn consistently<T>(
    conn: &mut PgConnection,
    read: impl Fn(&mut PgConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    let read = |conn: &mut PgConnection| {
        conn.batch_execute(
            "SAVEPOINT strata_catalog; SET LOCAL search_path = public, pg_catalog; \
             SET LOCAL quote_all_identifiers = off",
        )?;
        let result = read(conn)?;
        // The settings of a transaction that goes on are the caller's.
        conn.batch_execute("ROLLBACK TO SAVEPOINT strata_catalog")?;
        Ok(result)
    };
    match conn.build_transaction().repeatable_read().read_only().run(read) {
        Err(DieselError::AlreadyInTransaction) => conn.transaction(read),
        outcome => outcome,
    }
}
