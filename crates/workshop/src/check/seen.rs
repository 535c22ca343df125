//! What a rule sees of one statement.

use super::alter::Words;
use super::production::Production;
use super::way::Way;
use crate::measure::{Kind, Lock, LockMode, Measured, Meter, Relation};

/// A lock on a table of production's that others wait for.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub relation: Relation,
    pub mode: LockMode,
    /// The line of the file in which it was taken.
    pub line: usize,
    /// Whether this statement took it.
    pub new: bool,
}

/// One statement and what it did.
pub(crate) struct Seen<'a> {
    pub words: Words<'a>,
    pub measured: &'a Measured,
    /// What is there now.
    pub meter: &'a Meter,
    pub held: &'a [Held],
    pub production: &'a Production,
    /// Whether the file's statements run each on its own.
    pub no_transaction: bool,
    /// Whether a limit was set on how long to wait for a lock.
    pub has_lock_timeout: bool,
}

/// What a rule has to say of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub rule: &'static str,
    pub message: String,
    pub way: Option<Way>,
}

impl Note {
    pub(crate) fn new(rule: &'static str, message: impl Into<String>) -> Self {
        Self { rule, message: message.into(), way: None }
    }

    pub(crate) fn way(self, way: Option<Way>) -> Self {
        Self { way, ..self }
    }
}

impl Seen<'_> {
    /// The first of `relations` that is large in production.
    pub(crate) fn large<'r>(
        &self,
        relations: impl IntoIterator<Item = &'r Relation>,
    ) -> Option<&'r Relation> {
        relations.into_iter().find(|relation| self.production.is_large(relation))
    }

    /// `ACCESS EXCLUSIVE on leads (48 GB, 91 M rows)`: the strongest lock that others wait for,
    /// one on `relation` before others.
    pub(crate) fn lock_on(&self, relation: &Relation) -> Option<&Held> {
        let is_it = |held: &&Held| {
            held.relation.oid == relation.oid || relation.table == Some(held.relation.oid)
        };
        let on_it = self.held.iter().find(is_it);
        on_it.or_else(|| self.held.iter().max_by_key(|held| held.mode))
    }
}

/// What waits for a lock of this mode.
pub(crate) fn who_waits(mode: LockMode) -> &'static str {
    match mode.blocks_reads() {
        true => "readers and writers wait",
        false => "writers wait",
    }
}

/// Adds to `held` what others wait for among the locks of `measured`, which were taken at `line`.
pub(crate) fn hold(
    held: &mut Vec<Held>,
    measured: &Measured,
    production: &Production,
    line: usize,
) {
    held.iter_mut().for_each(|lock| lock.new = false);
    for lock in measured.locks.iter().filter(|lock| makes_wait(lock)) {
        if !production.has(&lock.relation) {
            continue;
        }
        let new = Held { relation: lock.relation.clone(), mode: lock.mode, line, new: true };
        match held.iter_mut().find(|held| held.relation.oid == lock.relation.oid) {
            Some(old) => *old = new,
            None => held.push(new),
        }
    }
}

/// Whether anybody waits for `lock`. Nobody but a refresh writes to a materialized view.
fn makes_wait(lock: &Lock) -> bool {
    match lock.relation.kind {
        Kind::Table => lock.mode.blocks_writes(),
        Kind::MaterializedView => lock.mode.blocks_reads(),
        _ => false,
    }
}
