//! Their rows and their files, side by side.

use std::collections::HashSet;

use crate::adopt::flyway_version::Version;
use crate::adopt::folder::{Folder, Ours};
use crate::adopt::row::Row;

/// What another tool's ledger means for the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matching {
    /// What ran, in the order in which it did.
    pub applied: Vec<Matched>,
    /// What did not run, by our names, in order.
    pub pending: Vec<String>,
    /// Those of the pending ones that stand before one that ran.
    pub late: Vec<String>,
    /// Rows of migrations that have no file.
    pub without_file: Vec<String>,
    /// Files that were changed after they ran, as their checksums tell, by their own names.
    pub changed: Vec<String>,
    /// Rows that a baseline stands for, although it did not run.
    pub half_way: Vec<String>,
}

/// A migration that ran.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matched {
    /// Our name of it.
    pub name: String,
    /// When it ran, in ISO 8601 and UTC, where the ledger says so.
    pub applied_at: Option<String>,
}

/// What `rows` mean for `folder`.
pub(crate) fn matching(folder: &Folder, rows: &[Row]) -> Matching {
    let mut found = Matching::default();
    let mut seen = HashSet::new();
    for row in rows {
        let Some(ours) = folder.migrations.iter().find(|ours| ours.theirs.key == row.key) else {
            found.strays(folder, row);
            continue;
        };
        let same = is_same(ours, row);
        if !same && ours.theirs.key.starts_with("R ") {
            // What is repeatable runs again where it was changed.
            continue;
        }
        if !same {
            found.changed.push(ours.theirs.name.clone());
        }
        seen.insert(&ours.theirs.key);
        let (name, applied_at) = (ours.name.to_string(), row.at.clone());
        found.applied.push(Matched { name, applied_at });
    }
    let is_pending = |ours: &&Ours| !seen.contains(&ours.theirs.key);
    let names = |ours: &Ours| ours.name.to_string();
    found.pending = folder.migrations.iter().filter(is_pending).map(names).collect();
    let last = folder.migrations.iter().rposition(|ours| seen.contains(&ours.theirs.key));
    let before = &folder.migrations[..last.unwrap_or_default()];
    found.late = before.iter().filter(is_pending).map(names).collect();
    if seen.iter().any(|key| folder.migrations.iter().any(|o| o.theirs.stands_for.contains(key))) {
        found.half_way.clear();
    }
    found
}

impl Matching {
    /// A row that no file answers to: perhaps one that a baseline stands for.
    fn strays(&mut self, folder: &Folder, row: &Row) {
        let version = Version::parse(&row.key);
        let stands = folder.migrations.iter().flat_map(|ours| &ours.theirs.stands_for);
        let mut stands = stands.filter_map(|text| Version::parse(text));
        match version.is_some_and(|version| stands.any(|stands| version <= stands)) {
            true => self.half_way.push(row.shown.clone()),
            false => self.without_file.push(row.shown.clone()),
        }
    }
}

/// Whether the file is what ran, as far as the row can tell.
fn is_same(ours: &Ours, row: &Row) -> bool {
    let checksums = &ours.theirs.checksums;
    row.checksum.as_ref().is_none_or(|ran| checksums.is_empty() || checksums.contains(ran))
}
