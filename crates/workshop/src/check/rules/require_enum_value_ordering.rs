//! Practice: a new label of an enum says where it stands.

use super::super::seen::{Note, Seen};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let words = &seen.words;
    let adds = words.open_with("ALTER TYPE") && words.have("ADD VALUE");
    if !adds || words.have("BEFORE") || words.have("AFTER") {
        return Vec::new();
    }
    let message = "the label sorts behind all others; say BEFORE or AFTER which it stands";
    vec![Note::new("require-enum-value-ordering", message)]
}
