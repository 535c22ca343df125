//! The tables that Rust code can query, as plain values, read from `pg_catalog` in a fixed number of
//! queries, however many there are.

#[cfg(feature = "pictures")]
mod objects;
mod ours;
mod tables;

use diesel::pg::PgConnection;

#[cfg(feature = "pictures")]
pub(crate) use objects::{Kind, Objects, Type};
#[cfg(feature = "print")]
pub(crate) use tables::Constraint;
pub(crate) use tables::{Column, Table, TableKind};

use crate::consistent::consistently;
use crate::error::{Doing, SchemaError};

/// Names of the schema `public` are unqualified in the definitions that the server prints.
const SETTINGS: &str =
    "SET LOCAL search_path = public, pg_catalog; SET LOCAL quote_all_identifiers = off";

/// Reads the tables of all schemas that are not the server's own. Three queries.
pub(crate) fn read_tables(conn: &mut PgConnection) -> Result<Vec<Table>, SchemaError> {
    consistently(conn, SETTINGS, tables::read).doing("read the tables from the catalog")
}

/// Everything that a schema is made of, each list in the order of schemas and names.
#[cfg(feature = "pictures")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Catalog {
    pub tables: Vec<Table>,
    pub objects: Objects,
}

/// Reads everything. Eleven queries.
#[cfg(feature = "pictures")]
pub(crate) fn read(conn: &mut PgConnection) -> Result<Catalog, SchemaError> {
    consistently(conn, SETTINGS, |conn| {
        Ok(Catalog { tables: tables::read(conn)?, objects: objects::read(conn)? })
    })
    .doing("read the catalog")
}
