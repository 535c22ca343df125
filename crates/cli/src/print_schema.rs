//! `print-schema`: `schema.rs` on stdout, with diesel CLI's flags.
//!
//! With several schemas in diesel.toml the flags that follow a `--schema-key` are about that
//! schema, so that their places on the command line matter.

use std::ops::Range;
use std::path::PathBuf;

use clap::{ArgAction, ArgMatches, Args, FromArgMatches};
use regex::Regex;
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use diesel_strata::schema_rs::{
    self, Columns, Docs, Filter, PrintSchema, PrintSchemaConfig, SameQuery,
};

/// What was typed, with its places.
#[derive(Debug)]
pub struct Arguments(ArgMatches);

impl FromArgMatches for Arguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self(matches.clone()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Arguments {
    fn augment_args(command: clap::Command) -> clap::Command {
        Known::augment_args(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Known::augment_args_for_update(command)
    }
}

/// The flags that there are; read through [`ArgMatches`], which knows their places.
#[derive(Debug, Args)]
struct Known {
    /// Tables, as regular expressions for --only-tables and --except-tables.
    table_name: Vec<String>,
    /// The schema, if not `public`.
    #[arg(short, long, value_name = "SCHEMA", action = ArgAction::Append)]
    schema: Vec<String>,
    /// Print the tables that are named.
    #[arg(short, long, num_args = 0, default_missing_value = "true", action = ArgAction::Append)]
    only_tables: Vec<bool>,
    /// Print all tables but those that are named.
    #[arg(short, long, num_args = 0, default_missing_value = "true", action = ArgAction::Append)]
    except_tables: Vec<bool>,
    /// Write documentation comments.
    #[arg(long, num_args = 0, default_missing_value = "true", action = ArgAction::Append)]
    with_docs: Vec<bool>,
    /// Which documentation comments to write.
    #[arg(long, value_name = "KIND", action = ArgAction::Append, value_parser = [
        "database-comments-fallback-to-auto-generated-doc-comment",
        "only-database-comments",
        "no-doc-comments",
    ])]
    with_docs_config: Vec<String>,
    /// Which tables to declare to go together in queries.
    #[arg(
        long,
        value_name = "WHICH",
        action = ArgAction::Append,
        value_parser = ["fk_related_tables", "all_tables", "none"]
    )]
    allow_tables_to_appear_in_same_query_config: Vec<String>,
    /// The order of columns.
    #[arg(
        long,
        value_name = "ORDER",
        action = ArgAction::Append,
        value_parser = ["ordinal_position", "name"]
    )]
    column_sorting: Vec<String>,
    /// A unified diff to apply to the result.
    #[arg(long, value_name = "FILE", action = ArgAction::Append)]
    patch_file: Vec<PathBuf>,
    /// What each `table!` imports; may be repeated.
    #[arg(long, value_name = "PATH", action = ArgAction::Append)]
    import_types: Vec<String>,
    /// Declare no types that Diesel does not have.
    #[arg(long, num_args = 0, default_missing_value = "true", action = ArgAction::Append)]
    no_generate_missing_sql_type_definitions: Vec<bool>,
    /// Types not to declare, as regular expressions.
    #[arg(long, value_name = "REGEX", num_args = 1.., action = ArgAction::Append)]
    except_custom_type_definitions: Vec<String>,
    /// What declared types derive; may be repeated.
    #[arg(long, value_name = "DERIVE", action = ArgAction::Append)]
    custom_type_derives: Vec<String>,
    /// Domains that count as types of their own, as a regular expression; may be repeated.
    #[arg(long, value_name = "REGEX", action = ArgAction::Append)]
    pg_domains_as_custom_types: Vec<String>,
    /// Of several schemas in diesel.toml, the one that the flags behind this are about.
    #[arg(long, value_name = "NAME", action = ArgAction::Append)]
    schema_key: Vec<String>,
    /// For SQLite; of no effect here.
    #[arg(long, num_args = 0, default_missing_value = "true", action = ArgAction::Append)]
    sqlite_integer_primary_key_is_bigint: Vec<bool>,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let mut config = context.print_schema()?;
    apply(&arguments.0, &mut config)?;
    let (mut conn, _) = context.connect()?;
    let printer = context.printer;
    let mut schemas = Vec::new();
    for (name, schema) in config.schemas() {
        let printed = schema_rs::print_schema(&mut conn, schema)?;
        printed.warnings.iter().for_each(|warning| printer.note(warning));
        if !printer.is_json() {
            printer.document(&printed.text);
        }
        schemas.push(JsonSchema { name: name.to_owned(), text: printed.text });
    }
    printer.json(&Json { schemas });
    Ok(())
}

#[derive(Serialize)]
struct Json {
    schemas: Vec<JsonSchema>,
}

#[derive(Serialize)]
struct JsonSchema {
    /// Its name in diesel.toml.
    name: String,
    text: String,
}

