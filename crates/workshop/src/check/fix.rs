//! Writes the safe way of what was found: the change, and migrations of their own for what comes
//! after it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use diesel_strata::Error;
use strata_sequence::{MigrationName, SequenceError, list_folder};
use strata_sql::{Position, split_statements};

use super::finding::{Finding, Report};
use super::way::{Step, Way};
use crate::error::WorkshopError;

/// Writes the ways of `report`'s findings into `folder`, for the files of which `may_change` says
/// so, and returns the files that it wrote. A file that is all one statement becomes the first
/// migration of its way; a new file gets a number above all others. What a way leaves to be filled
/// in is not written.
///
/// # Errors
///
/// A file cannot be read or written.
pub fn fix(
    folder: &Path,
    report: &Report,
    may_change: impl Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, WorkshopError> {
    let mut by_file: BTreeMap<&Path, Vec<(&Finding, &Way)>> = BTreeMap::new();
    for finding in &report.findings {
        if let Some(way) = finding.way.as_ref().filter(|way| way.whole) {
            by_file.entry(&finding.file).or_default().push((finding, way));
        }
    }
    let files = list_folder(folder).map_err(Error::from)?;
    let mut next = files.last().map_or(1, |file| file.name.number() + 1);
    let mut written = Vec::new();
    for (path, ways) in by_file.into_iter().filter(|(path, _)| may_change(path)) {
        written.extend(fix_file(path, &ways, &mut next)?);
    }
    Ok(written)
}

fn fix_file(
    path: &Path,
    ways: &[(&Finding, &Way)],
    next: &mut u64,
) -> Result<Vec<PathBuf>, WorkshopError> {
    let source = fs::read_to_string(path).map_err(unreadable(path))?;
    let mut text = source.clone();
    let mut later = Vec::new();
    // From the end, so that what comes before stays where it is.
    let statements = split_statements(&source).unwrap_or_default();
    for statement in statements.iter().rev() {
        let position = Position::of_byte(&source, statement.offset);
        let Some((_, way)) = ways.iter().find(|(finding, _)| finding.position == position) else {
            continue;
        };
        let (first, rest) = match way.steps.split_first() {
            Some((first, rest)) if !first.no_transaction => (Some(first), rest),
            _ => (None, way.steps.as_slice()),
        };
        let end = statement.offset + statement.text.len();
        let semicolon = text[end..].trim_start().starts_with(';');
        let end = if semicolon { end + text[end..].find(';').map_or(0, |at| at + 1) } else { end };
        text.replace_range(statement.offset..end, first.map_or("", |step| &step.sql));
        later.splice(0..0, rest.iter());
    }
    let mut written = vec![path.to_owned()];
    if split_statements(&text).unwrap_or_default().is_empty() && !later.is_empty() {
        let step = later.remove(0);
        text = with_statement(&text, step);
    }
    for step in later {
        written.push(write_step(path, step, *next)?);
        *next += 1;
    }
    fs::write(path, text.trim_end().to_owned() + "\n").map_err(unreadable(path))?;
    Ok(written)
}

/// The leading comment in `text`, and behind it `step`.
fn with_statement(text: &str, step: &Step) -> String {
    let directive = if step.no_transaction { "-- strata: no-transaction\n" } else { "" };
    let comment = text.trim_end();
    let gap = if comment.is_empty() { "" } else { "\n" };
    format!("{comment}{gap}{directive}\n{}\n", step.sql).trim_start().to_owned()
}

fn write_step(origin: &Path, step: &Step, number: u64) -> Result<PathBuf, WorkshopError> {
    let stem = origin.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let words = stem.split_once('_').map_or(stem, |(_, words)| words);
    let suffix: String = step.name.split('-').map(capitalised).collect();
    let name = format!("{number:03}_{words}{suffix}");
    // OK because a name with another number and ASCII letters behind it breaks no rule but length.
    let name =
        MigrationName::parse(&name).map_or(format!("{number:03}_{suffix}"), |n| n.to_string());
    let path = origin.with_file_name(format!("{name}.sql"));
    let head = format!("-- What {stem} leaves to do.\n--\n-- Purpose: see there.");
    fs::write(&path, with_statement(&head, step)).map_err(unreadable(&path))?;
    Ok(path)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> WorkshopError {
    let path = path.to_owned();
    move |source| Error::from(SequenceError::Read { path, source }).into()
}
