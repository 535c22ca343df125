//! `migrate`: applies what is pending.

use std::time::{Duration, Instant};

use clap::Args;
use console::{Term, style};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::Printer;
use crate::regenerate;
use diesel_strata::{Event, Migrator, Report};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Apply nothing above this number.
    #[arg(long, value_name = "N")]
    to: Option<u64>,
    /// Say what would run, and run nothing.
    #[arg(long)]
    dry_run: bool,
    /// Refuse to run a migration that is numbered below an applied one.
    #[arg(long)]
    strict_order: bool,
    /// Refuse to run if the ledger holds names that are not here.
    #[arg(long)]
    refuse_unknown: bool,
    /// Do not regenerate schema.rs.
    #[arg(long)]
    no_schema: bool,
    /// Change no schema.rs; show how it differs, and exit with 3 if it does.
    #[arg(long, conflicts_with = "no_schema")]
    locked_schema: bool,
    /// Check that schema.rs, as it is, fits the database.
    #[arg(long)]
    verify: bool,
    /// How long to wait for another session that migrates, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    wait: u64,
}

/// More than so many lines are a bar on a terminal.
const LINES: usize = 20;

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrator = configured(context.migrator()?, arguments);
    let (mut conn, target) = context.connect()?;
    let printer = context.printer;
    if arguments.dry_run {
        let pending = migrator.pending(&mut conn)?;
        let names: Vec<_> = pending.iter().map(|migration| migration.name()).collect();
        print_dry_run(printer, &names, &target);
        return Ok(());
    }
    let start = Instant::now();
    let mut progress = Progress::new(printer);
    let report = migrator.migrate_with(&mut conn, &mut |event| progress.show(event));
    progress.clear();
    let report = report?;
    if printer.is_json() {
        printer.json(&JsonReport::from(&report));
    } else {
        print_report(printer, &report, start.elapsed(), &target);
    }
    if arguments.verify {
        regenerate::verify(context, &mut conn)?;
    }
    match arguments.no_schema {
        true => Ok(()),
        false => regenerate::run(context, &mut conn, arguments.locked_schema),
    }
}

fn print_report(printer: &Printer, report: &Report, elapsed: Duration, target: &str) {
    print_notes(printer, report);
    let number = report.applied.len();
    printer.say(&match number {
        0 => format!("{}: {target}", style("nothing is pending").bold()),
        _ => {
            let done = format!("{} applied", migrations(number));
            let done = style(done).green().bold();
            format!("{done} in {}: {target}", time(elapsed))
        }
    });
}

fn configured(mut migrator: Migrator, arguments: &Arguments) -> Migrator {
    migrator = migrator.deadline(Duration::from_secs(arguments.wait));
    if let Some(target) = arguments.to {
        migrator = migrator.target(target);
    }
    if arguments.strict_order {
        migrator = migrator.strict_order();
    }
    if arguments.refuse_unknown {
        migrator = migrator.refuse_unknown();
    }
    migrator
}

#[derive(Serialize)]
struct DryRun<'a> {
    pending: &'a [&'a str],
}

fn print_dry_run(printer: &Printer, names: &[&str], target: &str) {
    if printer.is_json() {
        return printer.json(&DryRun { pending: names });
    }
    for name in names {
        printer.line(&format!("  {name}"));
    }
    printer.say(&match names.len() {
        0 => format!("{}: {target}", style("nothing is pending").bold()),
        number => format!("{} would run: {target}", migrations(number)),
    });
}

fn print_notes(printer: &Printer, report: &Report) {
    if !report.unknown.is_empty() {
        printer.note(&format!(
            "the ledger also holds {}, unknown here and left alone",
            report.unknown.join(", ")
        ));
    }
    if !report.out_of_order.is_empty() {
        printer.note(&format!(
            "numbered below what was applied before: {}",
            report.out_of_order.join(", ")
        ));
    }
    if !report.elsewhere.is_empty() {
        printer.note(&format!(
            "applied meanwhile by another session: {}",
            migrations(report.elsewhere.len())
        ));
    }
}

fn migrations(number: usize) -> String {
    format!("{number} migration{}", if number == 1 { "" } else { "s" })
}

/// A time in three digits or so, with its unit.
fn time(time: Duration) -> String {
    match time.as_millis() {
        0 => "1 ms".to_owned(),
        ms @ 1..1_000 => format!("{ms} ms"),
        ms => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
    }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    applied: Vec<JsonRan<'a>>,
    elsewhere: &'a [String],
    unknown: &'a [String],
    out_of_order: &'a [String],
}

#[derive(Serialize)]
struct JsonRan<'a> {
    name: &'a str,
    /// Milliseconds.
    elapsed_ms: f64,
}

impl<'a> From<&'a Report> for JsonReport<'a> {
    fn from(report: &'a Report) -> Self {
        let ran = |ran: &'a diesel_strata::Ran| JsonRan {
            name: &ran.name,
            elapsed_ms: ran.elapsed.as_secs_f64() * 1000.0,
        };
        Self {
            applied: report.applied.iter().map(ran).collect(),
            elsewhere: &report.elsewhere,
            unknown: &report.unknown,
            out_of_order: &report.out_of_order,
        }
    }
}

/// A line for each migration, and on a terminal a bar while they run.
struct Progress<'a> {
    printer: &'a Printer,
    bar: ProgressBar,
    lines: bool,
}

impl<'a> Progress<'a> {
    fn new(printer: &'a Printer) -> Self {
        Self { printer, bar: ProgressBar::hidden(), lines: true }
    }

    fn show(&mut self, event: Event<'_>) {
        match event {
            Event::Waiting { holder } => {
                self.printer.note(&format!("waiting for another session that migrates: {holder}"));
            }
            Event::Planned { count } => self.begin(count),
            Event::Started { migration } => self.bar.set_message(migration.name().to_owned()),
            Event::Finished { migration, elapsed } => {
                self.bar.inc(1);
                if self.lines {
                    let line = format!("  {:<56} {:>10}", migration.name(), time(elapsed));
                    self.bar.suspend(|| self.printer.say(&line));
                }
            }
            Event::IndexRebuilt { index, .. } => {
                let note = format!("index {index} was left invalid by a failed run; rebuilding it");
                self.bar.suspend(|| self.printer.note(&note));
            }
            _ => {}
        }
    }

    fn begin(&mut self, count: usize) {
        let terminal = Term::stderr().is_term();
        if !terminal || self.printer.is_quiet() || self.printer.is_json() {
            return;
        }
        self.lines = count <= LINES;
        let template = "  {bar:24} {pos}/{len} {wide_msg}";
        if let Ok(bar_style) = ProgressStyle::with_template(template) {
            self.bar = ProgressBar::new(count as u64).with_style(bar_style);
        }
    }

    fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
