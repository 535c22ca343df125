//! A catalog as the text of `schema.rs`, before it is formatted.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use regex::Regex;

use super::config::{Columns, Docs, PrintSchema, SameQuery};
use crate::catalog::{Column, Constraint, Table, TableKind};
use crate::error::SchemaError;
use crate::rust::{ColumnType, DEFAULT_SCHEMA, TableName, is_diesel_type, rust_name};

const HEADER: &str = "// @generated automatically by Diesel CLI.\n\n";

/// What every declared type derives.
const SQL_TYPE: &str = "diesel::sql_types::SqlType";

/// The text that `config` asks for, and warnings.
pub(super) fn render(
    tables: &[Table],
    config: &PrintSchema,
) -> Result<(String, Vec<String>), SchemaError> {
    let schema = config.schema.as_deref().unwrap_or(DEFAULT_SCHEMA);
    let in_schema: Vec<_> = tables.iter().filter(|table| table.schema == schema).collect();
    let keys = PrimaryKeys::of(tables);
    let declared = in_schema
        .iter()
        .filter(|table| matches!(table.kind, TableKind::Table | TableKind::Partitioned))
        .filter(|table| !table.name.starts_with("__") && config.filter.lets(&table.name))
        .map(|table| Declared::new(table, &keys, config))
        .collect::<Result<Vec<_>, SchemaError>>()?;
    let joins = joins(&in_schema, &declared, &keys);
    let warnings = declared.iter().flat_map(Declared::warnings).collect();
    let mut out = Out { text: HEADER.to_owned(), level: 0 };
    match &config.schema {
        None => write_module(&mut out, &declared, &joins, config),
        Some(schema) => {
            out.line(&format!("pub mod {} {{", rust_name(schema, None)));
            out.within(|out| write_module(out, &declared, &joins, config));
            out.line("}");
        }
    }
    Ok((out.text, warnings))
}

/// Text with indentation.
struct Out {
    text: String,
    level: usize,
}

impl Out {
    /// One line; an empty one is not indented. What is put in may have lines of its own, which
    /// are.
    fn line(&mut self, line: &str) {
        for line in line.split('\n') {
            if !line.is_empty() {
                self.text.extend(std::iter::repeat_n("    ", self.level));
                self.text.push_str(line);
            }
            self.text.push('\n');
        }
    }

    fn within(&mut self, write: impl FnOnce(&mut Self)) {
        self.level += 1;
        write(self);
        self.level -= 1;
    }

    fn docs(&mut self, text: &str) {
        for line in text.lines().map(str::trim) {
            // A lone carriage return is an error to Rust.
            let line = line.replace('\r', " ");
            self.line(&if line.is_empty() { "///".to_owned() } else { format!("/// {line}") });
        }
    }
}

/// The columns of primary keys, by schema and table.
struct PrimaryKeys<'a>(BTreeMap<(&'a str, &'a str), Vec<&'a str>>);

impl<'a> PrimaryKeys<'a> {
    /// As `information_schema` finds them: the columns of whatever key is called as any table's
    /// primary key is.
    fn of(tables: &'a [Table]) -> Self {
        let all = || tables.iter().flat_map(|table| &table.constraints);
        let names: HashSet<_> = all().filter(|key| key.kind == 'p').map(|key| &key.name).collect();
        let is_key = |key: &&Constraint| "puf".contains(key.kind) && names.contains(&key.name);
        let columns = |table: &'a Table| {
            let keys: Vec<_> = table.constraints.iter().filter(is_key).collect();
            let longest = keys.iter().map(|key| key.columns.len()).max().unwrap_or(0);
            (0..longest)
                .flat_map(|at| keys.iter().filter_map(move |key| key.columns.get(at)))
                .map(String::as_str)
                .collect::<Vec<_>>()
        };
        let by_table =
            |table: &'a Table| ((table.schema.as_str(), table.name.as_str()), columns(table));
        Self(tables.iter().map(by_table).collect())
    }

    fn get<'b>(&'b self, schema: &'b str, table: &'b str) -> &'b [&'b str] {
        self.0.get(&(schema, table)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A table that is declared.
struct Declared<'a> {
    name: TableName,
    comment: Option<&'a str>,
    primary_key: Vec<String>,
    columns: Vec<DeclaredColumn<'a>>,
}

struct DeclaredColumn<'a> {
    column: &'a Column,
    rust: String,
    ty: ColumnType,
    /// Whether Diesel does not have the type, so that it is declared too.
    is_custom: bool,
}

impl<'a> Declared<'a> {
    fn new(
        table: &'a Table,
        keys: &PrimaryKeys<'_>,
        config: &PrintSchema,
    ) -> Result<Self, SchemaError> {
        let name = TableName::new(&table.schema, &table.name);
        let key = keys.get(&table.schema, &table.name);
        if key.is_empty() {
            return Err(SchemaError::NoPrimaryKey { table: name.to_string() });
        }
        let primary_key = key.iter().map(|column| rust_name(column, Some(&name))).collect();
        let mut columns: Vec<_> =
            table.columns.iter().map(|column| DeclaredColumn::new(column, &name, config)).collect();
        if config.column_sorting == Columns::Name {
            columns.sort_by(|a, b| a.column.name.cmp(&b.column.name));
        }
        Ok(Self { name, comment: table.comment.as_deref(), primary_key, columns })
    }

