//! The compiled `table!`s against the live tables.

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_table_macro_syntax::{ColumnDef, TableDecl};
use heck::ToUpperCamelCase;
use syn::{GenericArgument, Item, PathArguments, Type, TypePath};

use crate::catalog::{self, Column, Table, TableKind};
use crate::error::{Doing, SchemaError};
use crate::misfit::{Fault, Misfit};
use crate::rust::{ColumnType, TableName, is_diesel_type, rust_name};

/// Checks that every table and column that `source`, the text of `schema.rs`, declares is there
/// with the declared type. What the database has beyond that is fine.
///
/// ```no_run
/// # use diesel::{Connection, PgConnection};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let mut conn = PgConnection::establish("postgres://localhost/app")?;
/// # let source = "";
/// // In an application: include_str!("schema.rs")
/// strata_schema::verify_schema(&mut conn, source)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// [`SchemaError::Misfit`] with all that does not fit; the catalog cannot be read, or `source` is no
/// Rust.
pub fn verify_schema(conn: &mut PgConnection, source: &str) -> Result<(), SchemaError> {
    let declared = parse(source)?;
    let tables = catalog::read_tables(conn)?;
    let path = search_path(conn).doing("read the search_path")?;
    let misfits: Vec<_> =
        declared.iter().flat_map(|declared| compare(declared, &tables, &path)).collect();
    if misfits.is_empty() { Ok(()) } else { Err(SchemaError::Misfit { misfits }) }
}

#[derive(QueryableByName)]
struct Schema {
    #[diesel(sql_type = Text)]
    name: String,
}

fn search_path(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let query = "SELECT s.name::text AS name FROM unnest(current_schemas(false)) \
                 WITH ORDINALITY s (name, position) ORDER BY s.position";
    Ok(diesel::sql_query(query).load::<Schema>(conn)?.into_iter().map(|row| row.name).collect())
}

fn parse(source: &str) -> Result<Vec<TableDecl>, SchemaError> {
    let invalid = |error: syn::Error| {
        let at = error.span().start();
        SchemaError::NoSchemaSource { message: format!("line {}: {error}", at.line) }
    };
    let file = syn::parse_file(source).map_err(invalid)?;
    let mut tables = Vec::new();
    collect(&file.items, &mut tables).map_err(invalid)?;
    Ok(tables)
}

