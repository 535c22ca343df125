//! The table that records which migrations ran.

use diesel::dsl::sql;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, Bool, Nullable, Text};
use strata_sql::{identifier, literal};

use crate::error::{Doing, Error};
use crate::row::{COLUMNS, Row};
use crate::session::inside_transaction;

diesel::table! {
    __migrations (id) {
        id -> Integer,
        migration_name -> Text,
    }
}

/// Which table the ledger is: `__migrations`, found by the connection's `search_path`, unless said
/// otherwise.
///
/// ```
/// use diesel_strata::Ledger;
///
/// assert_eq!(Ledger::default().to_string(), r#""__migrations""#);
/// assert_eq!(Ledger::new("history").in_schema("ops").to_string(), r#""ops"."history""#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ledger {
    schema: Option<String>,
    table: String,
}

/// What the ledger says of one migration.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub(crate) struct Entry {
    /// The name as it is recorded, perhaps with an extension.
    pub name: String,
    /// When, as recorded, in ISO 8601 without a zone: the session's where the column has a time
    /// zone, else that of whoever wrote it. `infinity` where that is recorded.
    pub applied_at: Option<String>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self::new("__migrations")
    }
}

impl std::fmt::Display for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", identifier(schema))?;
        }
        f.write_str(&identifier(&self.table))
    }
}

impl Ledger {
    /// The table `table`, found by the connection's `search_path`.
    pub fn new(table: impl Into<String>) -> Self {
        Self { schema: None, table: table.into() }
    }

    /// The same table in `schema`, which is created with it where it does not exist.
    #[must_use]
    pub fn in_schema(self, schema: impl Into<String>) -> Self {
        Self { schema: Some(schema.into()), ..self }
    }

    /// Two expressions: the schema that holds the table, or that would, and the table's name.
    pub(crate) fn resolved(&self) -> (String, String) {
        let table = literal(&self.table);
        let schema = match &self.schema {
            Some(schema) => literal(schema),
            None => format!(
                "coalesce((SELECT n.nspname FROM pg_catalog.pg_class c \
                 JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.oid = pg_catalog.to_regclass({})), pg_catalog.current_schema())",
                literal(&self.to_string())
            ),
        };
        (schema, table)
    }

    /// The rows in the order of their ids; `None` where the table does not exist. One query, and
    /// a second one only where it fails.
    pub(crate) fn rows(&self, conn: &mut PgConnection) -> Result<Option<Vec<Row>>, Error> {
        let query =
            __migrations::table.select(__migrations::migration_name).order(__migrations::id);
        let names = self.read::<String, _>(conn, query)?;
        Ok(names.map(|names| names.into_iter().map(|name| Row { name }).collect()))
    }

    /// The entries in the order of their ids; `None` where the table does not exist.
    pub(crate) fn entries(&self, conn: &mut PgConnection) -> Result<Option<Vec<Entry>>, Error> {
        // The cast fits both `TIMESTAMP` and `TIMESTAMPTZ`; JSON has one way to write a time.
        let applied_at = sql::<Nullable<Text>>("to_json(applied_at::timestamp) #>> '{}'");
        let query = __migrations::table
            .select((__migrations::migration_name, applied_at))
            .order(__migrations::id);
        self.read(conn, query)
    }

    fn read<'q, T, Q>(&'q self, conn: &mut PgConnection, query: Q) -> Result<Option<Vec<T>>, Error>
    where
        InLedger<'q, Q>: diesel::query_dsl::LoadQuery<'q, PgConnection, T>,
        Q: Clone + 'q,
    {
        // A query that fails would spoil a transaction.
        if inside_transaction(conn) && !self.exists(conn)? {
            return Ok(None);
        }
        match (InLedger { ledger: self, query: query.clone() }.load(conn)) {
            Err(diesel::result::Error::DatabaseError(..)) => {}
            rows => return rows.map(Some).map_err(|error| self.error("read the ledger", error)),
        }
        if !self.exists(conn)? {
            return Ok(None);
        }
        // It may have been created between the two questions.
        let rows = InLedger { ledger: self, query }.load(conn).map(Some);
        rows.map_err(|error| self.error("read the ledger", error))
    }

    fn exists(&self, conn: &mut PgConnection) -> Result<bool, Error> {
        diesel::select(
            sql::<Bool>("to_regclass(").bind::<Text, _>(self.to_string()).sql(") IS NOT NULL"),
        )
        .get_result(conn)
        .doing("look for the ledger")
    }

    /// Creates the table where it does not exist. Safe against a session that does so at the same
    /// time, be it ours or not.
    pub(crate) fn create(&self, conn: &mut PgConnection) -> Result<(), Error> {
        if self.exists(conn)? {
            return Ok(());
        }
        let created = conn.transaction(|conn| {
            if let Some(schema) = &self.schema {
                self.create_schema(conn, schema)?;
            }
            diesel::sql_query(format!("CREATE TABLE {self} ({COLUMNS})")).execute(conn)
        });
        match created {
            Err(error) if !self.exists(conn)? => Err(self.error("create the ledger", error)),
            _ => Ok(()),
        }
    }

    /// To create a schema `IF NOT EXISTS` takes the privilege to create one even where it exists.
    fn create_schema(&self, conn: &mut PgConnection, schema: &str) -> QueryResult<()> {
        let exists = sql::<Bool>("EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = ")
            .bind::<Text, _>(schema)
            .sql(")");
        if !diesel::select(exists).get_result::<bool>(conn)? {
            let schema = identifier(schema);
            diesel::sql_query(format!("CREATE SCHEMA IF NOT EXISTS {schema}")).execute(conn)?;
        }
        Ok(())
    }

    pub(crate) fn error(&self, doing: &'static str, source: diesel::result::Error) -> Error {
        Error::Ledger { doing, ledger: self.to_string(), source }
    }

    /// The statement that records `name`.
    pub(crate) fn insert(&self, name: &str) -> String {
        format!("INSERT INTO {self} (migration_name) VALUES ({})", literal(name))
    }

    /// Removes the entries `names`.
    pub(crate) fn forget(&self, conn: &mut PgConnection, names: &[String]) -> Result<(), Error> {
        diesel::sql_query(format!("DELETE FROM {self} WHERE migration_name = ANY($1)"))
            .bind::<Array<Text>, _>(names)
            .execute(conn)
            .map(drop)
            .doing("remove entries from the ledger")
    }
}

/// A query that is written against `__migrations` and reads the table that the ledger is.
///
/// Not prepared by name: it is sent once, and so costs one round trip and works behind a pooler.
struct InLedger<'a, Q> {
    ledger: &'a Ledger,
    query: Q,
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for InLedger<'_, Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        if *self.ledger != Ledger::default() {
            out.push_sql(r#"WITH "__migrations" AS (SELECT * FROM "#);
            out.push_sql(&self.ledger.to_string());
            out.push_sql(") ");
        }
        self.query.walk_ast(out)
    }
}

impl<Q> QueryId for InLedger<'_, Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for InLedger<'_, Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<PgConnection> for InLedger<'_, Q> {}