    fn warnings(&self) -> impl Iterator<Item = String> {
        self.columns.iter().filter_map(|column| column.ty.warning(&column.column.name))
    }

    fn custom_types(&self) -> impl Iterator<Item = &ColumnType> {
        self.columns.iter().filter(|column| column.is_custom).map(|column| &column.ty)
    }
}

impl<'a> DeclaredColumn<'a> {
    fn new(column: &'a Column, table: &TableName, config: &PrintSchema) -> Self {
        let ty = ColumnType::of(column, |name| {
            config.pg_domains_as_custom_types.iter().any(|domain| domain.is_match(name))
        });
        let excepted = |regex: &Regex| regex.is_match(&ty.rust);
        let is_custom = config.generate_missing_sql_type_definitions.unwrap_or(true)
            && !is_diesel_type(&ty.rust)
            && !config.except_custom_type_definitions.iter().any(excepted);
        Self { column, rust: rust_name(&column.name, Some(table)), ty, is_custom }
    }
}

/// A foreign key by which two tables can be joined.
struct Join<'a> {
    child: &'a TableName,
    parent: &'a TableName,
    column: String,
}

/// The joins that are not ambiguous: by one column, to a primary key of one column, between two
/// tables that have no other foreign key in either direction.
fn joins<'a>(
    tables: &[&Table],
    declared: &'a [Declared<'_>],
    keys: &PrimaryKeys<'_>,
) -> Vec<Join<'a>> {
    let mut between: BTreeMap<(&str, &str), Vec<&Constraint>> = BTreeMap::new();
    for table in tables {
        for key in &table.constraints {
            let Some((schema, parent, _)) = &key.references else { continue };
            if *schema == table.schema {
                between.entry((&table.name, parent)).or_default().push(key);
            }
        }
    }
    let name = |sql: &str| declared.iter().map(|table| &table.name).find(|name| name.sql == sql);
    between
        .iter()
        .filter(|((child, parent), keys)| {
            child != parent && keys.len() == 1 && !between.contains_key(&(*parent, *child))
        })
        .filter_map(|((child, parent), constraints)| {
            let (child, parent) = (name(child)?, name(parent)?);
            let (schema, table, columns) = constraints[0].references.as_ref()?;
            let [own] = constraints[0].columns.as_slice() else { return None };
            let one_key = *keys.get(schema, table) == [columns.first()?.as_str()];
            one_key.then(|| Join { child, parent, column: rust_name(own, Some(child)) })
        })
        .collect()
}

fn write_module(out: &mut Out, tables: &[Declared<'_>], joins: &[Join<'_>], config: &PrintSchema) {
    write_custom_types(out, tables, config);
    for (index, table) in tables.iter().enumerate() {
        if index > 0 {
            out.line("");
        }
        write_table(out, table, config);
    }
    if !joins.is_empty() {
        out.line("");
    }
    for Join { child, parent, column } in joins {
        out.line(&format!("diesel::joinable!({} -> {} ({column}));", child.rust, parent.rust));
    }
    write_groups(out, &groups(tables, joins, config));
}

