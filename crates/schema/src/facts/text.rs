//! Facts as text: a line each, in an order that reads well, and nothing from outside fakes a line.

use std::fmt::Write as _;

use super::secret::shown;
use super::{Address, Fact, Facts};

/// Kinds of outermost things, in the order of the text.
const KINDS: &[&[&str]] = &[
    &["extension"],
    &["schema"],
    &["language"],
    &["access method"],
    &["collation"],
    &["shell type", "base type", "enum", "domain", "type", "range"],
    &["sequence"],
    &["table", "view", "materialized view", "foreign table"],
    &["function", "procedure"],
    &["aggregate"],
    &["operator"],
    &["operator family", "operator class"],
    &["cast"],
    &["conversion"],
    &["transform"],
    &["text search parser"],
    &["text search template"],
    &["text search dictionary"],
    &["text search configuration"],
    &["foreign data wrapper"],
    &["server"],
    &["statistics"],
    &["publication"],
    &["subscription"],
    &["event trigger"],
    &["default privileges"],
];

/// Kinds of what belongs to things, in the order of the text.
const PARTS: &[&str] = &[
    "owner",
    "comment",
    "security label",
    "partition",
    "owned by",
    "not null",
    "attribute",
    "column",
    "default",
    "identity",
    "constraint",
    "index",
    "attached",
    "rule",
    "trigger",
    "policy",
    "mapping",
    "user mapping",
    "schema",
    "table",
    "grant",
    "revoke",
];

fn rank(kind: &str, root: bool) -> usize {
    let found = match root {
        true => KINDS.iter().position(|kinds| kinds.contains(&kind)),
        false => PARTS.iter().position(|part| *part == kind),
    };
    found.unwrap_or(usize::MAX)
}

/// Sorts facts for reading; what belongs to a thing stands behind it.
pub(super) fn sort(facts: &mut [Fact]) {
    let places: std::collections::HashMap<Address, i32> = facts
        .iter()
        .filter(|fact| fact.place != 0)
        .map(|fact| (fact.address.clone(), fact.place))
        .collect();
    facts.sort_by_cached_key(|fact| {
        let mut path = Vec::new();
        let mut at = None::<Address>;
        for (kind, name) in fact.address.steps() {
            let own = match &at {
                Some(at) => at.child(kind, name),
                None => Address::new(vec![kind.to_owned(), name.to_owned()]),
            };
            let place = places.get(&own).copied().unwrap_or_default();
            path.push((rank(kind, at.is_none()), place, name.to_owned()));
            at = Some(own);
        }
        (path, fact.address.clone())
    });
}

/// Which facts a text has.
#[derive(Debug, Clone, Copy)]
pub struct FactsText<'a> {
    facts: &'a Facts,
    owners: bool,
    privileges: bool,
}

impl<'a> FactsText<'a> {
    /// The text of all `facts`.
    pub fn new(facts: &'a Facts) -> Self {
        Self { facts, owners: true, privileges: true }
    }

    /// Without who owns what.
    pub fn without_owners(self) -> Self {
        Self { owners: false, ..self }
    }

    /// Without who may do what.
    pub fn without_privileges(self) -> Self {
        Self { privileges: false, ..self }
    }

    fn shows(&self, fact: &Fact) -> bool {
        match fact.address.kind() {
            "owner" => self.owners,
            "grant" | "revoke" => self.privileges,
            _ => true,
        }
    }

    /// The text: a line for each fact, indented below what it belongs to.
    pub fn render(&self) -> String {
        let facts = &self.facts.facts;
        let mut text = String::new();
        let mut shown: Vec<Address> = Vec::new();
        for fact in facts.iter().filter(|fact| self.shows(fact)) {
            if !is_shown(fact) {
                continue;
            }
            let line = line(fact);
            // What has no line of its own, such as an extension's function, has one above its parts.
            open(&mut text, &mut shown, &fact.address);
            write_line(&mut text, shown.len(), &line);
            shown.push(fact.address.clone());
        }
        text
    }
}

/// Whether the fact has a line: an index that is invalid is none, and some say nothing by
/// themselves.
pub(crate) fn is_shown(fact: &Fact) -> bool {
    let silent = match fact.address.kind() {
        "index" | "not null" => fact.address.name().is_empty(),
        // Every new database has it.
        "schema" => fact.address.name() == "public" && fact.address.parent().is_none(),
        _ => false,
    };
    fact.get("invalid").is_none() && !(silent && shown_attributes(fact).next().is_none())
}

