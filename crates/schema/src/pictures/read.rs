//! From facts to what pictures and pages show.

use diesel::pg::PgConnection;

use super::model::{Column, Constraint, Object, Part, Reference, Schema, Table};
use super::quoted::{names, qualified};
use crate::error::SchemaError;
use crate::facts::{Fact, read_facts};

/// The schema of the database of `conn`, without the table called `ledger` and without what
/// extensions made.
///
/// # Errors
///
/// The catalog cannot be read.
pub fn read_schema(conn: &mut PgConnection, ledger: &str) -> Result<Schema, SchemaError> {
    let mut facts = read_facts(conn)?;
    facts.leave_out_table("public", ledger);
    let mut schema = Schema::default();
    for facts in facts.facts.chunk_by(|a, b| a.address.root() == b.address.root()) {
        let root = facts[0].address.root();
        match table_kind(root.kind(), facts) {
            Some(kind) => schema.tables.push(table(kind, root.name(), facts)),
            None => schema.objects.extend(object(root.kind(), root.name(), facts)),
        }
    }
    schema.tables.sort_by(|a, b| (&a.schema, &a.name).cmp(&(&b.schema, &b.name)));
    Ok(schema)
}

fn table_kind(kind: &str, facts: &[Fact]) -> Option<&'static str> {
    match kind {
        "table" if attribute(own(facts)?, "partition by").is_some() => Some("partitioned table"),
        "table" => Some("table"),
        "view" => Some("view"),
        "materialized view" => Some("materialized view"),
        "foreign table" => Some("foreign table"),
        _ => None,
    }
}

/// The fact of the thing itself.
fn own(facts: &[Fact]) -> Option<&Fact> {
    facts.iter().find(|fact| fact.address.parent().is_none())
}

fn attribute(fact: &Fact, name: &str) -> Option<String> {
    fact.get(name).map(str::to_owned)
}

/// Facts of the kind `kind` that belong to `owner` itself.
fn children<'a>(
    facts: &'a [Fact],
    owner: &'a Fact,
    kind: &'static str,
) -> impl Iterator<Item = &'a Fact> {
    facts.iter().filter(move |fact| {
        fact.address.kind() == kind && fact.address.parent().as_ref() == Some(&owner.address)
    })
}

fn comment(facts: &[Fact], owner: &Fact) -> Option<String> {
    children(facts, owner, "comment").find_map(|fact| attribute(fact, "text"))
}

fn table(kind: &'static str, name: &str, facts: &[Fact]) -> Table {
    let (schema, name) = qualified(name);
    let mut table = Table { schema, name, kind, ..Table::default() };
    let Some(own) = own(facts) else { return table };
    table.comment = comment(facts, own);
    table.query = attribute(own, "definition").map(|query| query.trim().to_owned());
    table.traits = traits(facts, own);
    table.columns = children(facts, own, "column").map(|fact| column(facts, fact)).collect();
    table.constraints =
        children(facts, own, "constraint").map(|fact| constraint(facts, fact)).collect();
    let parts = |kind| children(facts, own, kind).map(|fact| part(facts, fact));
    table.indexes = parts("index").collect();
    table.triggers = parts("trigger").collect();
    table.rules = parts("rule").collect();
    table.policies = parts("policy").collect();
    table.grants = facts.iter().filter_map(|fact| grant(fact, own)).collect();
    table
}

fn traits(facts: &[Fact], own: &Fact) -> Vec<String> {
    let mut traits = Vec::new();
    for (name, words) in [
        ("partition by", "partitioned by"),
        ("inherits", "inherits from"),
        ("using", "using"),
        ("tablespace", "in tablespace"),
        ("with", "with"),
        ("server", "on server"),
        ("unlogged", "unlogged"),
        ("row security", "row security"),
        ("force row security", "row security for its owner too"),
    ] {
        traits.extend(own.get(name).map(|value| format!("{words} {value}").trim().to_owned()));
    }
    for fact in children(facts, own, "partition") {
        let value = |name| fact.get(name).unwrap_or_default();
        traits.push(format!("partition of {} {}", shortened(value("of")), value("bound")));
    }
    traits
}

fn column(facts: &[Fact], fact: &Fact) -> Column {
    let default = children(facts, fact, "default").find_map(|default| {
        let expression = default.get("expression")?;
        Some(match default.get("generated") {
            Some(_) => format!("generated always as ({expression})"),
            None => expression.to_owned(),
        })
    });
    let identity = children(facts, fact, "identity").find_map(|own| {
        Some(format!("generated {} as identity", own.get("generated")?.to_lowercase()))
    });
    let collation = fact.get("collation").map(|collation| {
        let collation = collation.strip_prefix("pg_catalog.").unwrap_or(collation);
        format!(" collate {collation}")
    });
    let type_sql = shortened(fact.get("type").unwrap_or_default());
    Column {
        name: unquoted(fact),
        type_sql: type_sql.to_owned() + &collation.unwrap_or_default(),
        nullable: fact.get("not null").is_none(),
        default: identity.or(default),
        comment: comment(facts, fact),
    }
}

