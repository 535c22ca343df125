//! UPDATE and DELETE of every row of a table.

use super::super::seen::{Note, Seen};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let words = &seen.words;
    let (rule, at) = match () {
        () if words.open_with("UPDATE") => ("update-without-where", 1),
        () if words.open_with("DELETE FROM") => ("delete-without-where", 2),
        () => return Vec::new(),
    };
    if words.have("WHERE") {
        return Vec::new();
    }
    let (name, _) = words.name(words.behind(at, &["ONLY"]));
    let name = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
    let is_it = |table: &&crate::measure::Relation| table.name.eq_ignore_ascii_case(name);
    let Some(table) = seen.large(seen.measured.scanned.iter().filter(is_it)) else {
        return Vec::new();
    };
    let told = seen.production.told(table);
    let message = match rule {
        "delete-without-where" => format!("every row of {told} is deleted"),
        _ => format!(
            "every row of {told} is written anew and stays locked until the end: whoever writes \
             one of them waits; do it in batches, in a no-transaction migration or a job"
        ),
    };
    vec![Note::new(rule, message)]
}
