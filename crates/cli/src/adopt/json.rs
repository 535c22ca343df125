//! What `adopt` says to programs.

use serde::Serialize;
use strata_workshop::adopt::{Folder, Ours, Taken};

use crate::printer::Printer;

#[derive(Serialize)]
struct JsonReport<'a> {
    tool: &'a str,
    dry_run: bool,
    migrations: Vec<JsonMigration<'a>>,
    notes: &'a [String],
    proved: bool,
    taken_over: Option<JsonTaken<'a>>,
}

#[derive(Serialize)]
struct JsonMigration<'a> {
    name: &'a str,
    formerly: &'a str,
    no_transaction: bool,
    notes: &'a [String],
}

#[derive(Serialize)]
struct JsonTaken<'a> {
    ledger: &'a str,
    applied: Vec<JsonApplied<'a>>,
    pending: &'a [String],
    late: &'a [String],
    without_file: &'a [String],
    changed: &'a [String],
    recorded: &'a [String],
}

#[derive(Serialize)]
struct JsonApplied<'a> {
    name: &'a str,
    applied_at: Option<&'a str>,
}

pub(super) fn print(
    printer: &Printer,
    folder: &Folder,
    proved: bool,
    taken: Option<&Taken>,
    dry_run: bool,
) {
    printer.json(&JsonReport {
        tool: folder.tool.name(),
        dry_run,
        migrations: folder.migrations.iter().map(json_migration).collect(),
        notes: &folder.notes,
        proved,
        taken_over: taken.map(json_taken),
    });
}

fn json_migration(ours: &Ours) -> JsonMigration<'_> {
    JsonMigration {
        name: ours.name.as_str(),
        formerly: ours.formerly(),
        no_transaction: ours.no_transaction,
        notes: &ours.notes,
    }
}

fn json_taken(taken: &Taken) -> JsonTaken<'_> {
    let found = &taken.matching;
    let applied = found.applied.iter().map(|matched| JsonApplied {
        name: &matched.name,
        applied_at: matched.applied_at.as_deref(),
    });
    JsonTaken {
        ledger: &taken.table,
        applied: applied.collect(),
        pending: &found.pending,
        late: &found.late,
        without_file: &found.without_file,
        changed: &found.changed,
        recorded: &taken.recorded,
    }
}
