//! DROP DATABASE and DROP SCHEMA.

use super::super::seen::{Note, Seen};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    if seen.words.open_with("DROP DATABASE") {
        let message = "a database is dropped, with everything in it, and running code with it";
        return vec![Note::new("ban-drop-database", message)];
    }
    if seen.words.open_with("DROP SCHEMA") {
        let message = "a schema is dropped; code that names it fails from now on";
        return vec![Note::new("ban-drop-schema", message)];
    }
    Vec::new()
}
