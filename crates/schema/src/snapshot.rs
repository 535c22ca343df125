//! The whole schema as text: for a review, for a snapshot test, for a comparison.

use std::fmt::Display;

use diesel::pg::PgConnection;
use similar::{ChangeTag, TextDiff};
use strata_sql::identifier;

use crate::catalog::{self, Catalog, Column, Kind, Objects, Sequence, Table, TableKind, Type};
use crate::error::SchemaError;

/// The schema of the database of `conn` as text: tables with columns in their order, constraints,
/// indexes, triggers and policies; views, functions, types, sequences, extensions, comments and
/// grants. Two databases of the same schema give the same text, however they came to it.
///
/// The table called `ledger` is left out, and so is what extensions made.
///
/// # Errors
///
/// The catalog cannot be read.
pub fn schema_snapshot(conn: &mut PgConnection, ledger: &str) -> Result<String, SchemaError> {
    Ok(render(&catalog::read(conn)?, ledger))
}

/// How two snapshots differ: a line for each thing that only one has, with what it belongs to,
/// behind `-` for `before` and `+` for `after`. Empty where they are the same.
///
/// ```
/// let before = "table users\n  column id integer\n  index i ON users (id)\n";
/// let after = "table users\n  column id integer\n";
/// let difference = strata_schema::schema_difference(before, after);
/// assert_eq!(difference, ["- table users: index i ON users (id)"]);
/// ```
pub fn schema_difference(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (with_owners(before), with_owners(after));
    let before: Vec<_> = before.iter().map(String::as_str).collect();
    let after: Vec<_> = after.iter().map(String::as_str).collect();
    TextDiff::from_slices(&before, &after)
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal)
        .map(|change| format!("{} {}", change.tag(), change.value()))
        .collect()
}

/// The lines of a snapshot, each with the object that it belongs to.
fn with_owners(snapshot: &str) -> Vec<String> {
    let mut owner = "";
    let mut lines = Vec::new();
    for line in snapshot.lines().filter(|line| !line.is_empty()) {
        match line.strip_prefix("  ") {
            Some(part) => lines.push(format!("{owner}: {part}")),
            None => {
                owner = line;
                lines.push(line.to_owned());
            }
        }
    }
    lines
}

fn render(catalog: &Catalog, ledger: &str) -> String {
    let Catalog { tables, objects } = catalog;
    let mut text = Text::default();
    write_schemas(&mut text, objects);
    objects.types.iter().for_each(|ty| write_type(&mut text, ty));
    write_sequences(&mut text, objects, ledger);
    tables
        .iter()
        .filter(|table| !table.of_extension && table.name != ledger)
        .for_each(|table| write_table(&mut text, table, objects));
    write_functions(&mut text, objects);
    text.0
}

/// Objects, each a line, with what belongs to them on indented lines below.
#[derive(Default)]
struct Text(String);

impl Text {
    fn object(&mut self, line: impl Display) {
        if !self.0.is_empty() {
            self.0.push('\n');
        }
        self.0.push_str(&format!("{line}\n"));
    }

    fn part(&mut self, line: impl Display) {
        self.0.push_str(&format!("  {line}\n"));
    }

    /// Text of several lines, each a part.
    fn lines(&mut self, text: &str) {
        text.trim_end().lines().for_each(|line| self.part(line.trim_end()));
    }

    fn comment(&mut self, comment: Option<&String>) {
        if let Some(comment) = comment {
            comment.lines().for_each(|line| self.part(format!("-- {line}").trim_end()));
        }
    }

    fn grants(&mut self, grants: &[String]) {
        grants.iter().for_each(|grant| self.part(format!("grant {grant}")));
    }
}

/// A name with its schema, where that is not `public`, quoted where SQL needs it.
fn name(schema: &str, name: &str) -> String {
    match schema {
        "public" => quoted(name),
        _ => format!("{}.{}", quoted(schema), quoted(name)),
    }
}

fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        true => name.to_owned(),
        false => identifier(name),
    }
}

fn write_schemas(text: &mut Text, objects: &Objects) {
    for extension in &objects.extensions {
        text.object(format!(
            "extension {} in {}",
            quoted(&extension.name),
            quoted(&extension.schema)
        ));
    }
    for schema in objects.schemas.iter().filter(|schema| schema.name != "public") {
        text.object(format!("schema {}", quoted(&schema.name)));
        text.comment(schema.comment.as_ref());
        text.grants(&schema.grants);
    }
}

fn write_type(text: &mut Text, ty: &Type) {
    let name = name(&ty.schema, &ty.name);
    match (ty.kind(), &ty.base) {
        (Kind::Enum, _) => text.object(format!("enum {name}")),
        (Kind::Domain, Some(base)) => text.object(format!("domain {name} as {base}")),
        (Kind::Domain, None) => text.object(format!("domain {name}")),
        (Kind::Composite, _) => text.object(format!("type {name}")),
        (Kind::Range, _) => text.object(format!("range {name}")),
    }
    text.comment(ty.comment.as_ref());
    ty.parts.iter().for_each(|part| text.part(part));
}

