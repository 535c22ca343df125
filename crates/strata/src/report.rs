//! What a run did.

use std::collections::HashSet;
use std::time::Duration;

/// What a run did.
#[must_use]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The migrations that ran, in order.
    pub applied: Vec<Ran>,
    /// Those that were pending at first and that another session applied meanwhile.
    pub elsewhere: Vec<String>,
    /// Names in the ledger that the sequence does not have.
    pub unknown: Vec<String>,
    /// Those of the migrations that ran whose number is below that of one applied before.
    pub out_of_order: Vec<String>,
    /// What is still pending, since it is above the target.
    pub above_target: Vec<String>,
}

/// A migration that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ran {
    /// Its name.
    pub name: String,
    /// How long it took, its commit included.
    pub elapsed: Duration,
}

impl Report {
    /// Whether nothing ran, because nothing was pending, above a target neither.
    pub fn is_up_to_date(&self) -> bool {
        self.applied.is_empty() && self.elsewhere.is_empty() && self.above_target.is_empty()
    }

    /// The same, of a run for which these were pending at first.
    pub(crate) fn with_elsewhere<'m>(mut self, first: impl Iterator<Item = &'m str>) -> Self {
        let here: HashSet<_> = self.applied.iter().map(|ran| ran.name.as_str()).collect();
        self.elsewhere = first.filter(|name| !here.contains(name)).map(str::to_owned).collect();
        self
    }
}
