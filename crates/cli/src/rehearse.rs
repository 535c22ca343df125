//! `rehearse`: runs what is pending on a copy of the target's structure.

use std::time::Duration;

use clap::Args;
use diesel_strata::State;
use serde::Serialize;
use strata_workshop::check::{Check, Scope, Sizes};
use strata_workshop::measure::{Kind, Measured, Relation};
use strata_workshop::{Done, Rehearsal, rehearse, structure};

use crate::check::time_zone;
use crate::context::Context;
use crate::error::CliError;
use crate::printer::Printer;
use crate::text::{Text, bold, dim};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Rehearse on this server, in a database of its own; else on the private one.
    #[arg(long, value_name = "URL")]
    on: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrator = context.migrator_of_folder()?;
    let (mut conn, target) = context.connect()?;
    let status = migrator.status(&mut conn)?;
    let pending = status.migrations.iter().filter(|migration| migration.state == State::Pending);
    let pending: Vec<_> = pending.map(|migration| migration.name.clone()).collect();
    if pending.is_empty() {
        context.printer.json(&Json { statements: Vec::new(), difference: &[] });
        context.printer.say(bold("nothing is pending") + ": " + target.as_str());
        return Ok(());
    }
    let sizes = Sizes::of(&mut conn)?;
    let zone = time_zone(&mut conn)?;
    let url = context.url()?;
    let dump = structure(&pg_dump(context)?, &url)?;
    let server = context.scratch_server(arguments.on.as_deref())?;
    let check = Check::new(&server)
        .scope(Scope::New(pending.into_iter().collect()))
        .linked(context.linked())
        .sizes(sizes.clone(), 0)
        .time_zone(zone)
        .structure(dump);
    let folder = context.migrations_folder()?;
    let rehearsal = rehearse(&check, context.shown(&folder))?;
    show(context.printer, &rehearsal, &sizes, &target);
    let refused = rehearsal.report.findings.iter().any(|finding| finding.rule == "refused");
    if refused { Err(CliError::Found) } else { Ok(()) }
}

#[cfg(unix)]
fn pg_dump(context: &Context<'_>) -> Result<std::path::PathBuf, CliError> {
    let server = diesel_strata::server::Server::attach(context.here())?;
    Ok(server.program("pg_dump")?)
}

#[cfg(not(unix))]
fn pg_dump(_: &Context<'_>) -> Result<std::path::PathBuf, CliError> {
    Ok("pg_dump".into())
}

#[derive(Serialize)]
struct Json<'a> {
    statements: Vec<JsonStatement<'a>>,
    difference: &'a [String],
}

#[derive(Serialize)]
struct JsonStatement<'a> {
    migration: &'a str,
    line: usize,
    effects: Vec<String>,
    elapsed_ms: f64,
}

fn show(printer: &Printer, rehearsal: &Rehearsal, sizes: &Sizes, target: &str) {
    rehearsal.report.notes.iter().for_each(|note| printer.note(note.as_str()));
    let statement = |done: &Done| effects(&done.measured, sizes);
    if printer.is_json() {
        let statements = rehearsal.done.iter().map(|done| JsonStatement {
            migration: &done.migration,
            line: done.line,
            effects: statement(done),
            elapsed_ms: done.elapsed.as_secs_f64() * 1000.0,
        });
        let difference = &rehearsal.difference;
        return printer.json(&Json { statements: statements.collect(), difference });
    }
    let mut migration = "";
    for done in &rehearsal.done {
        if done.migration != migration {
            migration = &done.migration;
            printer.line(bold(migration));
        }
        let time = dim(format!("  {}", milliseconds(done.elapsed)));
        printer.line(Text::from(format!("  {:>4}  {}", done.line, done.text)) + time);
        statement(done).into_iter().for_each(|effect| printer.line(format!("        {effect}")));
    }
    for finding in rehearsal.report.findings.iter().filter(|finding| finding.rule == "refused") {
        let place = format!("{}:{}", finding.file.display(), finding.position);
        printer.line(format!("{place}: {}", finding.message));
    }
    if !rehearsal.difference.is_empty() {
        printer.line(bold("what is different afterwards"));
        rehearsal.difference.iter().for_each(|line| printer.line(format!("  {line}")));
    }
    printer.say(format!("times are of tables without rows; nothing was changed in {target}"));
}

/// What a statement did to what was there before it, in words, a line a relation.
fn effects(measured: &Measured, sizes: &Sizes) -> Vec<String> {
    let is_new = |relation: &Relation| measured.created.iter().any(|new| new.oid == relation.oid);
    let told = |relation: &Relation| match sizes.get(&relation.schema, &relation.name) {
        Some(size) => format!("{relation} ({}, {})", size.bytes_said(), size.rows_said()),
        None => relation.to_string(),
    };
    let blocks = measured.locks.iter().filter(|lock| {
        lock.relation.kind == Kind::Table && lock.mode.blocks_writes() && !is_new(&lock.relation)
    });
    let mut lines: Vec<_> =
        blocks.map(|lock| format!("{} on {}", lock.mode, told(&lock.relation))).collect();
    for (doing, relations) in [
        ("writes anew", &measured.rewritten),
        ("builds anew", &measured.rebuilt),
        ("reads from end to end", &measured.scanned),
    ] {
        let there = relations.iter().filter(|relation| !is_new(relation));
        lines.extend(there.map(|relation| format!("{doing} {}", told(relation))));
    }
    let built = measured.built.iter().filter(|built| !is_new(&built.table));
    lines.extend(built.map(|built| format!("builds {} on {}", built.index, told(&built.table))));
    lines
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
