//! Why something is done to a table: what was measured, and the statement's words to name it.

use super::super::super::alter::Alter;
use super::super::super::seen::{Held, Seen};
use crate::measure::ColumnChange;

/// What is done to a table, from the heaviest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Rewrite,
    Index,
    Reindex,
    Scan,
}

/// What asked for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    AddedColumn,
    AddedSerialKey,
    RequiredField,
    ColumnType,
    Repack,
    Refresh,
    OtherRewrite,
    Index,
    UniqueConstraint,
    PrimaryKey,
    ExclusionConstraint,
    Reindex,
    NotNull,
    ForeignKey,
    Check,
    Domain,
    AttachPartition,
    /// Nothing of this statement's own: a lock that an earlier one took.
    HeldBefore,
}

impl Cause {
    pub(super) fn of(seen: &Seen<'_>, work: Work, held: &Held) -> Self {
        match work {
            Work::Rewrite => of_rewrite(seen),
            Work::Index => of_index(seen),
            Work::Reindex if seen.words.open_with("REINDEX") => Self::Reindex,
            Work::Reindex => of_rewrite(seen),
            Work::Scan => of_scan(seen, held),
        }
    }

    pub(super) fn rule(self) -> &'static str {
        match self {
            Self::AddedColumn => "adding-field-with-default",
            Self::AddedSerialKey | Self::PrimaryKey => "adding-serial-primary-key-field",
            Self::RequiredField => "adding-required-field",
            Self::ColumnType => "changing-column-type",
            Self::Repack => "prefer-repack",
            Self::Refresh => "require-concurrent-refresh",
            Self::OtherRewrite => "rewriting-table",
            Self::Index => "require-concurrent-index-creation",
            Self::UniqueConstraint => "disallowed-unique-constraint",
            Self::ExclusionConstraint => "adding-exclusion-constraint",
            Self::Reindex => "require-concurrent-reindex",
            Self::NotNull => "adding-not-nullable-field",
            Self::ForeignKey => "adding-foreign-key-constraint",
            Self::Check => "constraint-missing-not-valid",
            Self::Domain => "ban-alter-domain-with-add-constraint",
            Self::AttachPartition => "attaching-partition-scans",
            Self::HeldBefore => "lock-held-while-working",
        }
    }
}

fn of_rewrite(seen: &Seen<'_>) -> Cause {
    let words = &seen.words;
    let changed = |wanted: fn(&ColumnChange) -> bool| {
        seen.measured.columns.iter().any(|(_, change)| wanted(change))
    };
    let retyped = |change: &ColumnChange| matches!(change, ColumnChange::Changed(a, b) if a.type_name != b.type_name);
    match () {
        () if words.open_with("VACUUM") || words.open_with("CLUSTER") => Cause::Repack,
        () if words.open_with("REFRESH") => Cause::Refresh,
        () if changed(retyped) => Cause::ColumnType,
        () if words.have("PRIMARY KEY") => Cause::AddedSerialKey,
        () if changed(|change| matches!(change, ColumnChange::Added(_))) => Cause::AddedColumn,
        () => Cause::OtherRewrite,
    }
}

fn of_index(seen: &Seen<'_>) -> Cause {
    let words = &seen.words;
    match () {
        () if words.open_with("CREATE INDEX") || words.open_with("CREATE UNIQUE INDEX") => {
            Cause::Index
        }
        () if words.have("PRIMARY KEY") => Cause::PrimaryKey,
        () if words.have("EXCLUDE") => Cause::ExclusionConstraint,
        () if words.have("UNIQUE") => Cause::UniqueConstraint,
        () if words.open_with("ALTER TABLE") => Cause::ColumnType,
        () => Cause::Index,
    }
}

fn of_scan(seen: &Seen<'_>, held: &Held) -> Cause {
    let words = &seen.words;
    let has = |words: &str| {
        Alter::of(&seen.words).is_some_and(|alter| alter.actions().any(|a| a.has(words)))
    };
    let became_not_null = seen.measured.columns.iter().any(|(_, change)| {
        matches!(change, ColumnChange::Changed(before, after) if !before.not_null && after.not_null)
    });
    let required = seen.measured.columns.iter().any(|(_, change)| {
        matches!(change, ColumnChange::Added(column) if column.not_null && !column.has_default)
    });
    match () {
        () if became_not_null => Cause::NotNull,
        () if has("VALIDATE CONSTRAINT") => Cause::Check,
        () if has("FOREIGN KEY") => Cause::ForeignKey,
        () if has("CHECK") => Cause::Check,
        () if has("ATTACH PARTITION") || words.have("PARTITION OF") => Cause::AttachPartition,
        () if words.open_with("ALTER DOMAIN") => Cause::Domain,
        () if required => Cause::RequiredField,
        () if has("REFERENCES") => Cause::ForeignKey,
        () if held.new && words.open_with("ALTER TABLE") => Cause::Check,
        () => Cause::HeldBefore,
    }
}