/// Changes `config` by the flags: each schema by those between its key and the next.
fn apply(matches: &ArgMatches, config: &mut PrintSchemaConfig) -> Result<(), CliError> {
    let flags = |range| Flags { matches, range };
    if !config.is_several() {
        let schema = config.schema_mut("default");
        return schema.map_or(Ok(()), |schema| flags(0..usize::MAX).apply(schema));
    }
    let everything = flags(0..usize::MAX);
    let keys: Vec<(usize, &String)> = everything.placed("schema_key");
    for (at, (start, key)) in keys.iter().enumerate() {
        let end = keys.get(at + 1).map_or(usize::MAX, |(start, _)| *start);
        let schema = config.schema_mut(key).ok_or_else(|| {
            CliError::Usage(format!("there is no [print_schema.{key}] in diesel.toml"))
        })?;
        flags(*start..end).apply(schema)?;
    }
    Ok(())
}

/// The flags in a range of places.
struct Flags<'a> {
    matches: &'a ArgMatches,
    range: Range<usize>,
}

impl<'a> Flags<'a> {
    /// The values of `flag` with their places.
    fn placed<T: Clone + Send + Sync + 'static>(&self, flag: &str) -> Vec<(usize, &'a T)> {
        let places = self.matches.indices_of(flag).into_iter().flatten();
        let values = self.matches.get_many::<T>(flag).into_iter().flatten();
        places.zip(values).filter(|(place, _)| self.range.contains(place)).collect()
    }

    fn all<T: Clone + Send + Sync + 'static>(&self, flag: &str) -> Option<Vec<T>> {
        let values: Vec<T> =
            self.placed(flag).into_iter().map(|(_, value): (_, &T)| value.clone()).collect();
        if values.is_empty() { None } else { Some(values) }
    }

    fn one(&self, flag: &str) -> Option<&'a str> {
        self.placed::<String>(flag).first().map(|(_, value)| value.as_str())
    }

    fn is_set(&self, flag: &str) -> bool {
        !self.placed::<bool>(flag).is_empty()
    }

    fn regexes(&self, flag: &str) -> Result<Option<Vec<Regex>>, CliError> {
        let texts = self.all::<String>(flag);
        let regex =
            |text: &String| Regex::new(text).map_err(|error| CliError::Usage(error.to_string()));
        texts.map(|texts| texts.iter().map(regex).collect()).transpose()
    }

    fn apply(&self, schema: &mut PrintSchema) -> Result<(), CliError> {
        self.apply_filter(schema)?;
        self.apply_choices(schema)?;
        if let Some(name) = self.one("schema") {
            schema.schema = Some(name.to_owned());
        }
        if let Some(files) = self.all::<PathBuf>("patch_file") {
            schema.patch_file = files.into_iter().next();
        }
        if let Some(imports) = self.all("import_types") {
            schema.import_types = Some(imports);
        }
        if let Some(derives) = self.all("custom_type_derives") {
            schema.custom_type_derives = Some(derives);
        }
        if self.is_set("no_generate_missing_sql_type_definitions") {
            schema.generate_missing_sql_type_definitions = Some(false);
        }
        if let Some(types) = self.regexes("except_custom_type_definitions")? {
            schema.except_custom_type_definitions = types;
        }
        if let Some(domains) = self.regexes("pg_domains_as_custom_types")? {
            schema.pg_domains_as_custom_types = domains;
        }
        Ok(())
    }

    fn apply_filter(&self, schema: &mut PrintSchema) -> Result<(), CliError> {
        let tables = self.regexes("table_name")?.unwrap_or_default();
        if self.is_set("only_tables") {
            schema.filter = Filter::Only(tables);
        } else if self.is_set("except_tables") {
            schema.filter = Filter::Except(tables);
        }
        Ok(())
    }

    fn apply_choices(&self, schema: &mut PrintSchema) -> Result<(), CliError> {
        if self.is_set("with_docs") {
            schema.with_docs = Docs::DatabaseElseGenerated;
        }
        if let Some(docs) = self.one("with_docs_config") {
            schema.with_docs = docs.parse().map_err(CliError::Usage)?;
        }
        match self.one("allow_tables_to_appear_in_same_query_config") {
            Some("fk_related_tables") => {
                schema.allow_tables_to_appear_in_same_query_config = SameQuery::FkRelatedTables;
            }
            Some("none") => schema.allow_tables_to_appear_in_same_query_config = SameQuery::None,
            Some(_) => schema.allow_tables_to_appear_in_same_query_config = SameQuery::AllTables,
            None => {}
        }
        match self.one("column_sorting") {
            Some("name") => schema.column_sorting = Columns::Name,
            Some(_) => schema.column_sorting = Columns::OrdinalPosition,
            None => {}
        }
        Ok(())
    }
}
