//! Settings that a file leaves behind for those after it.

use std::collections::BTreeMap;

use strata_sql::{Statement, split_statements};

/// Settings that are on at the end of a file, by name: the statement that made each.
pub(crate) type Settings = BTreeMap<String, String>;

/// What a statement does to the session's settings.
enum Change {
    Set(String),
    Reset(String),
    ResetAll,
}

/// The settings after `sql` where `before` holds when it begins; only those that can change what
/// later statements build.
pub(crate) fn after(sql: &str, before: &Settings) -> Settings {
    let mut settings = before.clone();
    for statement in split_statements(sql).unwrap_or_default() {
        match change(&statement) {
            Some(Change::Set(name)) if shapes_schemas(&name, statement.text) => {
                settings.insert(name, statement.text.to_owned());
            }
            Some(Change::Set(name) | Change::Reset(name)) => {
                settings.remove(&name);
            }
            Some(Change::ResetAll) => settings.clear(),
            None => {}
        }
    }
    settings
}

/// The statements of `settings` that `sql` does not begin by making for itself.
pub(crate) fn needed(sql: &str, settings: &Settings) -> Vec<String> {
    let statements = split_statements(sql).unwrap_or_default();
    let own: Vec<_> = statements
        .iter()
        .map_while(|statement| match change(statement)? {
            Change::Set(name) | Change::Reset(name) => Some(name),
            Change::ResetAll => None,
        })
        .collect();
    // Bodies are checked where functions are made, and nowhere else.
    let makes_functions = statements.iter().any(|statement| {
        statement.tokens().take(6).any(|token| {
            token.eq_ignore_ascii_case("function") || token.eq_ignore_ascii_case("procedure")
        })
    });
    let matters = |name: &String| makes_functions || name != "check_function_bodies";
    let left = settings.iter().filter(|(name, _)| !own.contains(name) && matters(name));
    left.map(|(_, set)| set.clone()).collect()
}

fn change(statement: &Statement<'_>) -> Option<Change> {
    let tokens: Vec<_> = statement.tokens().take(8).collect();
    let upper: Vec<_> = tokens.iter().map(|token| token.to_ascii_uppercase()).collect();
    let words: Vec<_> = upper.iter().map(String::as_str).collect();
    let name = |name: &str| name.trim_matches('"').to_ascii_lowercase();
    match words.as_slice() {
        ["SET", "LOCAL" | "CONSTRAINTS" | "TRANSACTION", ..] => None,
        ["SET", "TIME", "ZONE", ..] | ["SET", "SESSION", "TIME", "ZONE", ..] => {
            Some(Change::Set("timezone".to_owned()))
        }
        ["SET", "SESSION", "AUTHORIZATION", ..] => {
            Some(Change::Set("session_authorization".to_owned()))
        }
        ["SET", "SESSION", "CHARACTERISTICS", ..] => None,
        ["SET", "SESSION", word, ..] | ["SET", word, ..] => Some(Change::Set(name(word))),
        ["RESET", "ALL"] | ["DISCARD", "ALL"] => Some(Change::ResetAll),
        ["RESET", "SESSION", "AUTHORIZATION"] => {
            Some(Change::Reset("session_authorization".to_owned()))
        }
        ["RESET", word] => Some(Change::Reset(name(word))),
        ["SELECT", ..] => set_config(statement),
        _ => None,
    }
}

/// `SELECT set_config('name', 'value', false)`.
fn set_config(statement: &Statement<'_>) -> Option<Change> {
    let tokens: Vec<_> = statement.tokens().collect();
    let at = tokens.iter().position(|token| token.eq_ignore_ascii_case("set_config"))?;
    let [_, "(", name, ",", _, ",", local, ")", ..] = &tokens[at..] else {
        return None;
    };
    local
        .eq_ignore_ascii_case("false")
        .then(|| Change::Set(name.trim_matches('\'').to_ascii_lowercase()))
}

/// Whether the setting `name`, as `statement` makes it, can change what later statements build.
fn shapes_schemas(name: &str, statement: &str) -> bool {
    let words = statement.trim_end_matches("false)").trim_end_matches([',', ' ', ')']);
    let value = words.rsplit([' ', '=', ',']).next().unwrap_or_default();
    let value = value.trim_matches(['\'', '"']).to_ascii_lowercase();
    match name {
        "search_path" | "role" | "session_authorization" | "check_function_bodies" => true,
        "timezone" | "datestyle" | "intervalstyle" | "bytea_output" => true,
        "default_tablespace" => !value.is_empty(),
        "default_table_access_method" => value != "heap",
        "standard_conforming_strings" => value != "on",
        _ => name.contains('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(sql: &str) -> Vec<String> {
        after(sql, &Settings::new()).into_values().collect()
    }

    #[test]
    fn what_holds_at_the_end_of_a_file_is_what_the_next_one_meets() {
        assert_eq!(
            left("SET search_path TO app, public; CREATE TABLE t ();"),
            ["SET search_path TO app, public"]
        );
        assert_eq!(left("set session Role to owner"), ["set session Role to owner"]);
        assert_eq!(left("SELECT pg_catalog.set_config('search_path', '', false);").len(), 1);
        assert_eq!(left("SET search_path = a; RESET search_path"), [""; 0]);
        assert_eq!(left("SET search_path = a; RESET ALL"), [""; 0]);
        assert_eq!(left("SET LOCAL search_path = a"), [""; 0]);
        assert_eq!(left("SELECT set_config('search_path', '', true);"), [""; 0]);
        assert_eq!(
            left("CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = '' AS '1'"),
            [""; 0]
        );
    }

    #[test]
    fn bodies_that_are_not_checked_matter_to_functions_only() {
        let settings = after("SET check_function_bodies = false", &Settings::new());
        assert_eq!(needed("CREATE TABLE t ()", &settings), [""; 0]);
        assert_eq!(needed("CREATE OR REPLACE FUNCTION f() RETURNS int AS ''", &settings).len(), 1);
    }

    #[test]
    fn what_changes_no_schema_is_not_carried() {
        let dump = "SET statement_timeout = 0; SET lock_timeout = 0; SET client_encoding = 'UTF8'; \
                    SET standard_conforming_strings = on; SET xmloption = content; \
                    SET client_min_messages = warning; SET row_security = off; \
                    SET default_tablespace = ''; SET default_table_access_method = heap;";
        assert_eq!(left(dump), [""; 0]);
    }

    #[test]
    fn a_file_that_sets_it_for_itself_needs_no_other() {
        let settings = after("SET search_path = a; SET role = b", &Settings::new());
        assert_eq!(needed("CREATE TABLE t ()", &settings), ["SET role = b", "SET search_path = a"]);
        assert_eq!(needed("SET search_path = c; CREATE TABLE t ()", &settings), ["SET role = b"]);
        assert_eq!(needed("CREATE TABLE t (); SET search_path = c", &settings).len(), 2);
    }
}
