//! What pictures and pages show of a schema: plain values, each list in the order of schemas and
//! names.

use strata_sql::identifier;

/// A whole schema.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schema {
    /// Tables and views.
    pub tables: Vec<Table>,
    /// Functions, types, extensions, sequences that are no column's.
    pub objects: Vec<Object>,
}

/// Something that stands beside tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// What it is: `function`, `enum`.
    pub kind: &'static str,
    /// Its name as people write it: with the schema, where that is not `public`.
    pub name: String,
    /// What it is made of, as SQL writes it.
    pub definition: String,
    /// What is said of it.
    pub comment: Option<String>,
}

/// A table, a view, or what else has columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The schema that it is in.
    pub schema: String,
    /// Its own name.
    pub name: String,
    /// What it is, in a word or two: `table`, `materialized view`.
    pub kind: &'static str,
    /// What is said of it.
    pub comment: Option<String>,
    /// Of a view: its query.
    pub query: Option<String>,
    /// How it is partitioned, of what it is a partition, what it inherits from, storage
    /// parameters and row security, a sentence each.
    pub traits: Vec<String>,
    /// In the order of their positions.
    pub columns: Vec<Column>,
    /// Keys, references, checks.
    pub constraints: Vec<Constraint>,
    /// Those that no constraint stands for.
    pub indexes: Vec<Part>,
    /// Triggers that a user made.
    pub triggers: Vec<Part>,
    /// Rules of rewriting.
    pub rules: Vec<Part>,
    /// Policies of row security.
    pub policies: Vec<Part>,
    /// Privileges beyond the owner's, `SELECT TO reader`.
    pub grants: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type as SQL writes it.
    pub type_sql: String,
    /// Whether it may be null.
    pub nullable: bool,
    /// Its default, or what it is generated from.
    pub default: Option<String>,
    /// What is said of it.
    pub comment: Option<String>,
}

/// A constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Its name.
    pub name: String,
    /// As in `pg_constraint.contype`: p, u, f, c, x or t.
    pub kind: char,
    /// The columns that it is on.
    pub columns: Vec<String>,
    /// Of a foreign key: what it refers to.
    pub references: Option<Reference>,
    /// As the server prints it.
    pub definition: String,
    /// What is said of it.
    pub comment: Option<String>,
}

/// What a foreign key refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The schema of the table.
    pub schema: String,
    /// The table.
    pub table: String,
    /// The columns of its key.
    pub columns: Vec<String>,
}

/// Something of a table's that has a name and a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// As the server prints it.
    pub definition: String,
    /// What is said of it.
    pub comment: Option<String>,
}

impl Table {
    /// The name as people write it: with the schema, where that is not `public`.
    pub fn title(&self) -> String {
        title(&self.schema, &self.name)
    }

    /// Its foreign keys.
    pub fn foreign_keys(&self) -> impl Iterator<Item = (&Constraint, &Reference)> {
        self.constraints.iter().filter_map(|own| Some((own, own.references.as_ref()?)))
    }

    /// Whether `column` is of the primary key.
    pub fn is_primary(&self, column: &str) -> bool {
        let primary = self.constraints.iter().find(|constraint| constraint.kind == 'p');
        primary.is_some_and(|key| key.columns.iter().any(|own| own == column))
    }

    /// Whether no two rows have the same in `columns`.
    pub(super) fn is_unique(&self, columns: &[String]) -> bool {
        let is_key = |own: &&Constraint| matches!(own.kind, 'p' | 'u');
        let within = |key: &Constraint| key.columns.iter().all(|column| columns.contains(column));
        self.constraints.iter().filter(is_key).any(within)
    }
}

/// A name with its schema, where that is not `public`; quoted where a dot in it would read as one
/// between the two.
pub(super) fn title(schema: &str, name: &str) -> String {
    let part = |name: &str| match name.contains(['.', '"']) {
        true => identifier(name),
        false => name.to_owned(),
    };
    match schema {
        "public" => part(name),
        schema => format!("{}.{}", part(schema), part(name)),
    }
}
