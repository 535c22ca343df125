//! The options that every command has.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use diesel_strata::Ledger;

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// The database; else `DATABASE_URL`, else `.env`, else a private server.
    #[arg(long, global = true, value_name = "URL", env = "DATABASE_URL", hide_env = true)]
    pub(crate) database_url: Option<String>,
    /// The folder of migrations; else `MIGRATION_DIRECTORY`, else diesel.toml's, else `migrations`,
    /// here or above.
    #[arg(long, global = true, value_name = "DIR", alias = "migration-dir")]
    pub(crate) migrations_dir: Option<PathBuf>,
    /// The settings; else diesel.toml, here or above.
    #[arg(long, global = true, value_name = "FILE", env = "DIESEL_CONFIG_FILE", hide_env = true)]
    pub(crate) config_file: Option<PathBuf>,
    /// The ledger's table, if not `__migrations`.
    #[arg(long, global = true, value_name = "[SCHEMA.]TABLE", value_parser = ledger)]
    pub(crate) ledger: Option<Ledger>,
    /// How results are printed.
    #[arg(long, global = true, default_value = "text", hide_default_value = true)]
    pub(crate) format: Format,
    /// When to use colour.
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        hide_default_value = true
    )]
    pub(crate) color: Color,
    /// Print results and errors only.
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say more of what is done.
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For people, and what `check` finds as annotations of GitHub's.
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The longest name that PostgreSQL keeps whole, in bytes.
const LONGEST_NAME: usize = 63;

fn ledger(text: &str) -> Result<Ledger, String> {
    let parts: Vec<_> = text.split('.').collect();
    if parts.iter().any(|part| part.trim().is_empty() || part.len() > LONGEST_NAME) {
        return Err(format!("a name has 1 to {LONGEST_NAME} bytes"));
    }
    match parts[..] {
        [table] => Ok(Ledger::new(table)),
        [schema, table] => Ok(Ledger::new(table).in_schema(schema)),
        _ => Err("write TABLE or SCHEMA.TABLE".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_is_a_table_with_or_without_its_schema() {
        assert_eq!(ledger("history"), Ok(Ledger::new("history")));
        assert_eq!(ledger("ops.Größe"), Ok(Ledger::new("Größe").in_schema("ops")));
        let long = "é".repeat(32);
        for text in ["", ".", "a.", ".b", " ", "a.b.c", &long] {
            assert!(ledger(text).is_err(), "{text:?}");
        }
    }
}
