//! `squash`: many migrations in one.

use std::path::Path;

use clap::Args;
use serde::Serialize;
use strata_workshop::squash::{ARCHIVE, Squash, verify};

use crate::context::Context;
use crate::error::CliError;
use crate::scratch;
use crate::sum;
use crate::text::{bold, green};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The last migration that goes into it.
    #[arg(long, value_name = "N", required_unless_present = "verify")]
    to: Option<u64>,
    /// What it is called, behind the number of the last one.
    #[arg(long, value_name = "NAME", default_value = "Squash", hide_default_value = true)]
    name: String,
    /// Print it, and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Prove the squashes that are there against the archived migrations that they replace.
    #[arg(long, conflicts_with_all = ["to", "dry_run"])]
    verify: bool,
    /// Build both on this server; else on the private one.
    #[arg(long, value_name = "URL")]
    on: Option<String>,
}

#[derive(Serialize)]
struct Json<'a> {
    name: &'a str,
    replaced: &'a [String],
    volatile: &'a [String],
}

pub(crate) fn run(context: &Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let folder = context.migrations_folder()?;
    match arguments.to {
        Some(to) => squash(context, arguments, &folder, to),
        None => verify_all(context, arguments, &folder),
    }
}

fn squash(
    context: &Context<'_>,
    arguments: &Arguments,
    folder: &Path,
    to: u64,
) -> Result<(), CliError> {
    let migrator = context.migrator()?.target(to);
    let server = scratch::server(context, arguments.on.as_deref())?;
    let squash = Squash::prove(folder, to, &arguments.name, &migrator, &server)?;
    let printer = context.printer;
    let Squash { name, replaced, volatile, .. } = &squash;
    printer.json(&Json { name, replaced, volatile });
    if arguments.dry_run {
        if !printer.is_json() {
            printer.document(&squash.text);
        }
        return Ok(());
    }
    let path = squash.write(folder)?;
    sum::follow(folder)?;
    printer.say(
        bold(context.shown(&path).display().to_string())
            + format!(" stands for {} migrations, now in {ARCHIVE}", replaced.len()),
    );
    printer.say(green("proved") + ": both build the same schema and the same rows");
    for column in volatile {
        printer.say(format!("  {column} is another at each run, and was not compared"));
    }
    Ok(())
}

fn verify_all(context: &Context<'_>, arguments: &Arguments, folder: &Path) -> Result<(), CliError> {
    let server = scratch::server(context, arguments.on.as_deref())?;
    let verified = verify(folder, &server)?;
    context.printer.json(&serde_json::json!({ "verified": verified }));
    match verified.as_slice() {
        [] => context.printer.say("there is no squash here"),
        names => context.printer.say(green("proved") + format!(": {}", names.join(", "))),
    }
    Ok(())
}
