//! Types of SQL as types of Diesel.

use std::fmt;

use heck::ToUpperCamelCase;

use super::names::DEFAULT_SCHEMA;
use crate::catalog::Column;

/// What Diesel's PostgreSQL prelude of SQL types has, aliases included, and the names of other
/// backends' types that it would take for its own.
#[rustfmt::skip]
const PROVIDED: [&str; 66] = [
    "Bool", "Integer", "SmallInt", "BigInt", "Binary", "Text", "Double", "Float", "Numeric",
    "Timestamp", "Date", "Time", "Float4", "Smallint", "Int2", "Int4", "Int8", "Bigint", "Float8",
    "Decimal", "VarChar", "Varchar", "Char", "Tinytext", "Mediumtext", "Longtext", "Tinyblob",
    "Blob", "Mediumblob", "Longblob", "Varbinary", "Bit", "Cidr", "Citext", "Inet", "Jsonb",
    "MacAddr", "MacAddr8", "Money", "Oid", "Range", "Timestamptz", "Uuid", "Json", "PgLsn",
    "Record", "Interval", "Int4range", "Int8range", "Daterange", "Numrange", "Tsrange", "Tstzrange",
    "Int4multirange", "Int8multirange", "Datemultirange", "Nummultirange", "Tsmultirange",
    "Tstzmultirange", "SmallSerial", "BigSerial", "Serial", "Bytea", "Bpchar", "Macaddr",
    "Macaddr8",
];

/// Whether Diesel has the type that is called `rust`.
pub(crate) fn is_diesel_type(rust: &str) -> bool {
    PROVIDED.contains(&rust)
}

/// A column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ColumnType {
    /// Where it is not the default schema.
    pub schema: Option<String>,
    /// Of an array, its elements'.
    pub sql: String,
    pub rust: String,
    pub is_array: bool,
    pub is_nullable: bool,
}

impl ColumnType {
    /// The type of `column`; a domain counts as a type of its own where `is_own` says so of its
    /// name.
    pub(crate) fn of(column: &Column, is_own: impl Fn(&str) -> bool) -> Self {
        let domain = column.domain.as_ref().filter(|(_, name)| is_own(name));
        let (schema, name) = match domain {
            Some((schema, name)) => (schema, name),
            None => (&column.type_schema, &column.type_name),
        };
        // As the catalog names the types of arrays.
        let element = name.strip_prefix('_');
        let sql = element.unwrap_or(name);
        Self {
            schema: Some(schema).filter(|schema| *schema != DEFAULT_SCHEMA).cloned(),
            sql: sql.to_owned(),
            rust: sql.to_upper_camel_case(),
            is_array: element.is_some(),
            is_nullable: column.nullable,
        }
    }

    /// What is wrong with it for Diesel, if anything is.
    #[cfg(feature = "print")]
    pub(crate) fn warning(&self, column: &str) -> Option<String> {
        let uncoerced = matches!(self.sql.to_lowercase().as_str(), "varchar" | "citext");
        (self.is_array && uncoerced).then(|| {
            format!(
                "The column `{column}` is of type `{}[]`. This will cause problems when using \
                 Diesel. You should consider changing the column type to `text[]`.",
                self.sql
            )
        })
    }
}

impl fmt::Display for ColumnType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let element = &self.rust;
        match (self.is_nullable, self.is_array) {
            (true, true) => write!(f, "Nullable<Array<Nullable<{element}>>>"),
            (true, false) => write!(f, "Nullable<{element}>"),
            (false, true) => write!(f, "Array<Nullable<{element}>>"),
            (false, false) => f.write_str(element),
        }
    }
}
