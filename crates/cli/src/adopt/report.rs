//! What `adopt` says.

use std::path::Path;
use std::time::Duration;

use strata_workshop::adopt::{Folder, Matching, Numbering, Ours, Proof, Taken, Tool, Written};

use crate::printer::Printer;
use crate::text::{Text, bold, green, magenta, yellow};

/// What becomes of their folder.
pub(super) fn folder(printer: &Printer, folder: &Folder, source: &Path, target: &Path) {
    let count = counted(folder.migrations.len(), "migration");
    let (source, target) = (source.display(), target.display());
    printer.say(bold(folder.tool.name()) + format!(": {count} in {source}, for {target}"));
    printer.say(match folder.numbering {
        Numbering::Kept => "  numbers are kept",
        Numbering::Padded => "  numbers of several lengths have zeros behind them now",
        _ => "  numbers count from 1 now, as theirs do not give their order",
    });
    let outside = folder.migrations.iter().filter(|ours| ours.no_transaction).count();
    match outside {
        0 => {}
        1 => printer.say("  1 runs outside a transaction"),
        outside => printer.say(format!("  {outside} run outside a transaction")),
    }
    for note in &folder.notes {
        printer.say(format!("  {note}"));
    }
    for ours in &folder.migrations {
        notes(printer, ours);
    }
}

fn notes(printer: &Printer, ours: &Ours) {
    if !ours.notes.is_empty() {
        printer.say(Text::from("  ") + yellow(ours.name.as_str()));
    }
    for note in &ours.notes {
        printer.say(format!("    {note}"));
    }
}

/// What was proved, and how long it took.
pub(super) fn proof(printer: &Printer, folder: &Folder, proof: Option<&(Proof, Duration)>) {
    let Some((proof, elapsed)) = proof else {
        return printer.say(yellow("not proved") + ": that both build the same");
    };
    printer.say(
        green("proved")
            + format!(
                ": {}'s files and ours build the same schema ({} lines of snapshot, {})",
                folder.tool,
                proof.lines,
                time(*elapsed)
            ),
    );
    if !proof.roles.is_empty() {
        printer.say(format!("  roles that were there meanwhile: {}", proof.roles.join(", ")));
    }
}

/// What was written.
pub(super) fn written(printer: &Printer, written: Written, target: &Path) {
    let unchanged = match written.unchanged {
        0 => String::new(),
        count => format!(", {count} there already"),
    };
    let new = counted(written.new, "file");
    printer.say(format!("{new} written to {}{unchanged}", target.display()));
}

/// What was, or would be, taken over from a database.
pub(super) fn taken(
    printer: &Printer,
    tool: Tool,
    taken: Option<&Taken>,
    database: &str,
    dry_run: bool,
) {
    let Some(taken) = taken else {
        let told = format!("{tool} has no ledger there, so that all is pending: {database}");
        return printer.say(told);
    };
    let found = &taken.matching;
    rows(printer, found);
    let counts = format!("{} applied, {} pending", found.applied.len(), found.pending.len());
    match taken.recorded.len() {
        _ if dry_run => printer.say(bold(counts) + format!(", by {}: {database}", taken.table)),
        0 => printer.say(bold(counts) + format!(", nothing to take over: {database}")),
        count => {
            printer.say(bold(counts) + format!(": {database}"));
            let rows = counted(count, "row");
            printer.say(format!("{rows} taken over from {}, which stays as it is", taken.table));
            printer.say("to undo it: DROP TABLE __migrations");
        }
    }
}

fn rows(printer: &Printer, found: &Matching) {
    for row in &found.without_file {
        printer.say(Text::from("  ") + magenta(row) + "  a row without a file");
    }
    for name in &found.changed {
        printer.say(Text::from("  ") + magenta(name) + "  changed since it ran");
    }
    for name in &found.pending {
        let late = if found.late.contains(name) { ", before one that ran" } else { "" };
        printer.say(Text::from("  ") + yellow(name) + "  pending" + late);
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A time as people read it.
pub(super) fn time(elapsed: Duration) -> String {
    match elapsed.as_millis() {
        millis @ 0..1000 => format!("{millis} ms"),
        _ => format!("{:.1} s", elapsed.as_secs_f64()),
    }
}
