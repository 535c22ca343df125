//! The whole schema as facts and as text, without the ledger.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use strata_schema::facts::{Facts, FactsText, read_facts};
use strata_schema::schema_difference;

use crate::error::{Doing, Error};
use crate::ledger::Ledger;

/// The schema of the database of `conn` as text, a fact a line: all that `pg_dump --schema-only`
/// sees, with owners, comments and privileges. Two databases of the same schema give the same text,
/// however they came to it, where servers of one major version word it.
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
    Ok(FactsText::new(&schema_facts(conn, &Ledger::default())?).render())
}

/// The facts of the database of `conn`, without `ledger`.
///
/// # Errors
///
/// The catalog cannot be read.
pub fn schema_facts(conn: &mut PgConnection, ledger: &Ledger) -> Result<Facts, Error> {
    // A session may have another search_path by now than the one that the ledger was found by.
    let place: Option<LedgerPlace> = diesel::sql_query(
        "SELECT n.nspname::text AS schema, c.relname::text AS name FROM pg_class c \
         JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = coalesce(to_regclass($1), \
         to_regclass('public.' || $1))",
    )
    .bind::<Text, _>(ledger.to_string())
    .get_result(conn)
    .optional()
    .doing("look for the ledger")?;
    let mut facts = read_facts(conn)?;
    if let Some(LedgerPlace { schema, name }) = place {
        facts.leave_out_table(&schema, &name);
    }
    Ok(facts)
}

/// How the database of `conn` differs from `expected`, the text of a `strata.schema` that a program
/// was built with: a line for each fact that only one of them has, `-` for what is missing and `+`
/// for what is there beyond it. Empty where they agree.
///
/// Definitions are in the words of a server: both must be of one major version.
///
/// ```no_run
/// # let mut conn = diesel_strata::connect("postgres://localhost/app")?;
/// # let expected = "";
/// // In an application: include_str!("../migrations/strata.schema")
/// for line in diesel_strata::schema_drift(&mut conn, expected)? {
///     eprintln!("{line}");
/// }
/// # Ok::<(), diesel_strata::Error>(())
/// ```
///
/// # Errors
///
/// The catalog cannot be read.
pub fn schema_drift(conn: &mut PgConnection, expected: &str) -> Result<Vec<String>, Error> {
    Ok(schema_difference(expected, &schema_snapshot(conn)?))
}

/// Where the ledger is.
#[derive(QueryableByName)]
struct LedgerPlace {
    #[diesel(sql_type = Text)]
    schema: String,
    #[diesel(sql_type = Text)]
    name: String,
}
