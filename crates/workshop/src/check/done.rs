//! What was done, statement by statement.

use std::time::Duration;

use crate::measure::Measured;

/// A statement that was tried.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Done {
    /// The migration.
    pub migration: String,
    /// The line of its file; that of the function for a Rust migration.
    pub line: usize,
    /// The first line of its text.
    pub text: String,
    /// What it did.
    pub measured: Measured,
    /// How long it took, on tables without rows.
    pub elapsed: Duration,
}
