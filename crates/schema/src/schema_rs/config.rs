//! The settings of `print_schema`, as diesel CLI 2.3 reads them from `diesel.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer};
use toml::{Table, Value};

use crate::error::SchemaError;

/// All of `[print_schema]`: one schema, or several with names.
#[derive(Debug, Clone, Default)]
pub struct PrintSchemaConfig {
    schemas: BTreeMap<String, PrintSchema>,
    several: bool,
}

/// One `[print_schema]` or `[print_schema.NAME]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[non_exhaustive]
pub struct PrintSchema {
    /// Where the text goes.
    pub file: Option<PathBuf>,
    /// Which documentation comments are written.
    #[serde(deserialize_with = "docs")]
    pub with_docs: Docs,
    /// Which tables are declared to go together in queries.
    pub allow_tables_to_appear_in_same_query_config: SameQuery,
    /// Which tables are printed.
    #[serde(deserialize_with = "filter")]
    pub filter: Filter,
    /// The order of columns.
    pub column_sorting: Columns,
    /// The schema, if not `public`.
    pub schema: Option<String>,
    /// A unified diff that is applied to the text.
    pub patch_file: Option<PathBuf>,
    /// What each `table!` imports.
    pub import_types: Option<Vec<String>>,
    /// Whether types that Diesel does not have are declared; they are unless this is `false`.
    pub generate_missing_sql_type_definitions: Option<bool>,
    /// Types, by their names in Rust, that are not declared all the same.
    #[serde(deserialize_with = "regexes")]
    pub except_custom_type_definitions: Vec<Regex>,
    /// What declared types derive beside `diesel::sql_types::SqlType`.
    pub custom_type_derives: Option<Vec<String>>,
    /// For SQLite; of no effect here.
    pub sqlite_integer_primary_key_is_bigint: Option<bool>,
    /// Domains that count as types of their own.
    #[serde(deserialize_with = "regexes")]
    pub pg_domains_as_custom_types: Vec<Regex>,
}

/// Which documentation comments are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Docs {
    /// The database's, else generated ones.
    DatabaseElseGenerated,
    /// The database's.
    Database,
    /// None.
    #[default]
    None,
}

/// Which tables are declared to go together in queries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SameQuery {
    /// Those that foreign keys connect.
    FkRelatedTables,
    /// All.
    #[default]
    AllTables,
    /// None.
    None,
}

/// The order of columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Columns {
    /// As the table has them.
    #[default]
    OrdinalPosition,
    /// By name.
    Name,
}

/// Which tables are printed.
#[derive(Debug, Clone, Default)]
pub enum Filter {
    /// Those that a regular expression matches.
    Only(Vec<Regex>),
    /// Those that none matches.
    Except(Vec<Regex>),
    /// All.
    #[default]
    All,
}

impl Filter {
    pub(super) fn lets(&self, table: &str) -> bool {
        let matches = |regexes: &[Regex]| regexes.iter().any(|regex| regex.is_match(table));
        match self {
            Filter::Only(regexes) => matches(regexes),
            Filter::Except(regexes) => !matches(regexes),
            Filter::All => true,
        }
    }
}

impl std::str::FromStr for Docs {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "database-comments-fallback-to-auto-generated-doc-comment" => {
                Ok(Self::DatabaseElseGenerated)
            }
            "only-database-comments" => Ok(Self::Database),
            "no-doc-comments" => Ok(Self::None),
            _ => Err(format!(
                "`{text}` is none of database-comments-fallback-to-auto-generated-doc-comment, \
                 only-database-comments, no-doc-comments, true and false"
            )),
        }
    }
}

/// What diesel.toml may have.
const SECTIONS: [&str; 2] = ["print_schema", "migrations_directory"];

/// Keys of Diesel after 2.3.
const NEWER: [&str; 4] = [
    "include_views",
    "experimental_infer_nullable_for_views",
    "custom_enum_derives",
    "no_generate_rust_enum_types",
];

/// Every key of one schema; what else is in `[print_schema]` is a schema by that name.
const KEYS: [&str; 13] = [
    "file",
    "with_docs",
    "allow_tables_to_appear_in_same_query_config",
    "filter",
    "column_sorting",
    "schema",
    "patch_file",
    "import_types",
    "generate_missing_sql_type_definitions",
    "except_custom_type_definitions",
    "custom_type_derives",
    "sqlite_integer_primary_key_is_bigint",
    "pg_domains_as_custom_types",
];

