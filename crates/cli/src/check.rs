//! `check`: what new migrations would do to production.

mod project;
mod show;

use std::collections::HashSet;
use std::path::Path;

use clap::Args;
use diesel_strata::connect;
use strata_sequence::{MigrationName, list_folder};
use strata_workshop::check::{Check, PRACTICES, RULES, Report, Scope, Sizes, fix};

use crate::context::Context;
use crate::error::CliError;
use crate::git;
use crate::sum;
use project::Project;
pub(crate) use project::{SIZES, time_zone};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Look at every migration, as if each met the tables of the earlier ones in use.
    #[arg(long)]
    all: bool,
    /// Look at the migrations that are not in git's REV: main, or what a branch goes to.
    #[arg(long, value_name = "REV", conflicts_with = "all")]
    base: Option<String>,
    /// From which size on a table counts as large: 500MB, 1GB; all do where sizes are not known.
    #[arg(long, value_name = "SIZE", value_parser = project::bytes)]
    large: Option<u64>,
    /// Try things on this server, in databases of their own; else on the private one.
    #[arg(long, value_name = "URL")]
    on: Option<String>,
    /// Write the safe ways: the change, and migrations of their own for what comes after it.
    #[arg(long)]
    fix: bool,
    /// List the rules.
    #[arg(long)]
    rules: bool,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    if arguments.rules {
        RULES.iter().for_each(|rule| context.printer.line(*rule));
        PRACTICES.iter().for_each(|rule| context.printer.line(format!("{rule} (practice)")));
        return Ok(());
    }
    let mut report = report(context, arguments)?;
    if arguments.fix && write_fixes(context, &report)? {
        // What was written is measured as anything else is.
        report = self::report(context, arguments)?;
    }
    show::report(context.printer, &report);
    match report.findings.is_empty() {
        true => Ok(()),
        false => Err(CliError::Found),
    }
}

/// Writes the safe ways into the files that are not committed yet, and says whether there were any.
fn write_fixes(context: &Context<'_>, report: &Report) -> Result<bool, CliError> {
    let folder = context.migrations_folder()?;
    let shown = context.shown(&folder);
    let committed = git::files_at(&folder, "HEAD");
    let is_new = |path: &Path| {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        !committed.iter().any(|name| name == stem)
    };
    let written = fix(shown, report, is_new)?;
    let lines = written.iter().map(|path| format!("written: {}", path.display()));
    lines.for_each(|line| context.printer.note(line));
    sum::keep(context);
    Ok(!written.is_empty())
}

fn report(context: &mut Context<'_>, arguments: &Arguments) -> Result<Report, CliError> {
    let folder = context.migrations_folder()?;
    let project = Project::of(&folder)?;
    let server = context.scratch_server(arguments.on.as_deref())?;
    let scope = scope(context, arguments, &folder)?;
    let large = arguments.large.or(project.large).unwrap_or(LARGE);
    let mut check = Check::new(&server)
        .scope(scope)
        .linked(context.linked())
        .practices(project.practices.clone())
        .elsewhere(elsewhere(arguments, &folder)?)
        .sizes(sizes(context, arguments, &project)?, large);
    if let Some(zone) = zone_of_target(context, arguments)? {
        check = check.time_zone(zone);
    }
    Ok(check.run(context.shown(&folder))?)
}

/// From which size on a table counts as large, where nobody says otherwise: 1 GB.
const LARGE: u64 = 1 << 30;

/// Which files are looked at.
fn scope(context: &Context<'_>, arguments: &Arguments, folder: &Path) -> Result<Scope, CliError> {
    if arguments.all {
        return Ok(Scope::All);
    }
    if let Some(base) = &arguments.base {
        return new_since(folder, base);
    }
    if let Some(url) = context.given_url()? {
        let pending = context.migrator_of_folder()?;
        let mut conn = connect(&url)?;
        let status = pending.status(&mut conn)?;
        let names =
            status.migrations.into_iter().filter(|m| m.state == diesel_strata::State::Pending);
        return Ok(Scope::New(names.map(|migration| migration.name).collect()));
    }
    match git::main_branch(folder) {
        Some(main) => new_since(folder, &main),
        None => Ok(Scope::All),
    }
}

/// The migrations that the folder did not have where this branch left `base`.
fn new_since(folder: &Path, base: &str) -> Result<Scope, CliError> {
    let old: HashSet<_> = git::names_at(folder, base)?.into_iter().collect();
    let files = list_folder(folder).unwrap_or_default();
    let names = files.into_iter().map(|file| file.name.as_str().to_owned());
    Ok(Scope::New(names.filter(|name| !old.contains(name)).collect()))
}

/// The migrations that the branch which this one goes to has got meanwhile.
fn elsewhere(arguments: &Arguments, folder: &Path) -> Result<Vec<MigrationName>, CliError> {
    let Some(base) = &arguments.base else { return Ok(Vec::new()) };
    let old = git::names_at(folder, base)?;
    let there = git::files_at(folder, base).into_iter().filter(|name| !old.contains(name));
    Ok(there.filter_map(|name| MigrationName::parse(&name).ok()).collect())
}

/// How large tables are: on the target, else as strata.sizes says. Under `--all` every table of an
/// earlier file counts as large, unless it is known how large it is.
fn sizes(
    context: &Context<'_>,
    arguments: &Arguments,
    project: &Project,
) -> Result<Sizes, CliError> {
    match context.given_url()?.filter(|_| !arguments.all) {
        Some(url) => Ok(Sizes::of(&mut connect(&url)?)?),
        None if arguments.all => Ok(Sizes::default()),
        None => Ok(project.sizes.clone()),
    }
}

/// The time zone of the target's sessions.
fn zone_of_target(
    context: &Context<'_>,
    arguments: &Arguments,
) -> Result<Option<String>, CliError> {
    match context.given_url()?.filter(|_| !arguments.all) {
        Some(url) => Ok(Some(time_zone(&mut connect(&url)?)?)),
        None => Ok(None),
    }
}
