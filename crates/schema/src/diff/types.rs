//! Statements for types.

use super::rule::Pair;
use super::written::{column_of, get, one};
use crate::facts::Fact;

pub(super) fn create_enum(fact: &Fact) -> Vec<String> {
    let labels = get(fact, "labels").replace('\n', ", ");
    one(format!("CREATE {} AS ENUM ({labels})", fact.phrase))
}

/// `ADD VALUE` for labels that are new, if all others are there in their order.
pub(super) fn add_labels(pair: Pair<'_>) -> Option<Vec<String>> {
    let labels = |text: Option<&str>| -> Vec<String> {
        text.unwrap_or_default()
            .split('\n')
            .filter(|one| !one.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (was, is) = (labels(pair.was("labels")), labels(pair.is("labels")));
    let kept: Vec<_> = is.iter().filter(|label| was.contains(label)).cloned().collect();
    if kept != was {
        return None;
    }
    let mut statements = Vec::new();
    let mut last: Option<&String> = None;
    for label in &is {
        if !was.contains(label) {
            let place = match (last, was.first()) {
                (Some(last), _) => format!(" AFTER {last}"),
                (None, Some(first)) => format!(" BEFORE {first}"),
                (None, None) => String::new(),
            };
            statements.push(format!("ALTER {} ADD VALUE {label}{place}", pair.fact().phrase));
        }
        last = Some(label);
    }
    Some(statements)
}

pub(super) fn create_domain(fact: &Fact) -> Vec<String> {
    let collation = fact.get("collation").map(|one| format!(" COLLATE {one}")).unwrap_or_default();
    let default = fact.get("default").map(|one| format!(" DEFAULT {one}")).unwrap_or_default();
    let not_null = fact.get("not null").map(|one| format!(" {one}")).unwrap_or_default();
    one(format!("CREATE {} AS {}{collation}{default}{not_null}", fact.phrase, get(fact, "type")))
}

pub(super) fn set_or_drop(pair: Pair<'_>, attribute: &str, word: &str) -> Vec<String> {
    let phrase = &pair.fact().phrase;
    one(match pair.is(attribute) {
        Some(value) => format!("ALTER {phrase} SET {word} {value}"),
        None => format!("ALTER {phrase} DROP {word}"),
    })
}

pub(super) fn domain_not_null(pair: Pair<'_>) -> Vec<String> {
    let verb = if pair.is("not null").is_some() { "SET" } else { "DROP" };
    one(format!("ALTER {} {verb} NOT NULL", pair.fact().phrase))
}

pub(super) fn add_domain_constraint(fact: &Fact) -> Vec<String> {
    let domain = fact.address.root();
    let (name, definition) = (fact.address.name(), get(fact, "definition"));
    one(format!("ALTER DOMAIN {} ADD CONSTRAINT {name} {definition}", domain.name()))
}

pub(super) fn drop_domain_constraint(fact: &Fact) -> Vec<String> {
    one(format!(
        "ALTER DOMAIN {} DROP CONSTRAINT {}",
        fact.address.root().name(),
        fact.address.name()
    ))
}

/// A constraint that is only to be validated.
pub(super) fn validate(pair: Pair<'_>) -> Option<Vec<String>> {
    let (was, is) = (pair.was("definition")?, pair.is("definition")?);
    let root = pair.fact().address.root();
    let kind = if root.kind() == "domain" { "DOMAIN" } else { "TABLE" };
    let name = pair.fact().address.name();
    if was.strip_suffix(" NOT VALID") == Some(is) {
        return Some(one(format!("ALTER {kind} {} VALIDATE CONSTRAINT {name}", root.name())));
    }
    let timing = |text: &str| {
        let head = text.split(" DEFERRABLE").next().unwrap_or_default().to_owned();
        let tail = text[head.len()..].to_owned();
        (head, tail)
    };
    let ((head, _), (new_head, new_tail)) = (timing(was), timing(is));
    if kind == "TABLE" && pair.is("kind") == Some("f") && head == new_head {
        let tail = if new_tail.is_empty() { " NOT DEFERRABLE".to_owned() } else { new_tail };
        return Some(one(format!("ALTER TABLE {} ALTER CONSTRAINT {name}{tail}", root.name())));
    }
    None
}

/// Attributes follow, each by a statement of its own.
pub(super) fn create_composite(fact: &Fact) -> Vec<String> {
    one(format!("CREATE {} AS ()", fact.phrase))
}

/// The attribute within `CREATE TYPE`.
pub(super) fn attribute(fact: &Fact) -> String {
    let collation = fact.get("collation").map(|one| format!(" COLLATE {one}")).unwrap_or_default();
    format!("{} {}{collation}", column_of(fact), get(fact, "type"))
}

pub(super) fn add_attribute(fact: &Fact) -> Vec<String> {
    one(format!(
        "ALTER TYPE {} ADD ATTRIBUTE {} CASCADE",
        fact.address.root().name(),
        attribute(fact)
    ))
}

pub(super) fn drop_attribute(fact: &Fact) -> Vec<String> {
    one(format!(
        "ALTER TYPE {} DROP ATTRIBUTE {} CASCADE",
        fact.address.root().name(),
        column_of(fact)
    ))
}

pub(super) fn alter_attribute(pair: Pair<'_>) -> Vec<String> {
    let fact = pair.fact();
    let collation = fact.get("collation").map(|one| format!(" COLLATE {one}")).unwrap_or_default();
    let (ty, column) = (get(fact, "type"), column_of(fact));
    one(format!(
        "ALTER TYPE {} ALTER ATTRIBUTE {column} TYPE {ty}{collation} CASCADE",
        fact.address.root().name()
    ))
}