/// The `table!`s among `items` and in their modules.
fn collect(items: &[Item], tables: &mut Vec<TableDecl>) -> syn::Result<()> {
    for item in items {
        match item {
            Item::Macro(item) => {
                let name = item.mac.path.segments.last().map(|segment| segment.ident.to_string());
                if name.as_deref() == Some("table") {
                    tables.push(item.mac.parse_body()?);
                }
            }
            Item::Mod(module) => {
                if let Some((_, items)) = &module.content {
                    collect(items, tables)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn compare(declared: &TableDecl, tables: &[Table], path: &[String]) -> Vec<Misfit> {
    let rust = declared.table_name.to_string();
    let table = match &declared.schema {
        Some(schema) => format!("{schema}.{rust}"),
        None => rust.clone(),
    };
    let misfit = |column: Option<&str>, fault| Misfit {
        table: table.clone(),
        column: column.map(str::to_owned),
        fault,
    };
    let Some(live) = find(declared, &rust, tables, path) else {
        return vec![misfit(None, Fault::Missing)];
    };
    declared
        .column_defs
        .iter()
        .flat_map(|column| {
            let name = column.sql_name.as_str();
            match live.columns.iter().find(|live| live.name == name) {
                None => vec![misfit(Some(name), Fault::Missing)],
                Some(found) => faults(column, found, live.kind)
                    .into_iter()
                    .map(|fault| misfit(Some(name), fault))
                    .collect(),
            }
        })
        .collect()
}

/// The live table that `declared` is about: in its schema, or in the first of `path` that has one.
fn find<'t>(
    declared: &TableDecl,
    rust: &str,
    tables: &'t [Table],
    path: &[String],
) -> Option<&'t Table> {
    let named = |table: &&Table| {
        let name = TableName::new(&table.schema, &table.name);
        name.rust == rust || name.full_sql() == declared.sql_name || table.name == declared.sql_name
    };
    match &declared.schema {
        Some(schema) => {
            tables.iter().filter(named).find(|table| *schema == rust_name(&table.schema, None))
        }
        None => path
            .iter()
            .find_map(|schema| tables.iter().filter(named).find(|table| table.schema == *schema)),
    }
}

fn faults(declared: &ColumnDef, live: &Column, kind: TableKind) -> Vec<Fault> {
    let mut faults = Vec::new();
    let (declared, nullable) = match argument(&declared.tpe, "Nullable") {
        Some(inner) => (inner, true),
        None => (declared.tpe.clone(), false),
    };
    let actual = ColumnType { is_nullable: false, ..ColumnType::of(live, |_| false) };
    if !fits(&declared, &actual, live) {
        faults.push(Fault::Type { declared: text(&declared), actual: actual.to_string() });
    }
    // The server does not know which columns of a view can be NULL.
    let is_view = matches!(kind, TableKind::View | TableKind::MaterializedView);
    if nullable != live.nullable && !is_view {
        faults.push(Fault::Nullability { nullable: live.nullable });
    }
    faults
}

fn fits(declared: &TypePath, actual: &ColumnType, live: &Column) -> bool {
    if let Some(element) = argument(declared, "Array") {
        let element = argument(&element, "Nullable").unwrap_or(element);
        return actual.is_array && fits_element(&element, actual, live);
    }
    !actual.is_array && fits_element(declared, actual, live)
}

/// A type that is not Diesel's is the application's own to judge.
fn fits_element(declared: &TypePath, actual: &ColumnType, live: &Column) -> bool {
    let name = last(declared);
    let declared = match name.as_str() {
        "Range" | "Multirange" => match argument(declared, &name) {
            Some(over) => format!("{}{}", range_over(&last(&over)), name.to_lowercase()),
            None => return true,
        },
        _ if !is_diesel_type(&name) => return true,
        _ => canonical(&name).to_owned(),
    };
    let domain = live.domain.as_ref().map(|(_, name)| name.to_upper_camel_case());
    canonical(&actual.rust) == declared
        || actual.sql == declared
        || domain.is_some_and(|domain| domain == name)
}

/// One name for those that Diesel has for the same type.
fn canonical(name: &str) -> &str {
    match name {
        "Integer" | "Serial" => "Int4",
        "SmallInt" | "Smallint" | "SmallSerial" => "Int2",
        "BigInt" | "Bigint" | "BigSerial" => "Int8",
        "Float" => "Float4",
        "Double" => "Float8",
        "Decimal" => "Numeric",
        "VarChar" | "Varchar" | "Bpchar" => "Text",
        "Binary" => "Bytea",
        "MacAddr" => "Macaddr",
        "MacAddr8" => "Macaddr8",
        name => name,
    }
}

/// How PostgreSQL begins the name of a range over the type.
fn range_over(name: &str) -> String {
    match canonical(name) {
        "Numeric" => "num".to_owned(),
        "Timestamp" => "ts".to_owned(),
        "Timestamptz" => "tstz".to_owned(),
        name => name.to_lowercase(),
    }
}

fn last(path: &TypePath) -> String {
    path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default()
}

/// The type within `wrapper<…>`.
fn argument(path: &TypePath, wrapper: &str) -> Option<TypePath> {
    let segment = path.path.segments.last().filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(Type::Path(inner)) => Some(inner.clone()),
        _ => None,
    }
}

/// A type as the code writes it, without the spaces of tokens.
fn text(path: &TypePath) -> String {
    let Some(segment) = path.path.segments.last() else { return String::new() };
    match argument(path, &segment.ident.to_string()) {
        Some(inner) => format!("{}<{}>", segment.ident, text(&inner)),
        None => segment.ident.to_string(),
    }
}
