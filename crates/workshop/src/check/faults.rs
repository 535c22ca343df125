//! Functions and triggers that are at fault once a file has run: asked of the catalog before and
//! after, so that only what is new is told.

use std::collections::HashSet;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, Text};
use strata_sql::{Statement, split_statements};

/// A fault of a function or a trigger.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Fault {
    pub rule: &'static str,
    pub message: String,
    /// Names that the statement which made it holds.
    pub names: Vec<String>,
}

#[derive(QueryableByName)]
struct Definer {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    signature: String,
}

#[derive(QueryableByName)]
struct Trigger {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    function: String,
    #[diesel(sql_type = Text)]
    source: String,
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
}

/// The faults that there are now. Two queries.
///
/// # Errors
///
/// The catalog cannot be read.
pub(crate) fn read(conn: &mut PgConnection) -> QueryResult<HashSet<Fault>> {
    let mut faults: HashSet<_> = definers(conn)?.collect();
    faults.extend(triggers(conn)?);
    Ok(faults)
}

fn definers(conn: &mut PgConnection) -> QueryResult<impl Iterator<Item = Fault>> {
    let found: Vec<Definer> = diesel::sql_query(
        "SELECT p.proname::text AS name, p.oid::regprocedure::text AS signature \
         FROM pg_catalog.pg_proc p WHERE p.oid >= 16384 AND p.prosecdef \
         AND NOT EXISTS (SELECT FROM unnest(p.proconfig) c WHERE c LIKE 'search\\_path=%') \
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid = p.oid \
         AND d.deptype = 'e')",
    )
    .load(conn)?;
    Ok(found.into_iter().map(|function| Fault {
        rule: "security-definer-without-search-path",
        message: format!(
            "{} runs with its owner's rights and its caller's search_path, so that a caller can \
             put tables and functions of his own in its way; add SET search_path = pg_catalog, \
             public, pg_temp to it",
            function.signature
        ),
        names: vec![function.name],
    }))
}

fn triggers(conn: &mut PgConnection) -> QueryResult<impl Iterator<Item = Fault>> {
    let found: Vec<Trigger> = diesel::sql_query(
        "SELECT t.tgname::text AS name, c.oid::regclass::text AS table_name, \
         p.proname::text AS function, p.prosrc AS source, \
         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid \
         AND a.attnum > 0 AND NOT a.attisdropped) AS columns \
         FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid \
         JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid \
         JOIN pg_catalog.pg_language l ON l.oid = p.prolang \
         WHERE NOT t.tgisinternal AND l.lanname = 'plpgsql' AND t.oid >= 16384",
    )
    .load(conn)?;
    Ok(found.into_iter().filter_map(|trigger| {
        let set = assigned(&trigger.source);
        let missing = set.into_iter().find(|column| !trigger.columns.contains(column))?;
        Some(Fault {
            rule: "trigger-sets-missing-column",
            message: format!(
                "the trigger {} sets NEW.{missing}, and {} has no such column: each write that it \
                 fires for fails",
                trigger.name, trigger.table_name
            ),
            names: vec![trigger.name, trigger.function, trigger.table_name],
        })
    }))
}

/// The columns of the row NEW that a function of plpgsql assigns to.
fn assigned(source: &str) -> Vec<String> {
    let statements = split_statements(source).unwrap_or_default();
    statements.iter().flat_map(assigned_by).collect()
}

fn assigned_by(statement: &Statement<'_>) -> Vec<String> {
    let tokens: Vec<_> = statement.tokens().collect();
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|t| t.eq_ignore_ascii_case(word));
    let begins = |at: usize| {
        let openers = ["begin", "then", "else", "loop"];
        at == 0 || openers.iter().any(|word| is(at - 1, word))
    };
    let assigns = |at: usize| is(at, "new") && is(at + 1, ".") && begins(at);
    let found = (0..tokens.len()).filter(|at| assigns(*at));
    let named = found.filter(|at| is(at + 3, "=") || (is(at + 3, ":") && is(at + 4, "=")));
    named.map(|at| column_name(tokens[at + 2])).collect()
}

fn column_name(token: &str) -> String {
    match token.strip_prefix('"').and_then(|token| token.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => token.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_trigger_assigns_is_told_from_what_it_compares() {
        let source = "DECLARE x int; BEGIN\n NEW.updated_at = now(); -- NEW.no = 1\n \
                      IF NEW.a = NEW.b THEN new.\"Ä\" := 1; ELSE NEW.c := 'NEW.d = 1'; END IF; \
                      UPDATE t SET e = NEW.f WHERE NEW.g = 2; RETURN NEW; END";
        assert_eq!(assigned(source), ["updated_at", "Ä", "c"]);
    }
}
