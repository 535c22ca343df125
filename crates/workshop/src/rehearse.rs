//! A run on a copy of a database's structure: what each statement locks, rewrites and scans, and
//! what comes of it.

use std::path::Path;
use std::process::Command;

use diesel_strata::{schema_difference, schema_snapshot};

use crate::check::{Check, Done, Report};
use crate::error::WorkshopError;

/// What a rehearsal has shown.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Rehearsal {
    /// The statements, in order.
    pub done: Vec<Done>,
    /// How the schema is different afterwards, a line a difference.
    pub difference: Vec<String>,
    /// What a check finds.
    pub report: Report,
}

/// The structure of the database at `url`, without its rows, owners and rights, as SQL.
///
/// # Errors
///
/// There is no `pg_dump`, or it fails; it must not be older than the server.
pub fn structure(pg_dump: &Path, url: &str) -> Result<String, WorkshopError> {
    let dump = Command::new(pg_dump)
        .args(["--schema-only", "--no-owner", "--no-privileges", "--no-publications"])
        .args(["--no-subscriptions", "--no-tablespaces", "--dbname", url])
        .output()
        .map_err(|error| WorkshopError::Dump { message: error.to_string() })?;
    if !dump.status.success() {
        let message = String::from_utf8_lossy(&dump.stderr).trim().replace(url, "***");
        return Err(WorkshopError::Dump { message });
    }
    let text = String::from_utf8_lossy(&dump.stdout);
    // What is for psql only.
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('\\'))
        .map(|line| format!("{line}\n"))
        .collect())
}

/// Runs the migrations of `folder` that `check` looks at on a scratch database of the structure
/// that it was given.
///
/// # Errors
///
/// As [`Check::run`].
pub fn rehearse(check: &Check<'_>, folder: &Path) -> Result<Rehearsal, WorkshopError> {
    let mut snapshots = Vec::new();
    let (report, done) = check.run_observed(folder, &mut |conn| {
        snapshots.push(schema_snapshot(conn)?);
        Ok(())
    })?;
    let difference = match snapshots.as_slice() {
        [before, after] => schema_difference(before, after),
        _ => Vec::new(),
    };
    Ok(Rehearsal { done, difference, report })
}
