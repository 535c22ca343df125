//! What is applied, what is pending, what nobody knows.

use strata_sequence::{Kind, MigrationName};

use crate::error::Error;
use crate::ledger::Entry;
use crate::migrations::Migration;
use crate::plan::Plan;
use crate::row::stem;

/// The migrations of a sequence and the rows of a ledger, side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// In the order in which they run; a row that no migration answers to stands where its number
    /// would, or last.
    pub migrations: Vec<MigrationStatus>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MigrationStatus {
    /// Its number, where its name has one.
    pub number: Option<u64>,
    /// The migration's name, or the unknown row's.
    pub name: String,
    /// SQL or Rust; `None` where unknown.
    pub kind: Option<Kind>,
    /// Where it stands.
    pub state: State,
    /// The ledger's own name for it: perhaps a former one, or with an extension. `None` where
    /// pending.
    pub recorded: Option<String>,
    /// When it was applied, as the ledger says, in ISO 8601 without a zone
    /// (`2026-01-31T12:00:00.5`): in the session's where the column has a time zone.
    pub applied_at: Option<String>,
    /// The leading comment of its file; empty where there is none.
    pub description: String,
}

/// Where a migration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// It is in the ledger.
    Applied,
    /// It is not.
    Pending,
    /// The ledger has it, and the sequence does not.
    Unknown,
}

impl State {
    /// The word for it: `applied`, `pending` or `unknown`.
    pub fn word(self) -> &'static str {
        match self {
            State::Applied => "applied",
            State::Pending => "pending",
            State::Unknown => "unknown",
        }
    }
}

impl Status {
    pub(crate) fn new(plan: &Plan<'_>, entries: &[Entry]) -> Result<Self, Error> {
        let applied =
            plan.applied.iter().map(|(migration, row)| known(migration, Some(&entries[*row])));
        let pending = plan.pending.iter().map(|migration| known(migration, None));
        let unknown = plan.unknown.iter().map(|row| Ok(unknown(&entries[*row])));
        let mut migrations: Vec<_> =
            applied.chain(pending).chain(unknown).collect::<Result<_, Error>>()?;
        let last = |number: Option<u64>| number.unwrap_or(u64::MAX);
        migrations.sort_by(|a, b| (last(a.number), &a.name).cmp(&(last(b.number), &b.name)));
        Ok(Self { migrations })
    }

    /// How many are in `state`.
    pub fn count(&self, state: State) -> usize {
        self.migrations.iter().filter(|migration| migration.state == state).count()
    }
}

fn known(migration: &Migration, entry: Option<&Entry>) -> Result<MigrationStatus, Error> {
    Ok(MigrationStatus {
        number: Some(migration.number()),
        name: migration.name().to_owned(),
        kind: Some(migration.kind()),
        state: if entry.is_some() { State::Applied } else { State::Pending },
        recorded: entry.map(|entry| entry.name.clone()),
        applied_at: entry.and_then(|entry| entry.applied_at.clone()),
        description: migration.header()?.description.clone(),
    })
}

fn unknown(entry: &Entry) -> MigrationStatus {
    MigrationStatus {
        number: MigrationName::parse(stem(&entry.name)).ok().map(|name| name.number()),
        name: entry.name.clone(),
        kind: None,
        state: State::Unknown,
        recorded: Some(entry.name.clone()),
        applied_at: entry.applied_at.clone(),
        description: String::new(),
    }
}
