//! From the live schema to what pictures and pages show.

use diesel::pg::PgConnection;

use super::model::{Column, Constraint, Object, Part, Reference, Schema, Table, title};
use crate::catalog::{self, Catalog, Kind, TableKind};
use crate::error::SchemaError;

/// The schema of the database of `conn`, without the table called `ledger` and without what
/// extensions made.
///
/// # Errors
///
/// The catalog cannot be read.
pub fn read_schema(conn: &mut PgConnection, ledger: &str) -> Result<Schema, SchemaError> {
    let Catalog { tables, objects } = catalog::read(conn)?;
    let ours = tables.into_iter().filter(|table| !table.of_extension && table.name != ledger);
    let tables = ours.map(|table| described(table, &objects)).collect();
    let ours = |of: &str| !of.contains(ledger);
    Ok(Schema { tables, objects: beside_tables(&objects, ours) })
}

fn beside_tables(objects: &catalog::Objects, ours: impl Fn(&str) -> bool) -> Vec<Object> {
    let extensions = objects.extensions.iter().map(|extension| {
        object("extension", extension.name.clone(), format!("in schema {}", extension.schema), None)
    });
    let types = objects.types.iter().map(|own| {
        let (kind, definition) = definition(own);
        object(kind, title(&own.schema, &own.name), definition, own.comment.as_ref())
    });
    let free = objects.sequences.iter().filter(|own| own.owned_by.is_none() && ours(&own.name));
    let sequences = free.map(|own| {
        let definition = format!("{} {}", own.type_sql, own.settings);
        object("sequence", title(&own.schema, &own.name), definition, None)
    });
    let functions = objects.functions.iter().map(|own| {
        let name = match own.schema.as_str() {
            "public" => own.signature.clone(),
            schema => format!("{schema}.{}", own.signature),
        };
        object("function", name, own.definition.trim().to_owned(), own.comment.as_ref())
    });
    extensions.chain(types).chain(sequences).chain(functions).collect()
}

fn definition(own: &catalog::Type) -> (&'static str, String) {
    let parts = own.parts.join(", ");
    match own.kind() {
        Kind::Enum => ("enum", parts),
        Kind::Composite => ("composite type", parts),
        Kind::Range => ("range type", parts),
        Kind::Domain => {
            let base = own.base.clone().unwrap_or_default();
            ("domain", format!("{base} {parts}").trim().to_owned())
        }
    }
}

fn object(
    kind: &'static str,
    name: String,
    definition: String,
    comment: Option<&String>,
) -> Object {
    Object { kind, name, definition, comment: comment.cloned() }
}

fn described(table: catalog::Table, objects: &catalog::Objects) -> Table {
    let traits = traits(&table);
    let kind = kind(table.kind);
    let own = |schema: &str, name: &str| schema == table.schema && name == table.name;
    let indexes = objects.indexes.iter().filter(|index| own(&index.schema, &index.table));
    let triggers = objects.triggers.iter().filter(|trigger| own(&trigger.schema, &trigger.table));
    let policies = objects.policies.iter().filter(|policy| own(&policy.schema, &policy.table));
    Table {
        indexes: indexes
            .map(|index| part(&index.name, &index.definition, index.comment.as_ref()))
            .collect(),
        triggers: triggers.map(|trigger| part(&trigger.name, &trigger.definition, None)).collect(),
        policies: policies.map(|policy| part(&policy.name, &policy.definition, None)).collect(),
        kind,
        traits,
        columns: table.columns.into_iter().map(column).collect(),
        constraints: table.constraints.into_iter().map(constraint).collect(),
        schema: table.schema,
        name: table.name,
        comment: table.comment,
        query: table.query.map(|query| query.trim().to_owned()),
        grants: table.grants,
    }
}

fn part(name: &str, definition: &str, comment: Option<&String>) -> Part {
    Part { name: name.to_owned(), definition: definition.to_owned(), comment: comment.cloned() }
}

fn kind(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Table => "table",
        TableKind::Partitioned => "partitioned table",
        TableKind::View => "view",
        TableKind::MaterializedView => "materialized view",
        TableKind::Foreign => "foreign table",
    }
}

fn traits(table: &catalog::Table) -> Vec<String> {
    let flag = |set: bool, text: &str| set.then(|| text.to_owned());
    let partition_by = table.partition_by.as_ref().map(|by| format!("partitioned by {by}"));
    let partition_of = table.partition_of.as_ref().map(|of| format!("partition of {of}"));
    let inherits = table.inherits.iter().map(|from| format!("inherits from {from}"));
    let options = (!table.options.is_empty()).then(|| format!("with {}", table.options.join(", ")));
    partition_by
        .into_iter()
        .chain(partition_of)
        .chain(inherits)
        .chain(flag(table.unlogged, "unlogged"))
        .chain(flag(table.row_security, "row security"))
        .chain(flag(table.force_row_security, "row security for its owner too"))
        .chain(options)
        .collect()
}

fn column(column: catalog::Column) -> Column {
    let default = match (column.identity, column.generated, column.default) {
        (Some(how), ..) => Some(format!("generated {} as identity", how.to_lowercase())),
        (None, true, Some(from)) => Some(format!("generated always as ({from})")),
        (None, _, default) => default,
    };
    let type_sql = match column.collation {
        Some(collation) => format!("{} collate {collation}", column.type_sql),
        None => column.type_sql,
    };
    Column {
        name: column.name,
        type_sql,
        nullable: column.nullable,
        default,
        comment: column.comment,
    }
}

fn constraint(constraint: catalog::Constraint) -> Constraint {
    let reference = |(schema, table, columns)| Reference { schema, table, columns };
    Constraint {
        name: constraint.name,
        kind: constraint.kind,
        columns: constraint.columns,
        references: constraint.references.map(reference),
        definition: constraint.definition,
        comment: constraint.comment,
    }
}
