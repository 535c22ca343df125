//! From a database to `schema.rs`.

use diesel::pg::PgConnection;

use super::config::{PrintSchema, PrintSchemaConfig};
use super::file::{Regenerated, SchemaFile};
use super::format::{format, patched};
use super::printed::Printed;
use super::render;
use crate::catalog;
use crate::error::SchemaError;

/// Prints the schema of the database of `conn` as `config` asks. Three queries, however many
/// tables there are.
///
/// # Errors
///
/// A table has no primary key, a patch does not apply, or the catalog cannot be read.
pub fn print_schema(conn: &mut PgConnection, config: &PrintSchema) -> Result<Printed, SchemaError> {
    print_tables(&catalog::read_tables(conn)?, config)
}

fn print_tables(tables: &[catalog::Table], config: &PrintSchema) -> Result<Printed, SchemaError> {
    let (raw, warnings) = render::render(tables, config)?;
    let formatted = format(&raw);
    let is_formatted = formatted.is_some();
    let text = patched(formatted.unwrap_or(raw), config)?;
    Ok(Printed { text, is_formatted, warnings })
}

/// Writes every file that `config` names anew, where its content changes, and says which did.
///
/// ```no_run
/// use diesel::{Connection, PgConnection};
/// use strata_schema::schema_rs::{PrintSchemaConfig, regenerate};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut conn = PgConnection::establish("postgres://localhost/app")?;
/// let config = PrintSchemaConfig::read("diesel.toml".as_ref())?;
/// for file in regenerate(&mut conn, &config)? {
///     println!("{} {}", file.path.display(), if file.changed { "is new" } else { "is current" });
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// As [`print_schema`], and a file cannot be read or written. Files are replaced whole: one that
/// cannot be is as it was.
pub fn regenerate(
    conn: &mut PgConnection,
    config: &PrintSchemaConfig,
) -> Result<Vec<Regenerated>, SchemaError> {
    planned(conn, config)?.into_iter().map(SchemaFile::write).collect()
}

/// What [`regenerate`] would write, without writing it.
///
/// # Errors
///
/// As [`regenerate`].
pub fn planned(
    conn: &mut PgConnection,
    config: &PrintSchemaConfig,
) -> Result<Vec<SchemaFile>, SchemaError> {
    let named: Vec<_> =
        config.schemas().filter_map(|(_, one)| Some((one, one.file.as_ref()?))).collect();
    if named.is_empty() {
        return Ok(Vec::new());
    }
    let tables = catalog::read_tables(conn)?;
    let plan = |(one, path): (&PrintSchema, &std::path::PathBuf)| {
        SchemaFile::new(path.clone(), print_tables(&tables, one)?)
    };
    named.into_iter().map(plan).collect()
}
