//! What a failed `CREATE INDEX CONCURRENTLY` leaves behind: an index that is there and not valid.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};
use strata_sql::Statement;

use crate::error::{Doing, Error};
use crate::migrations::Migration;

#[derive(QueryableByName)]
struct Invalid {
    /// Quoted and qualified as the session needs it.
    #[diesel(sql_type = Text)]
    index: String,
    /// Who is building it now.
    #[diesel(sql_type = Nullable<Integer>)]
    pid: Option<i32>,
}

/// Drops the invalid index that `statement` is about to build, which `IF NOT EXISTS` would take
/// for built, and returns its name.
pub(crate) fn drop_invalid(
    conn: &mut PgConnection,
    migration: &Migration,
    statement: &Statement<'_>,
) -> Result<Option<String>, Error> {
    let Some((name, table)) = built_index(statement) else {
        return Ok(None);
    };
    let found = diesel::sql_query(
        "SELECT i.indexrelid::regclass::text AS index, (SELECT p.pid \
         FROM pg_catalog.pg_stat_progress_create_index p \
         WHERE p.pid <> pg_catalog.pg_backend_pid() AND (p.index_relid = i.indexrelid \
         OR p.index_relid IS NULL AND EXISTS (SELECT FROM pg_catalog.pg_locks l \
         WHERE l.pid = p.pid AND l.granted AND l.relation = i.indrelid \
         AND l.mode = 'ShareUpdateExclusiveLock')) LIMIT 1) AS pid \
         FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
         WHERE i.indrelid = pg_catalog.to_regclass($1) \
         AND c.relname = (pg_catalog.parse_ident($2))[1]::name AND NOT i.indisvalid",
    )
    .bind::<Text, _>(table)
    .bind::<Text, _>(name)
    .get_result::<Invalid>(conn)
    .optional()
    .doing("look for an index that is not valid")?;
    match found {
        None => Ok(None),
        Some(Invalid { index, pid: Some(pid) }) => {
            Err(Error::IndexInProgress { name: migration.name().to_owned(), index, pid })
        }
        Some(Invalid { index, pid: None }) => {
            tracing::warn!(index, migration = migration.name(), "rebuilding an invalid index");
            conn.batch_execute(&format!("DROP INDEX CONCURRENTLY {index}"))
                .doing("drop an index that is not valid")?;
            Ok(Some(index))
        }
    }
}

/// The name of the index that a `CREATE INDEX CONCURRENTLY` builds, and its table, both as the
/// statement writes them: the server knows what it makes of capitals and of what is too long.
fn built_index(statement: &Statement<'_>) -> Option<(String, String)> {
    let mut tokens = statement.tokens().peekable();
    let mut take = |word: &str| tokens.next_if(|token| token.eq_ignore_ascii_case(word)).is_some();
    if !take("create") {
        return None;
    }
    take("unique");
    if !(take("index") && take("concurrently")) {
        return None;
    }
    if take("if") {
        take("not");
        take("exists");
    }
    if take("on") {
        // An index that the server names is a new one each time.
        return None;
    }
    let name = tokens.next()?.to_owned();
    tokens.next_if(|token| token.eq_ignore_ascii_case("on"))?;
    tokens.next_if(|token| token.eq_ignore_ascii_case("only"));
    let mut table = tokens.next()?.to_owned();
    while tokens.next_if_eq(&".").is_some() {
        table.push('.');
        table.push_str(tokens.next()?);
    }
    Some((name, table))
}

#[cfg(test)]
mod tests {
    use strata_sql::split_statements;

    use super::*;

    #[test]
    fn the_index_that_a_statement_builds_is_found() {
        for (text, expected) in [
            ("create index concurrently I on T (a)", Some(("I", "T"))),
            (
                "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"A \"\"i\" ON ONLY s.\"T\" (a)",
                Some(("\"A \"\"i\"", "s.\"T\"")),
            ),
            ("CREATE INDEX CONCURRENTLY ON t (a)", None),
            ("CREATE INDEX i ON t (a)", None),
            ("DROP INDEX CONCURRENTLY i", None),
        ] {
            let statements = split_statements(text).unwrap();
            let found = built_index(&statements[0]);
            let found = found.as_ref().map(|(name, table)| (name.as_str(), table.as_str()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
