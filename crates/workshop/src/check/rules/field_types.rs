//! Practices: types of new columns that are regretted later.

use super::super::seen::{Note, Seen};
use super::new_columns;
use crate::measure::{Column, Relation};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let of_types = new_columns(seen).filter_map(|(table, column)| of_type(table, column));
    of_types.chain(of_serial(seen)).collect()
}

fn of_type(table: &Relation, column: &Column) -> Option<Note> {
    let name = format!("{table}.{}", column.name);
    let type_name = column.type_name.as_str();
    let (rule, message) = match type_name {
        "integer" | "smallint" if column.is_key => (
            "prefer-bigint-over-int",
            format!("{name} is a key of type {type_name}, which runs out; use bigint"),
        ),
        _ if type_name.starts_with("timestamp") && type_name.ends_with("without time zone") => (
            "prefer-timestamptz",
            format!("{name} has no time zone, so that nobody knows which it is; use timestamptz"),
        ),
        _ if type_name.starts_with("character(") => {
            ("ban-char-field", format!("{name} is padded with blanks; use text"))
        }
        _ if type_name.starts_with("character varying(") => (
            "prefer-text-field",
            format!("{name} has a length that is part of its type; use text, with a CHECK"),
        ),
        _ => return None,
    };
    Some(Note::new(rule, message))
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
