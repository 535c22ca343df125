//! A column that may be NULL from now on: running code reads it as one that is not.

use super::super::seen::{Note, Seen};
use crate::measure::ColumnChange;

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let changed = seen.measured.columns.iter().filter(|(table, _)| seen.production.has(table));
    let loosened = changed.filter_map(|(table, change)| match change {
        ColumnChange::Changed(before, after) if before.not_null && !after.not_null => {
            let known = seen.production.has_column(table, before.number);
            known.then(|| format!("{table}.{}", after.name))
        }
        _ => None,
    });
    let note = |column: String| {
        let message = format!(
            "{column} may be NULL from now on: running code that reads it as never NULL fails at \
             the first such row; deploy code that can take it first"
        );
        Note::new("ban-drop-not-null", message)
    };
    loosened.map(note).collect()
}
