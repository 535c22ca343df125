//! The whole schema as text, without the ledger.

use diesel::pg::PgConnection;

use crate::error::Error;

/// The schema of the database of `conn` as text: tables with columns in their order, constraints,
/// indexes, triggers and policies; views, functions, types, sequences, extensions, comments and
/// grants. Two databases of the same schema give the same text, however they came to it.
///
/// The ledger is left out, and so is what extensions made.
///
/// ```no_run
/// # let mut conn = diesel_strata::connect("postgres://localhost/app")?;
/// let text = diesel_strata::schema_snapshot(&mut conn)?;
/// // In a test: insta::assert_snapshot!(text);
/// # Ok::<(), diesel_strata::Error>(())
/// ```
///
/// # Errors
///
/// The catalog cannot be read.
pub fn schema_snapshot(conn: &mut PgConnection) -> Result<String, Error> {
    Ok(strata_schema::schema_snapshot(conn, "__migrations")?)
}
