//! DROP INDEX: readers and writers of the table wait behind it, and there is a way without.

use super::super::seen::{Note, Seen};
use super::super::way::{Step, Way};
use crate::measure::Kind;

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    if !seen.words.open_with("DROP INDEX") || seen.words.have("CONCURRENTLY") {
        return Vec::new();
    }
    let dropped = seen.measured.dropped.iter().filter(|gone| gone.kind == Kind::Index);
    let Some(index) = seen.large(dropped) else { return Vec::new() };
    let table = index.table.and_then(|table| seen.meter.relation(table));
    let table = table.map_or_else(|| "its table".to_owned(), |t| seen.production.told(t));
    let message = format!(
        "ACCESS EXCLUSIVE on {table}: it waits for every query that runs, and all others wait \
         behind it; there is a way without"
    );
    let sql = seen.words.with(2, "CONCURRENTLY");
    let way = Way::whole([Step::outside("concurrently", sql)]).filter(|_| !seen.words.have(","));
    vec![Note::new("require-concurrent-index-deletion", message).way(way)]
}
