//! The ledgers of other migration tools.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use strata_sql::literal;

/// The tables in which other tools record what they ran.
const LEDGERS: [&str; 14] = [
    "__diesel_schema_migrations",
    "_sqlx_migrations",
    "refinery_schema_history",
    "seaql_migrations",
    "flyway_schema_history",
    "databasechangelog",
    "schema_migrations",
    "goose_db_version",
    "alembic_version",
    "django_migrations",
    "knex_migrations",
    "_prisma_migrations",
    "pgmigrations",
    "__EFMigrationsHistory",
];

#[derive(QueryableByName)]
struct Table {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Used {
    #[diesel(sql_type = Bool)]
    used: bool,
}

/// The ledgers of other tools that hold anything. One query, and one for each that is there.
pub(super) fn tables(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let names = LEDGERS.map(literal).join(",");
    let tables = diesel::sql_query(format!(
        "SELECT c.oid::regclass::text AS name FROM pg_catalog.pg_class c \
         WHERE c.relname IN ({names}) AND c.relkind IN ('r', 'p') \
         AND pg_catalog.has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
    ));
    let tables = tables.load::<Table>(conn)?;
    let mut used = Vec::new();
    for Table { name } in tables {
        let rows = diesel::sql_query(format!("SELECT EXISTS (SELECT FROM {name}) AS used"));
        if rows.get_result::<Used>(conn)?.used {
            used.push(name);
        }
    }
    Ok(used)
}
