//! A run that went wrong half-way: what it had done.

use std::fmt;

use super::Error;
use crate::report::Report;

/// A run that ended before its end.
///
/// ```no_run
/// # fn migrate() -> Result<diesel_strata::Report, diesel_strata::Error> { unimplemented!() }
/// if let Err(error) = migrate() {
///     let applied = error.report().map_or(0, |report| report.applied.len());
///     eprintln!("{applied} migrations were applied; then: {}", error.cause());
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Unfinished {
    /// What was applied before, and stays.
    pub report: Report,
    /// The migration in which it ended, if it was one.
    pub failed: Option<String>,
    /// The migrations behind it, which did not run.
    pub not_run: Vec<String>,
    /// What went wrong.
    pub source: Error,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        let (applied, not_run) = (self.report.applied.len(), self.not_run.len());
        if applied + not_run == 0 {
            return Ok(());
        }
        write!(f, "\n  {applied} applied")?;
        if let Some(name) = &self.failed {
            write!(f, ", {name} failed")?;
        }
        write!(f, ", {not_run} not run")
    }
}

impl std::error::Error for Unfinished {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.source()
    }
}
