//! A new enum: a label can be added, and never taken away.

use super::super::seen::{Note, Seen};
use super::super::way::{Step, Way};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    if !(seen.words.open_with("CREATE TYPE") && seen.words.have("AS ENUM")) {
        return Vec::new();
    }
    let (name, _) = seen.words.name(2);
    let message = format!(
        "{name} is an enum: a label of it can never be taken away, only by a new type and a \
         rewrite of each table that uses it; text with a CHECK, or a table of labels, can change"
    );
    let way =
        Way::sketch([Step::new("check", "… text NOT NULL CHECK (… IN ('…', '…'))".to_owned())]);
    vec![Note::new("creating-enum", message).way(way)]
}
