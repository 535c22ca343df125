//! The options that every command has.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// What every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct Globals {
    /// The database; else `DATABASE_URL`, else `.env`, else a private server.
    #[arg(long, global = true, value_name = "URL", env = "DATABASE_URL", hide_env = true)]
    pub(crate) database_url: Option<String>,
    /// The folder of migrations; else diesel.toml's, else `migrations`, here or above.
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) migrations_dir: Option<PathBuf>,
    /// The settings; else diesel.toml, here or above.
    #[arg(long, global = true, value_name = "FILE", env = "DIESEL_CONFIG_FILE", hide_env = true)]
    pub(crate) config_file: Option<PathBuf>,
    /// The ledger's table, if not `__migrations`.
    #[arg(long, global = true, value_name = "[SCHEMA.]TABLE")]
    pub(crate) ledger: Option<String>,
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
