//! The lines of `status`: a migration each, in columns, as wide as the terminal is.

use console::truncate_str;
use strata_sequence::{Kind, MigrationName};

use crate::printer::Printer;
use crate::text::{Text, dim, green, magenta, yellow};
use diesel_strata::{MigrationStatus, State, Status};

/// Which lines there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// All, but what is applied is folded where it is much.
    Folded,
    /// All.
    All,
    /// Those that are pending.
    Pending,
}

/// More applied migrations than so many are folded.
const FOLDED: usize = 20;
/// The last ones of them are listed all the same.
const LAST: usize = 3;
/// The columns of the state.
const STATES: usize = "applied".len();
/// A description in less room says nothing.
const ROOM: usize = 10;

/// Prints a table, and returns how many migrations are folded in it.
pub(crate) fn print_table(printer: &Printer, status: &Status, shown: Shown) -> usize {
    let lines = folded(status, shown);
    let names = lines.iter().filter_map(|line| match line {
        Line::Migration(migration) => Some(Text::from(&migration.name).width()),
        Line::Fold(_) => None,
    });
    let all = printer.width();
    // A longer name takes the room of what follows it.
    let columns = Columns { names: names.max().unwrap_or(0).min(all * 3 / 8), all };
    let mut hidden = 0;
    for line in lines {
        match line {
            Line::Migration(migration) => printer.line(columns.line(migration)),
            Line::Fold(number) => {
                hidden += number;
                printer.line(dim(format!("  … {number} applied")));
            }
        }
    }
    hidden
}

enum Line<'a> {
    Migration(&'a MigrationStatus),
    /// So many that are applied, one after the other.
    Fold(usize),
}

fn folded(status: &Status, shown: Shown) -> Vec<Line<'_>> {
    let applied = status.count(State::Applied);
    let mut to_fold = match shown {
        Shown::Folded if applied > FOLDED => applied - LAST,
        _ => 0,
    };
    let mut lines = Vec::new();
    for migration in &status.migrations {
        let is_applied = migration.state == State::Applied;
        if shown == Shown::Pending && migration.state != State::Pending {
            continue;
        }
        if !is_applied || to_fold == 0 {
            lines.push(Line::Migration(migration));
            continue;
        }
        to_fold -= 1;
        match lines.last_mut() {
            Some(Line::Fold(number)) => *number += 1,
            _ => lines.push(Line::Fold(1)),
        }
    }
    lines
}

struct Columns {
    names: usize,
    all: usize,
}

impl Columns {
    /// Name, state, time, the ledger's name where it is another one, and as much of the description
    /// as there is room for.
    fn line(&self, migration: &MigrationStatus) -> Text {
        let name = Text::from(format!("  {}", migration.name)).padded(2 + self.names);
        let state = match migration.state {
            State::Applied => green(migration.state.word()),
            State::Pending => yellow(migration.state.word()),
            _ => magenta(migration.state.word()),
        };
        let mut line = name + "  " + state;
        if let Some(time) = &migration.applied_at {
            line = line.padded(2 + self.names + 2 + STATES) + "  " + minutes(time);
        }
        if let Some(other) = other_name(migration) {
            line = line + "  as " + other;
        }
        let description = description(migration);
        let room = self.all.saturating_sub(line.width() + 2);
        match room < ROOM || description.is_empty() {
            true => line,
            false => line + "  " + dim(truncate_str(description, room, "…")),
        }
    }
}

/// `2026-01-31T12:00:00.5` to the minute.
fn minutes(time: &str) -> String {
    time.replace('T', " ").chars().take("2026-01-31 12:00".len()).collect()
}

/// The name under which the ledger has it, where that is more than an extension.
fn other_name(migration: &MigrationStatus) -> Option<&str> {
    let recorded = migration.recorded.as_deref()?;
    let extensions = [Kind::Sql.extension(), Kind::Rust.extension()];
    let stem = recorded.rsplit_once('.').filter(|(_, end)| extensions.contains(end));
    let stem = stem.map_or(recorded, |(stem, _)| stem);
    (stem != migration.name && recorded != migration.name).then_some(recorded)
}

/// The first line of the description that says more than the name does.
fn description(migration: &MigrationStatus) -> &str {
    let lines = migration.description.lines().map(str::trim);
    let told = lines.filter(|line| !line.is_empty() && !repeats_name(line, migration));
    let line = told.into_iter().next().unwrap_or_default();
    line.strip_prefix("Purpose:").map_or(line, str::trim_start)
}

/// Whether `line` is a heading such as `Migration 4: AddLeadScore`.
fn repeats_name(line: &str, migration: &MigrationStatus) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let Ok(name) = MigrationName::parse(&migration.name) else { return false };
    let words = name.as_str().split_once('_').map_or("", |(_, words)| words);
    let line = letters(line);
    let rest = line.strip_prefix("migration").unwrap_or(&line);
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    rest == letters(words) || rest.is_empty()
}