fn write_custom_types(out: &mut Out, tables: &[Declared<'_>], config: &PrintSchema) {
    let mut types: Vec<_> = tables.iter().flat_map(Declared::custom_types).collect();
    if types.is_empty() {
        return;
    }
    types.sort_unstable_by_key(|ty| ty.rust.as_str());
    types.dedup_by_key(|ty| ty.rust.as_str());
    let with_docs = config.with_docs == Docs::DatabaseElseGenerated;
    if with_docs {
        out.docs("A module containing custom SQL type definitions\n\n(Automatically generated by Diesel.)");
    }
    out.line("pub mod sql_types {");
    out.within(|out| {
        for (index, ty) in types.iter().enumerate() {
            if index > 0 {
                out.line("");
            }
            write_custom_type(out, ty, with_docs, config);
        }
    });
    out.line("}");
    out.line("");
}

fn write_custom_type(out: &mut Out, ty: &ColumnType, with_docs: bool, config: &PrintSchema) {
    if with_docs {
        let schema = ty.schema.iter().map(|schema| format!("{schema}."));
        let name = format!("{}{}", schema.collect::<String>(), ty.sql).replace('\n', "\\n");
        out.docs(&format!("The `{name}` SQL type\n\n(Automatically generated by Diesel.)"));
    }
    let mut derives = config.custom_type_derives.clone().unwrap_or_default();
    if !derives.iter().any(|derive| derive == SQL_TYPE) {
        derives.push(SQL_TYPE.to_owned());
    }
    out.line(&format!("#[derive({})]", derives.join(", ")));
    let name = string_literal(&ty.sql);
    out.line(&match &ty.schema {
        Some(schema) => {
            format!("#[diesel(postgres_type(name = {name}, schema = {}))]", string_literal(schema))
        }
        None => format!("#[diesel(postgres_type(name = {name}))]"),
    });
    out.line(&format!("pub struct {};", ty.rust));
}

fn write_table(out: &mut Out, table: &Declared<'_>, config: &PrintSchema) {
    out.line("diesel::table! {");
    out.within(|out| {
        write_imports(out, table, config);
        let name = table.name.full_sql();
        let generated = format!(
            "Representation of the `{name}` table.\n\n(Automatically generated by Diesel.)"
        );
        write_docs(out, table.comment, config.with_docs, &generated);
        if table.name.rust != table.name.sql {
            out.line(&format!("#[sql_name = {}]", string_literal(&name)));
        }
        out.line(&format!("{} ({}) {{", table.name, table.primary_key.join(", ")));
        out.within(|out| {
            table.columns.iter().for_each(|column| write_column(out, column, &name, config));
        });
        out.line("}");
    });
    out.line("}");
}

fn write_imports(out: &mut Out, table: &Declared<'_>, config: &PrintSchema) {
    let given = config.import_types.iter().flatten();
    let mut imports: Vec<_> = given.map(|import| format!("use {import};")).collect();
    let mut imported = HashSet::new();
    for ty in table.custom_types() {
        if imported.insert(&ty.rust) {
            if imports.is_empty() {
                imports.push("use diesel::sql_types::*;".to_owned());
            }
            imports.push(format!("use super::sql_types::{};", ty.rust));
        }
    }
    if !imports.is_empty() {
        imports.iter().for_each(|import| out.line(import));
        out.line("");
    }
}

fn write_docs(out: &mut Out, comment: Option<&str>, docs: Docs, generated: &str) {
    match (docs, comment) {
        (Docs::None, _) | (Docs::Database, None) => {}
        (_, Some(comment)) => out.docs(comment),
        (Docs::DatabaseElseGenerated, None) => out.docs(generated),
    }
}

fn write_column(out: &mut Out, declared: &DeclaredColumn<'_>, table: &str, config: &PrintSchema) {
    let DeclaredColumn { column, rust, ty, .. } = declared;
    let generated = format!(
        "The `{}` column of the `{table}` table.\n\nIts SQL type is `{ty}`.\n\n\
         (Automatically generated by Diesel.)",
        column.name
    );
    write_docs(out, column.comment.as_deref(), config.with_docs, &generated);
    if *rust != column.name {
        out.line(&format!("#[sql_name = {}]", string_literal(&column.name)));
    }
    if let Some(length) = column.max_length {
        out.line(&format!("#[max_length = {length}]"));
    }
    out.line(&format!("{rust} -> {ty},"));
}

/// `text` as a literal of Rust: a raw one where it has a quote or a backslash.
fn string_literal(text: &str) -> String {
    if !text.contains(['"', '\\']) {
        return format!("\"{text}\"");
    }
    let hashes = "#".repeat(text.matches('#').count() + 1);
    format!("r{hashes}\"{text}\"{hashes}")
}

fn groups<'a>(
    tables: &'a [Declared<'_>],
    joins: &[Join<'a>],
    config: &PrintSchema,
) -> Vec<Vec<&'a TableName>> {
    match config.allow_tables_to_appear_in_same_query_config {
        SameQuery::None => Vec::new(),
        SameQuery::AllTables => vec![tables.iter().map(|table| &table.name).collect()],
        SameQuery::FkRelatedTables => connected(tables, joins),
    }
}

/// The tables that joins connect, whatever their direction, in groups that are sorted.
fn connected<'a>(tables: &'a [Declared<'_>], joins: &[Join<'a>]) -> Vec<Vec<&'a TableName>> {
    let mut seen = BTreeSet::new();
    let mut groups = Vec::new();
    for table in tables {
        let mut pending = vec![&table.name];
        let mut group = Vec::new();
        while let Some(name) = pending.pop() {
            if seen.insert(name) {
                group.push(name);
                pending.extend(joins.iter().filter(|join| join.child == name).map(|j| j.parent));
                pending.extend(joins.iter().filter(|join| join.parent == name).map(|j| j.child));
            }
        }
        group.sort();
        groups.push(group);
    }
    groups.sort();
    groups
}

fn write_groups(out: &mut Out, groups: &[Vec<&TableName>]) {
    let several = groups.iter().filter(|group| group.len() > 1);
    for (index, group) in several.enumerate() {
        if index == 0 {
            out.line("");
        }
        let tables: String = group.iter().map(|table| format!("{},", table.rust)).collect();
        out.line("diesel::allow_tables_to_appear_in_same_query!(");
        out.within(|out| out.line(&format!("{tables});")));
    }
}