/// Leaves `shown` as the things that `address` belongs to, each with a line in `text`.
fn open(text: &mut String, shown: &mut Vec<Address>, address: &Address) {
    shown.retain(|above| address.is_within(above) && address != above);
    let mut missing = Vec::new();
    let mut at = address.parent();
    while let Some(above) = at {
        if shown.last() == Some(&above) {
            break;
        }
        at = above.parent();
        missing.push(above);
    }
    for above in missing.into_iter().rev() {
        let line = heading(&above);
        write_line(text, shown.len(), &line);
        shown.push(above);
    }
    if shown.is_empty() && !text.is_empty() {
        text.push('\n');
    }
}

fn write_line(text: &mut String, depth: usize, line: &str) {
    if depth == 0 && !text.is_empty() && !text.ends_with("\n\n") {
        text.push('\n');
    }
    let indent = "  ".repeat(depth);
    for part in line.split('\n') {
        let _ = writeln!(text, "{indent}{part}");
    }
}

fn heading(address: &Address) -> String {
    let name = escaped(address.name());
    let space = if name.is_empty() { "" } else { " " };
    format!("{}{space}{name}", address.kind())
}

/// Attributes that say again what others say, and serve only to write SQL.
const HIDDEN: &[&str] = &[
    "arguments",
    "result",
    "window",
    "columns",
    "kind",
    "parent",
    "index",
    "privilege",
    "role",
    "by",
    "default for",
];

/// Attributes whose value says what it is.
const BARE: &[&str] = &[
    "type",
    "definition",
    "expression",
    "text",
    "not null",
    "generated",
    "labels",
    "bound",
    "to",
    "column",
    "members",
];

fn shown_attributes(fact: &Fact) -> impl Iterator<Item = (&str, &str)> {
    let is_owner = fact.address.kind() == "owner";
    let same_name = matches!(fact.address.kind(), "table");
    fact.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(
        move |(name, _)| {
            (!HIDDEN.contains(name) || (is_owner && *name == "role"))
                && !(same_name && fact.address.parent().is_some() && *name == "table")
        },
    )
}

/// The line of a fact; values of several lines follow, each behind `| `.
fn line(fact: &Fact) -> String {
    let mut head = heading(&fact.address);
    let mut below = String::new();
    let mut between = ": ";
    for (name, value) in shown_attributes(fact) {
        let value = shown_value(fact, name, value);
        let label = match (BARE.contains(&name) || fact.address.kind() == "owner", value.is_empty())
        {
            (true, _) => String::new(),
            (false, true) => name.to_owned(),
            (false, false) => format!("{name} "),
        };
        if value.contains('\n') {
            let lines: Vec<_> =
                value.split('\n').map(|line| format!("  | {}", escaped(line))).collect();
            let label =
                if label.is_empty() { String::new() } else { format!("\n  {}", label.trim_end()) };
            let _ = write!(below, "{label}\n{}", lines.join("\n"));
            continue;
        }
        let _ = write!(head, "{between}{label}{}", escaped(&value));
        between = ", ";
    }
    head + &below
}

fn shown_value(fact: &Fact, name: &str, value: &str) -> String {
    match (fact.address.kind(), name) {
        ("owner", "role") if value == "CURRENT_USER" => "the migrating role".to_owned(),
        ("index", "definition") => {
            let unique = if value.starts_with("CREATE UNIQUE") { "unique " } else { "" };
            let using = value.split_once(" USING ").map_or(value, |(_, rest)| rest);
            format!("{unique}{using}")
        }
        ("trigger", "definition") => without_head(value, " TRIGGER ", fact.address.name()),
        ("rule", "definition") => without_head(value, " RULE ", fact.address.name()),
        (kind, name) => shown(kind, name, value),
    }
}

/// A definition without the name that the line already has.
fn without_head(definition: &str, word: &str, name: &str) -> String {
    let head = format!("{word}{name} ");
    match definition.split_once(&head) {
        Some(("CREATE", rest)) => rest.to_owned(),
        Some((before, rest)) => {
            format!("{} {rest}", before.trim_start_matches("CREATE ").to_lowercase())
        }
        None => definition.to_owned(),
    }
}

/// `text` with everything written out that could look like something else: control characters,
/// what turns the direction of writing, spaces at an end.
fn escaped(text: &str) -> String {
    let kept = text.trim_end_matches(' ').len();
    let mut result = String::with_capacity(text.len());
    for (index, c) in text.char_indices() {
        let fakes = c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
            || index >= kept
            || (c == '\\' && text[index..].starts_with("\\u{"));
        match fakes && c != '\t' {
            true => {
                let _ = write!(result, "\\u{{{:x}}}", u32::from(c));
            }
            false => result.push(c),
        }
    }
    result
}
