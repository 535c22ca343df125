//! Locks on relations, by mode.

use std::fmt;

use super::relation::Relation;

/// The mode of a lock on a table, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LockMode {
    /// Of reading.
    AccessShare,
    /// Of `SELECT … FOR UPDATE`, and of a table that is referred to.
    RowShare,
    /// Of writing rows.
    RowExclusive,
    /// Of VACUUM, of building an index concurrently, of validating a constraint.
    ShareUpdateExclusive,
    /// Of building an index: writers wait.
    Share,
    /// Of adding a foreign key or a trigger: writers wait.
    ShareRowExclusive,
    /// Of refreshing a materialized view concurrently: writers wait.
    Exclusive,
    /// Of most that changes a table: writers and readers wait.
    AccessExclusive,
}

impl LockMode {
    /// The mode that `pg_locks` calls `name`.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "AccessShareLock" => Self::AccessShare,
            "RowShareLock" => Self::RowShare,
            "RowExclusiveLock" => Self::RowExclusive,
            "ShareUpdateExclusiveLock" => Self::ShareUpdateExclusive,
            "ShareLock" => Self::Share,
            "ShareRowExclusiveLock" => Self::ShareRowExclusive,
            "ExclusiveLock" => Self::Exclusive,
            "AccessExclusiveLock" => Self::AccessExclusive,
            _ => return None,
        })
    }

    /// Whether whoever inserts, updates or deletes rows has to wait for it.
    pub fn blocks_writes(self) -> bool {
        self >= Self::Share
    }

    /// Whether whoever reads has to wait for it.
    pub fn blocks_reads(self) -> bool {
        self == Self::AccessExclusive
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        })
    }
}

/// A lock that a session holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    /// The table, index or view.
    pub relation: Relation,
    /// The strongest mode in which it is held.
    pub mode: LockMode,
}
