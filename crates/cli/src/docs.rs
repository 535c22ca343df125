//! `docs`: the schema as pages and pictures, each table with its history.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use strata_workshop::ScratchServer;
use strata_workshop::docs::{Documents, Options, Stale, documents};

use crate::context::Context;
use crate::error::CliError;
use crate::package::Package;
use crate::words;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Where they are written; `docs/schema` beside the folder of migrations unless given.
    dir: Option<PathBuf>,
    /// Write nothing; exit with 3 if anything there is not as it would be written.
    #[arg(long)]
    check: bool,
    /// What the schema is called; the package's name unless given.
    #[arg(long)]
    title: Option<String>,
    /// Show privileges too.
    #[arg(long)]
    privileges: bool,
    /// Run the migrations on this server, in a database of their own; else on the private one.
    #[arg(long, value_name = "URL")]
    on: Option<String>,
}

pub(crate) fn run(context: &Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrations = context.migrations_folder()?;
    let beside = migrations.parent().unwrap_or(&migrations);
    let folder = match &arguments.dir {
        Some(folder) => context.here().join(folder),
        None => beside.join("docs").join("schema"),
    };
    let options = Options {
        title: title(arguments, beside)?,
        privileges: arguments.privileges,
        cache: cache(beside),
    };
    let migrator = context.migrator()?;
    let server = match &arguments.on {
        Some(url) => ScratchServer::at(url)?,
        None => private(beside)?,
    };
    let made = documents(&server, migrator.sequence(), &options)?;
    for name in &made.passed_over {
        context.printer.note(format!(
            "what {name} does is not shown: it is in Rust, and the application's own program has it"
        ));
    }
    match arguments.check {
        true => check(context, &made, &folder),
        false => write(context, &made, &folder),
    }
}

fn title(arguments: &Arguments, beside: &Path) -> Result<String, CliError> {
    match &arguments.title {
        Some(title) => Ok(title.clone()),
        None => Ok(Package::around(beside)?.map_or("Schema".to_owned(), |own| own.library)),
    }
}

#[cfg(unix)]
fn private(start: &Path) -> Result<ScratchServer, CliError> {
    Ok(ScratchServer::private(start)?)
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<ScratchServer, CliError> {
    Err(CliError::Usage("name a server to run the migrations on: pass --on URL".to_owned()))
}

/// Where Cargo keeps what can be made again, if it has been there.
fn cache(beside: &Path) -> Option<PathBuf> {
    let project = beside.ancestors().find(|folder| folder.join("Cargo.lock").is_file())?;
    let target = match env::var_os("CARGO_TARGET_DIR") {
        Some(target) => project.join(target),
        None => project.join("target"),
    };
    target.is_dir().then(|| target.join("strata-docs"))
}

fn check(context: &Context<'_>, made: &Documents, folder: &Path) -> Result<(), CliError> {
    let stale = made.stale(folder).map_err(CliError::io("read", folder))?;
    let printer = context.printer;
    let shown = context.shown(folder).display();
    printer.json(&Json::of(context, made, folder, &stale));
    if stale.is_empty() {
        printer.say(format!("{shown} is what the migrations build"));
        return Ok(());
    }
    if !printer.is_json() {
        for Stale { path, state } in &stale {
            printer.line(format!("  {:<9}  {path}", state.word()));
        }
    }
    printer.say(format!("{shown} is not what the migrations build; run docs and commit it"));
    Err(CliError::Found)
}

fn write(context: &Context<'_>, made: &Documents, folder: &Path) -> Result<(), CliError> {
    let written = made.write(folder).map_err(CliError::io("write", folder))?;
    let printer = context.printer;
    printer.json(&Json::of(context, made, folder, &written));
    let shown = context.shown(folder).join("index.html");
    let counts = format!(
        "{}, {}",
        match made.tables {
            1 => "1 table".to_owned(),
            count => format!("{count} tables"),
        },
        words::migrations(made.migrations)
    );
    printer.say(match written.len() {
        0 => format!("{} is up to date: {counts}", shown.display()),
        _ => format!("{} written: {counts}", shown.display()),
    });
    Ok(())
}

#[derive(Serialize)]
struct Json<'a> {
    folder: String,
    tables: usize,
    migrations: usize,
    not_shown: &'a [String],
    /// What was not as it would be written, before it was.
    stale: Vec<JsonStale<'a>>,
}

#[derive(Serialize)]
struct JsonStale<'a> {
    path: &'a str,
    state: &'static str,
}

impl<'a> Json<'a> {
    fn of(context: &Context<'_>, made: &'a Documents, folder: &Path, stale: &'a [Stale]) -> Self {
        let stale = stale.iter().map(|own| JsonStale { path: &own.path, state: own.state.word() });
        Self {
            folder: context.shown(folder).display().to_string(),
            tables: made.tables,
            migrations: made.migrations,
            not_shown: &made.passed_over,
            stale: stale.collect(),
        }
    }
}
