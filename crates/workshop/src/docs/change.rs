//! What a migration did to the schema: two states of it, compared thing by thing.

use std::collections::BTreeMap;

use strata_schema::pictures::{Schema, Table};

/// Something that a migration added, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    pub thing: Thing,
    pub what: What,
}

/// A thing of the schema, in the order in which changes are told.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Thing {
    /// The title of the table that it is or belongs to; empty for what stands beside tables.
    pub table: String,
    /// Its place among the kinds of things.
    rank: u8,
    pub kind: &'static str,
    /// Its name; of a table itself, empty.
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Added,
    Removed,
    /// From what it was to what it is.
    Changed(String, String),
}

impl Thing {
    /// Whether it is a table itself.
    pub(super) fn is_table(&self) -> bool {
        self.name.is_empty() && !self.table.is_empty()
    }

    /// The thing `name` of kind `kind` that belongs to `table`.
    pub(super) fn of(table: &str, kind: &'static str, name: &str) -> Self {
        let rank = KINDS.iter().position(|own| *own == kind).unwrap_or(KINDS.len());
        let rank = u8::try_from(rank).unwrap_or(u8::MAX);
        Self { table: table.to_owned(), rank, kind, name: name.to_owned() }
    }
}

/// Kinds of things that belong to a table, in the order in which they are told.
const KINDS: [&str; 10] = [
    "table",
    "comment",
    "trait",
    "column",
    "constraint",
    "index",
    "trigger",
    "rule",
    "policy",
    "privilege",
];

/// What is in `after` otherwise than in `before`.
pub(super) fn changes(before: &Schema, after: &Schema) -> Vec<Change> {
    let (mut before, after) = (things(before), things(after));
    let mut changes = Vec::new();
    for (thing, value) in after {
        let what = match before.remove(&thing) {
            None => What::Added,
            Some(old) if old != value => What::Changed(old, value),
            Some(_) => continue,
        };
        changes.push(Change { thing, what });
    }
    changes.extend(before.into_keys().map(|thing| Change { thing, what: What::Removed }));
    changes.sort_by(|a, b| a.thing.cmp(&b.thing));
    changes
}

fn things(schema: &Schema) -> BTreeMap<Thing, String> {
    let mut things = BTreeMap::new();
    for table in &schema.tables {
        add_table(table, &mut things);
    }
    for object in &schema.objects {
        let value = format!("{}{}", object.definition, said(object.comment.as_ref()));
        things.insert(Thing::of("", object.kind, &object.name), value);
    }
    things
}

fn add_table(table: &Table, things: &mut BTreeMap<Thing, String>) {
    let title = table.title();
    let mut add = |kind: &'static str, name: &str, value: String| {
        things.insert(Thing::of(&title, kind, name), value);
    };
    add("table", "", table.kind.to_owned() + &said(table.query.as_ref()));
    if let Some(comment) = &table.comment {
        add("comment", "comment", comment.clone());
    }
    for own in &table.traits {
        add("trait", own, String::new());
    }
    for column in &table.columns {
        let null = if column.nullable { "" } else { " not null" };
        let default = column.default.as_ref().map(|default| format!(" default {default}"));
        let value = format!(
            "{}{null}{}{}",
            column.type_sql,
            default.unwrap_or_default(),
            said(column.comment.as_ref())
        );
        add("column", &column.name, value);
    }
    for own in &table.constraints {
        add("constraint", &own.name, own.definition.clone() + &said(own.comment.as_ref()));
    }
    let parts = [
        ("index", &table.indexes),
        ("trigger", &table.triggers),
        ("rule", &table.rules),
        ("policy", &table.policies),
    ];
    for (kind, parts) in parts {
        for part in parts {
            add(kind, &part.name, part.definition.clone() + &said(part.comment.as_ref()));
        }
    }
    for grant in &table.grants {
        add("privilege", grant, String::new());
    }
}

fn said(text: Option<&String>) -> String {
    text.map(|text| format!(" -- {text}")).unwrap_or_default()
}
