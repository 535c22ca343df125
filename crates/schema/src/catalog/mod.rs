//! The tables that Rust code can query, as plain values, read from `pg_catalog` in a fixed number of
//! queries, however many there are.

mod ours;
mod tables;

use diesel::pg::PgConnection;

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
