//! The rules, a file each. Those of a statement see what it did; those of a file see what is left
//! of what was there.

mod adding_required_field;
mod ban_drop_database;
mod ban_drop_not_null;
mod ban_truncate;
mod creating_enum;
mod delete_without_where;
mod domain_constraint;
mod field_types;
mod identifier_too_long;
mod long_lock;
pub(super) mod lost;
mod partition;
mod prefer_jsonb;
mod prefer_robust_stmts;
mod renaming_schema;
mod require_concurrent_index_deletion;
mod require_enum_value_ordering;
mod require_lock_timeout;

use super::seen::{Note, Seen};
use crate::measure::{Column, ColumnChange, Relation};

type Look = fn(&Seen<'_>) -> Vec<Note>;

/// What looks at each statement. The first one that has something to say of a place is read first.
const LOOKS: [Look; 17] = [
    adding_required_field::look,
    ban_truncate::look,
    domain_constraint::look,
    long_lock::look,
    ban_drop_database::look,
    ban_drop_not_null::look,
    creating_enum::look,
    delete_without_where::look,
    field_types::look,
    identifier_too_long::look,
    partition::look,
    prefer_jsonb::look,
    prefer_robust_stmts::look,
    renaming_schema::look,
    require_concurrent_index_deletion::look,
    require_enum_value_ordering::look,
    require_lock_timeout::look,
];

/// What every rule has to say of one statement.
pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    LOOKS.iter().flat_map(|look| look(seen)).collect()
}

/// The columns that a statement adds, those of new tables included.
fn new_columns<'s>(seen: &'s Seen<'_>) -> impl Iterator<Item = (&'s Relation, &'s Column)> {
    let tables = seen.measured.created.iter().filter(|new| new.kind == crate::measure::Kind::Table);
    let of_tables = tables
        .flat_map(|table| seen.meter.columns(table.oid).iter().map(move |column| (table, column)));
    let added = seen.measured.columns.iter().filter_map(|(table, change)| match change {
        ColumnChange::Added(column) => Some((table, column)),
        _ => None,
    });
    of_tables.chain(added)
}

/// The names of the rules that are always on.
pub const RULES: &[&str] = &[
    "adding-exclusion-constraint",
    "adding-field-with-default",
    "adding-foreign-key-constraint",
    "adding-not-nullable-field",
    "adding-required-field",
    "adding-serial-primary-key-field",
    "attaching-partition-scans",
    "ban-alter-domain-with-add-constraint",
    "ban-concurrent-index-creation-in-transaction",
    "ban-create-domain-with-constraint",
    "ban-drop-column",
    "ban-drop-database",
    "ban-drop-not-null",
    "ban-drop-schema",
    "ban-drop-table",
    "ban-drop-view",
    "ban-truncate",
    "ban-truncate-cascade",
    "changing-column-type",
    "constraint-missing-not-valid",
    "creating-enum",
    "delete-without-where",
    "disallowed-unique-constraint",
    "enum-value-used-in-same-transaction",
    "identifier-too-long",
    "lock-held-while-working",
    "migration-edited",
    "migration-missing",
    "migration-not-in-sum",
    "migration-number-taken",
    "migration-renamed",
    "needless-no-transaction",
    "partition-locks-parent",
    "prefer-jsonb",
    "prefer-repack",
    "refused",
    "renaming-column",
    "renaming-schema",
    "renaming-table",
    "renaming-type",
    "require-concurrent-index-creation",
    "require-concurrent-index-deletion",
    "require-concurrent-partition-detach",
    "require-concurrent-refresh",
    "require-concurrent-reindex",
    "require-lock-timeout",
    "rewriting-table",
    "rust-reaches-into-crate",
    "security-definer-without-search-path",
    "transaction-nesting",
    "trigger-sets-missing-column",
    "unknown-allow",
    "unused-allow",
    "update-without-where",
    "wrong-former-name",
];

/// The names of the practices, which are on where a project asks for them.
pub const PRACTICES: &[&str] = &[
    "allow-without-reason",
    "ban-char-field",
    "missing-purpose",
    "prefer-bigint-over-int",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamptz",
    "require-enum-value-ordering",
];