impl PrintSchemaConfig {
    /// The settings in the file at `path`; paths in it are relative to its folder.
    ///
    /// # Errors
    ///
    /// The file cannot be read or is not valid.
    pub fn read(path: &Path) -> Result<Self, SchemaError> {
        let text = fs::read_to_string(path).map_err(|source| SchemaError::File {
            doing: "read",
            path: path.to_owned(),
            source,
        })?;
        let invalid = |error: toml::de::Error| SchemaError::Config {
            path: path.to_owned(),
            message: error.to_string(),
        };
        let mut table: Table = text.parse().map_err(invalid)?;
        if let Some(key) = table.keys().find(|key| !SECTIONS.contains(&key.as_str())) {
            let message = format!(
                "it has a section or key `{key}`, and only {} are known",
                SECTIONS.map(|section| format!("[{section}]")).join(" and ")
            );
            return Err(SchemaError::Config { path: path.to_owned(), message });
        }
        let section = match table.remove("print_schema") {
            None => Table::new(),
            Some(Value::Table(section)) => section,
            Some(_) => {
                let message = "print_schema must be a table".to_owned();
                return Err(SchemaError::Config { path: path.to_owned(), message });
            }
        };
        Self::from_section(section, path)
    }

    fn from_section(section: Table, path: &Path) -> Result<Self, SchemaError> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let (named, own): (Table, Table) = section
            .into_iter()
            .partition(|(key, value)| !KEYS.contains(&key.as_str()) && value.is_table());
        let one = |table: Table| -> Result<PrintSchema, SchemaError> {
            if let Some(key) = table.keys().find(|key| NEWER.contains(&key.as_str())) {
                return Err(SchemaError::NewerKey { path: path.to_owned(), key: key.clone() });
            }
            let schema = PrintSchema::deserialize(Value::Table(table)).map_err(|error| {
                SchemaError::Config { path: path.to_owned(), message: error.to_string() }
            })?;
            Ok(schema.relative_to(folder))
        };
        let several = !named.is_empty();
        let mut schemas = BTreeMap::new();
        for (name, value) in named {
            let Value::Table(table) = value else { continue };
            schemas.insert(name, one(table)?);
        }
        let own = one(own)?;
        schemas.entry(DEFAULT.to_owned()).or_insert(own);
        Ok(Self { schemas, several })
    }

    /// The schemas with their names, in the order of these; without names there is one, called
    /// `default`.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &PrintSchema)> {
        self.schemas.iter().map(|(name, schema)| (name.as_str(), schema))
    }

    /// Whether schemas have names.
    pub fn is_several(&self) -> bool {
        self.several
    }

    /// The schema called `name`, to change it; without names there always is `default`.
    pub fn schema_mut(&mut self, name: &str) -> Option<&mut PrintSchema> {
        if name == DEFAULT && !self.several {
            return Some(self.schemas.entry(DEFAULT.to_owned()).or_default());
        }
        self.schemas.get_mut(name)
    }
}

const DEFAULT: &str = "default";

impl PrintSchema {
    fn relative_to(mut self, folder: &Path) -> Self {
        for path in [&mut self.file, &mut self.patch_file].into_iter().flatten() {
            *path = folder.join(&path);
        }
        self
    }
}

fn regexes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Regex>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    texts.iter().map(|text| Regex::new(text).map_err(de::Error::custom)).collect()
}

fn docs<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Docs, D::Error> {
    struct Visitor;

    impl de::Visitor<'_> for Visitor {
        type Value = Docs;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("true, false or a kind of documentation")
        }

        fn visit_bool<E>(self, value: bool) -> Result<Docs, E> {
            Ok(if value { Docs::DatabaseElseGenerated } else { Docs::None })
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Docs, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_any(Visitor)
}

fn filter<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Filter, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Lists {
        only_tables: Option<Tables>,
        except_tables: Option<Tables>,
    }

    #[derive(Deserialize)]
    struct Tables(#[serde(deserialize_with = "regexes")] Vec<Regex>);

    let lists = Lists::deserialize(deserializer)?;
    match (lists.only_tables, lists.except_tables) {
        (Some(only), None) => Ok(Filter::Only(only.0)),
        (None, Some(except)) => Ok(Filter::Except(except.0)),
        (None, None) => Ok(Filter::All),
        (Some(_), Some(_)) => {
            Err(de::Error::custom("only_tables and except_tables exclude each other"))
        }
    }
}
