//! Columns of the type json, which cannot be compared: DISTINCT, GROUP BY and UNION fail on them.

use super::super::seen::{Note, Seen};
use super::new_columns;

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let columns = new_columns(seen).filter(|(_, column)| column.type_name == "json");
    let note = |(table, column): (&crate::measure::Relation, &crate::measure::Column)| {
        let message = format!(
            "{table}.{} is json, which has no equality: DISTINCT, GROUP BY and UNION fail on the \
             whole row; use jsonb",
            column.name
        );
        Note::new("prefer-jsonb", message)
    };
    columns.map(note).collect()
}