fn write_sequences(text: &mut Text, objects: &Objects, ledger: &str) {
    let ledgers = format!("{ledger}.id");
    let shown = |sequence: &&Sequence| sequence.owned_by.as_ref() != Some(&ledgers);
    for sequence in objects.sequences.iter().filter(shown) {
        text.object(format!("sequence {}", name(&sequence.schema, &sequence.name)));
        text.part(format!("{} {}", sequence.type_sql, sequence.settings));
        if let Some(owner) = &sequence.owned_by {
            text.part(format!("owned by {owner}"));
        }
    }
}

fn write_table(text: &mut Text, table: &Table, objects: &Objects) {
    let kind = match table.kind {
        TableKind::Table if table.unlogged => "unlogged table",
        TableKind::Table | TableKind::Partitioned => "table",
        TableKind::View => "view",
        TableKind::MaterializedView => "materialized view",
        TableKind::Foreign => "foreign table",
    };
    text.object(format!("{kind} {}", name(&table.schema, &table.name)));
    text.comment(table.comment.as_ref());
    for (label, value) in
        [("partition by", &table.partition_by), ("partition of", &table.partition_of)]
    {
        value.iter().for_each(|value| text.part(format!("{label} {value}")));
    }
    table.inherits.iter().for_each(|parent| text.part(format!("inherits {parent}")));
    table.options.iter().for_each(|option| text.part(format!("with {option}")));
    table.columns.iter().for_each(|column| write_column(text, column));
    for constraint in table.constraints.iter().filter(|constraint| !constraint.inherited) {
        let comment = constraint.comment.iter().map(|comment| format!(" -- {comment}"));
        let comment: String = comment.collect();
        let name = quoted(&constraint.name);
        text.part(format!("constraint {name} {}{comment}", constraint.definition));
    }
    write_belongings(text, table, objects);
    if let Some(query) = &table.query {
        text.part("as");
        text.lines(query);
    }
    text.grants(&table.grants);
}

fn write_column(text: &mut Text, column: &Column) {
    let mut line = format!("column {} {}", quoted(&column.name), column.type_sql);
    if let Some(collation) = &column.collation {
        line += &format!(" COLLATE {collation}");
    }
    if !column.nullable {
        line += " NOT NULL";
    }
    match (&column.default, column.identity) {
        (Some(expression), _) if column.generated => {
            line += &format!(" GENERATED ALWAYS AS ({expression}) STORED");
        }
        (Some(default), _) => line += &format!(" DEFAULT {default}"),
        (None, Some(identity)) => line += &format!(" GENERATED {identity} AS IDENTITY"),
        (None, None) => {}
    }
    if let Some(comment) = &column.comment {
        line += &format!(" -- {}", comment.replace('\n', "\\n"));
    }
    text.part(line);
}

/// Indexes, triggers and policies of a table.
fn write_belongings(text: &mut Text, table: &Table, objects: &Objects) {
    let of_table = |schema: &str, name: &str| table.schema == schema && table.name == name;
    for index in objects.indexes.iter().filter(|index| of_table(&index.schema, &index.table)) {
        let valid = if index.valid { "" } else { " (not valid)" };
        let unique = if index.unique { "unique index" } else { "index" };
        // What comes before the method repeats the names.
        let definition = index.definition.split_once(" USING ").map_or("", |(_, rest)| rest);
        let comment: String =
            index.comment.iter().map(|comment| format!(" -- {comment}")).collect();
        text.part(format!("{unique} {} {definition}{valid}{comment}", quoted(&index.name)));
    }
    for trigger in objects.triggers.iter().filter(|one| of_table(&one.schema, &one.table)) {
        let enabled = if trigger.enabled { "" } else { " (disabled)" };
        let opening = format!("CREATE TRIGGER {} ", quoted(&trigger.name));
        let definition = trigger.definition.strip_prefix(&opening).unwrap_or(&trigger.definition);
        text.part(format!("trigger {} {definition}{enabled}", quoted(&trigger.name)));
    }
    if table.row_security {
        let forced = if table.force_row_security { ", owner included" } else { "" };
        text.part(format!("row security{forced}"));
    }
    for policy in objects.policies.iter().filter(|one| of_table(&one.schema, &one.table)) {
        text.part(format!("policy {} {}", quoted(&policy.name), policy.definition));
    }
}

fn write_functions(text: &mut Text, objects: &Objects) {
    for function in &objects.functions {
        let schema = match function.schema.as_str() {
            "public" => String::new(),
            schema => format!("{}.", quoted(schema)),
        };
        text.object(format!("function {schema}{}", function.signature));
        text.comment(function.comment.as_ref());
        text.lines(&function.definition);
        text.grants(&function.grants);
    }
}
