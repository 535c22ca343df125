//! What the writers of statements share.

use super::rule::Pair;
use crate::facts::Fact;

/// No statement.
pub(super) fn nothing(_: &Fact) -> Vec<String> {
    Vec::new()
}

pub(super) fn one(statement: String) -> Vec<String> {
    vec![statement]
}

/// An attribute that facts of this kind have.
pub(super) fn get<'a>(fact: &'a Fact, name: &str) -> &'a str {
    fact.get(name).unwrap_or_default()
}

/// The outermost thing's name.
pub(super) fn table_of(fact: &Fact) -> String {
    fact.address.root().name().to_owned()
}

/// The column that the fact is, or belongs to.
pub(super) fn column_of(fact: &Fact) -> String {
    let column = fact.address.steps().find(|(kind, _)| matches!(*kind, "column" | "attribute"));
    column.map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// A text as SQL writes it, with an escape only where a backslash would ask for one.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(super) fn options(fact: &Fact) -> String {
    fact.get("options").map(|options| format!(" OPTIONS ({options})")).unwrap_or_default()
}

/// `ALTER … OPTIONS`, from one list of options to another.
pub(super) fn alter_options(pair: Pair<'_>, alter: &str) -> Vec<String> {
    let split = |text: Option<&str>| -> Vec<(String, String)> {
        listed(text.unwrap_or_default())
            .into_iter()
            .filter_map(|one| {
                one.split_once(' ').map(|(name, value)| (name.to_owned(), value.to_owned()))
            })
            .collect()
    };
    let (was, is) = (split(pair.was("options")), split(pair.is("options")));
    let mut parts = Vec::new();
    for (name, value) in &is {
        match was.iter().find(|(other, _)| other == name) {
            None => parts.push(format!("ADD {name} {value}")),
            Some((_, other)) if other != value => parts.push(format!("SET {name} {value}")),
            Some(_) => {}
        }
    }
    let gone = was.iter().filter(|(name, _)| !is.iter().any(|(other, _)| other == name));
    parts.extend(gone.map(|(name, _)| format!("DROP {name}")));
    one(format!("{alter} OPTIONS ({})", parts.join(", ")))
}

/// The members of a list, `a, 'b, c'`.
pub(super) fn listed(text: &str) -> Vec<String> {
    let mut members = vec![String::new()];
    let (mut single, mut double) = (false, false);
    for c in text.chars() {
        single ^= c == '\'' && !double;
        double ^= c == '"' && !single;
        match c {
            ',' if !single && !double => members.push(String::new()),
            c => {
                if let Some(last) = members.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    members.into_iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}