fn constraint(facts: &[Fact], fact: &Fact) -> Constraint {
    let definition = attribute(fact, "definition").unwrap_or_default();
    Constraint {
        name: unquoted(fact),
        kind: fact.get("kind").and_then(|kind| kind.chars().next()).unwrap_or('c'),
        columns: fact.get("columns").map(|list| names(list, ", ").0).unwrap_or_default(),
        references: reference(&definition),
        definition,
        comment: comment(facts, fact),
    }
}

/// What a foreign key refers to, as the server words it: `FOREIGN KEY (a) REFERENCES s.t(b) …`.
fn reference(definition: &str) -> Option<Reference> {
    let (_, rest) = list(definition.strip_prefix("FOREIGN KEY (")?);
    let (name, rest) = names(rest.strip_prefix(") REFERENCES ")?, ".");
    let (columns, _) = list(rest.strip_prefix('(')?);
    let [schema, table] = <[String; 2]>::try_from(name).ok()?;
    Some(Reference { schema, table, columns })
}

/// Columns of a key; the last one may be a period.
fn list(text: &str) -> (Vec<String>, &str) {
    let (mut columns, mut rest) = names(text, ", ");
    if let Some(after) =
        rest.strip_prefix(' ').filter(|_| columns.last().is_some_and(|own| own == "PERIOD"))
    {
        columns.pop();
        let (last, after) = names(after, ", ");
        columns.extend(last);
        rest = after;
    }
    (columns, rest)
}

fn part(facts: &[Fact], fact: &Fact) -> Part {
    let definition = match attribute(fact, "definition") {
        Some(definition) => definition,
        None => worded(fact),
    };
    let state = ["enabled", "invalid"].iter().find_map(|name| match fact.get(name)? {
        "" => Some(format!(" ({name})")),
        value => Some(format!(" ({})", value.to_lowercase())),
    });
    Part {
        name: unquoted(fact),
        definition: definition + &state.unwrap_or_default(),
        comment: comment(facts, fact),
    }
}

/// What holds of a thing, in the order in which it is told; a flag by its name.
fn worded(fact: &Fact) -> String {
    let words = fact.attributes.iter().map(|(name, value)| match (name.as_str(), value.as_str()) {
        ("for" | "to" | "using" | "check", value) => format!("{} {value}", name.to_uppercase()),
        (name, "") => name.to_uppercase(),
        ("labels", labels) => labels.replace('\n', ", "),
        ("type" | "not null" | "definition", value) => value.to_owned(),
        (name, value) => format!("{name} {value}"),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A privilege of a table or of one of its columns.
fn grant(fact: &Fact, own: &Fact) -> Option<String> {
    let (verb, to) = match fact.address.kind() {
        "grant" => ("", "TO"),
        "revoke" => ("no ", "TO"),
        _ => return None,
    };
    let owner = fact.address.parent()?;
    let column = if owner == own.address { String::new() } else { format!(" ({})", owner.name()) };
    let (privilege, role) = (fact.get("privilege")?, fact.get("role")?);
    let option = fact.get("with grant option").map_or("", |_| " WITH GRANT OPTION");
    Some(format!("{verb}{privilege}{column} {to} {role}{option}"))
}

/// A thing beside tables; none for what is part of a table, or is always there.
fn object(kind: &str, name: &str, facts: &[Fact]) -> Option<Object> {
    let own = own(facts)?;
    let kind = OBJECTS.iter().find(|known| **known == kind)?;
    let is_of_column = children(facts, own, "owned by").next().is_some();
    if is_of_column || (*kind == "schema" && name == "public") {
        return None;
    }
    let mut definition = attribute(own, "definition").unwrap_or_else(|| worded(own));
    for fact in children(facts, own, "attribute").chain(children(facts, own, "constraint")) {
        let part = format!("{} {}", fact.address.name(), worded(fact));
        let between = if definition.is_empty() { "" } else { ", " };
        definition = format!("{definition}{between}{part}");
    }
    Some(Object {
        kind,
        name: shortened(name).to_owned(),
        definition: definition.trim().to_owned(),
        comment: comment(facts, own),
    })
}

/// Kinds of things beside tables that are shown.
const OBJECTS: [&str; 16] = [
    "schema",
    "extension",
    "enum",
    "domain",
    "type",
    "range",
    "base type",
    "collation",
    "sequence",
    "function",
    "procedure",
    "aggregate",
    "operator",
    "event trigger",
    "statistics",
    "publication",
];

/// The own name of a thing, without quotes.
fn unquoted(fact: &Fact) -> String {
    let (mut names, _) = names(fact.address.name(), ".");
    names.pop().unwrap_or_default()
}

/// A name or a type as people write it: what is in `public` without that.
fn shortened(text: &str) -> &str {
    text.strip_prefix("public.").unwrap_or(text)
}
