//! Practices: types of new columns that are regretted later.

use super::super::seen::{Note, Seen};
use super::new_columns;
use crate::measure::Column;

/// A rule, why, and which columns break it.
type Preference = (&'static str, &'static str, fn(&Column) -> bool);

const PREFERENCES: [Preference; 4] = [
    ("prefer-bigint-over-int", "a key of 32 bits or less runs out; use bigint", is_small_key),
    (
        "prefer-timestamptz",
        "without a time zone nobody knows which it is; use timestamptz",
        |column| {
            column.type_name.starts_with("timestamp")
                && column.type_name.ends_with("without time zone")
        },
    ),
    ("ban-char-field", "it is padded with blanks; use text", |column| {
        column.type_name.starts_with("character(")
    }),
    ("prefer-text-field", "the length is a part of the type; use text, with a CHECK", |column| {
        column.type_name.starts_with("character varying(")
    }),
];

fn is_small_key(column: &Column) -> bool {
    column.is_key && matches!(column.type_name.as_str(), "integer" | "smallint")
}

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let preferences = PREFERENCES.iter().filter_map(|(rule, why, is_one)| {
        let columns = new_columns(seen).filter(|(_, column)| is_one(column));
        let names: Vec<_> =
            columns.map(|(table, column)| format!("{table}.{}", column.name)).collect();
        (!names.is_empty()).then(|| Note::new(rule, format!("{}: {why}", names.join(", "))))
    });
    preferences.chain(of_serial(seen)).collect()
}

fn of_serial(seen: &Seen<'_>) -> Option<Note> {
    let types = ["SERIAL", "BIGSERIAL", "SMALLSERIAL", "SERIAL4", "SERIAL8", "SERIAL2"];
    let opens = seen.words.open_with("CREATE TABLE") || seen.words.open_with("ALTER TABLE");
    let serial = types.into_iter().find(|name| seen.words.have(name)).filter(|_| opens)?;
    let message = format!(
        "{serial} makes a sequence with rights of its own; use bigint GENERATED ALWAYS AS IDENTITY"
    );
    Some(Note::new("prefer-identity", message))
}
