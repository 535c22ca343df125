//! New names of schemas, types and labels: running code knows the old ones.

use super::super::seen::{Note, Seen};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let words = &seen.words;
    if !words.have("RENAME") {
        return Vec::new();
    }
    if words.open_with("ALTER SCHEMA") {
        let message = "the schema has another name from now on: running code that uses the old \
                       one fails; make a new schema and move tables one by one, or wait until no \
                       code names it";
        return vec![Note::new("renaming-schema", message)];
    }
    if words.open_with("ALTER TYPE") {
        let message = "running code that uses the old name fails from now on; add the new one, \
                       deploy code that uses it, and leave the old one";
        return vec![Note::new("renaming-type", message)];
    }
    Vec::new()
}
