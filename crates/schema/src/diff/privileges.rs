//! What default privileges give a thing that is created.

use std::collections::HashSet;

use super::change::Changes;
use super::others::{grant, revoke};
use crate::facts::{Address, Fact};

/// What is granted on creation and is not to be; and what is to be and needs no statement.
#[derive(Default)]
pub(super) struct Born<'a> {
    pub undone: Vec<(&'a Address, Vec<String>)>,
    pub given: HashSet<&'a Address>,
}

pub(super) fn born<'a>(changes: &Changes<'a>) -> Born<'a> {
    let mut born = Born::default();
    let defaults: Vec<&Fact> = changes
        .old
        .facts
        .values()
        .copied()
        .filter(|fact| {
            fact.get("default for").is_some_and(|whose| whose.starts_with("FOR ROLE CURRENT_USER"))
        })
        .collect();
    if defaults.is_empty() {
        return born;
    }
    for address in changes.made.iter().copied() {
        let Some(kind) = kind_of(address) else { continue };
        let schema = address.root().name().split('.').next().unwrap_or_default().to_owned();
        for default in &defaults {
            let whose = default.get("default for").unwrap_or_default();
            let applies = default.phrase == format!("ON {kind}")
                && whose.split_once(" IN SCHEMA ").is_none_or(|(_, own)| own == schema);
            if applies {
                give(&mut born, changes, address, default);
            }
        }
    }
    born
}

fn give<'a>(born: &mut Born<'a>, changes: &Changes<'a>, address: &'a Address, default: &Fact) {
    let wanted = address.child(default.address.kind(), default.address.name());
    let option = default.get("with grant option");
    let wanted = changes.new.facts.get_key_value(&wanted);
    if let Some((wanted, _)) = wanted.filter(|(_, fact)| fact.get("with grant option") == option) {
        born.given.insert(wanted);
        return;
    }
    let Some(fact) = changes.new.get(address) else { return };
    let mut undo = default.clone();
    undo.attributes
        .retain(|(name, _)| !matches!(name.as_str(), "default for" | "with grant option"));
    undo.phrase = on(fact);
    let statements = match default.address.kind() {
        "grant" => revoke(&undo),
        _ => grant(&undo),
    };
    born.undone.push((address, statements));
}

/// How `GRANT` calls the thing.
fn on(fact: &Fact) -> String {
    let (word, name) = fact.phrase.split_once(' ').unwrap_or_default();
    match fact.address.kind() {
        "table" | "view" | "materialized view" | "foreign table" => {
            format!("ON TABLE {}", fact.address.name())
        }
        "aggregate" => format!("ON FUNCTION {name}"),
        _ => format!("ON {word} {name}"),
    }
}

/// The kind of object as default privileges call it.
fn kind_of(address: &Address) -> Option<&'static str> {
    let is_root = address.parent().is_none();
    match address.kind() {
        "identity" => Some("SEQUENCES"),
        _ if !is_root => None,
        "table" | "view" | "materialized view" | "foreign table" => Some("TABLES"),
        "sequence" => Some("SEQUENCES"),
        "function" | "procedure" | "aggregate" => Some("FUNCTIONS"),
        "enum" | "domain" | "type" | "range" | "base type" => Some("TYPES"),
        "schema" => Some("SCHEMAS"),
        _ => None,
    }
}
