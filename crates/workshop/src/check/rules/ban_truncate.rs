//! TRUNCATE: every row is gone, and nobody reads or writes meanwhile.

use super::super::seen::{Note, Seen};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    if !seen.words.open_with("TRUNCATE") {
        return Vec::new();
    }
    let emptied: Vec<_> = seen.measured.rewritten.iter().collect();
    let emptied = emptied.into_iter().filter(|table| seen.production.is_large(table));
    let names: Vec<_> = emptied.map(|table| seen.production.told(table)).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let rule = match seen.words.have("CASCADE") {
        true => "ban-truncate-cascade",
        false => "ban-truncate",
    };
    let message = format!(
        "every row of {} is deleted, under ACCESS EXCLUSIVE; nothing brings them back",
        names.join(", ")
    );
    vec![Note::new(rule, message)]
}
