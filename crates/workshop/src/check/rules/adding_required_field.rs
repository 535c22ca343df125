//! A new column that refuses NULL and has no default: it fails where the table has a row, and so
//! does every INSERT of the code that does not know it yet.

use super::super::seen::{Note, Seen};
use super::super::way::{Step, Way};
use crate::measure::ColumnChange;

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let of_production =
        seen.measured.columns.iter().filter(|(table, _)| seen.production.has(table));
    let required = of_production.filter_map(|(table, change)| match change {
        ColumnChange::Added(column) if column.not_null && !column.has_default => {
            Some((table, column))
        }
        _ => None,
    });
    let note = |(table, column): (&crate::measure::Relation, &crate::measure::Column)| {
        let message = format!(
            "{}.{} is NOT NULL without a default: this fails if {} has a row, and running code \
             that does not write it fails from now on",
            table,
            column.name,
            seen.production.told(table)
        );
        let (name, type_name) = (strata_sql::identifier(&column.name), &column.type_name);
        let way = Way::sketch([
            Step::new(
                "column",
                format!("ALTER TABLE {table} ADD COLUMN {name} {type_name} NOT NULL DEFAULT …;"),
            ),
            Step::new("default", format!("ALTER TABLE {table} ALTER COLUMN {name} DROP DEFAULT;")),
        ]);
        Note::new("adding-required-field", message).way(way)
    };
    required.map(note).collect()
}
