//! What is done to a large table while others wait for a lock: a rewrite, an index, a scan.

mod cause;
mod ways;

use cause::{Cause, Work};

use super::super::seen::{Held, Note, Seen, who_waits};
use crate::measure::Relation;

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    if seen.words.open_with("TRUNCATE") {
        return Vec::new();
    }
    let Some((work, relation)) = work(seen) else { return Vec::new() };
    let Some(held) = seen.lock_on(relation) else { return Vec::new() };
    let cause = Cause::of(seen, work, held);
    if cause == Cause::RequiredField {
        return Vec::new();
    }
    let message = message(seen, held, work, relation);
    vec![Note::new(cause.rule(), message).way(ways::of(seen, cause))]
}

/// The heaviest work that is done on a large table of production's, and that table.
fn work<'s>(seen: &'s Seen<'_>) -> Option<(Work, &'s Relation)> {
    let measured = seen.measured;
    let rewritten = seen.large(&measured.rewritten).map(|table| (Work::Rewrite, table));
    let built = seen.large(measured.built.iter().map(|built| &built.table));
    let rebuilt = seen.large(&measured.rebuilt);
    let scanned = seen.large(&measured.scanned);
    rewritten
        .or_else(|| built.map(|table| (Work::Index, table)))
        .or_else(|| rebuilt.map(|index| (Work::Reindex, index)))
        .or_else(|| scanned.map(|table| (Work::Scan, table)))
}

/// `ACCESS EXCLUSIVE on leads (48 GB, 91 M rows), held while every row of it is written anew:
/// readers and writers wait`.
fn message(seen: &Seen<'_>, held: &Held, work: Work, relation: &Relation) -> String {
    let same = held.relation.oid == relation.oid || relation.table == Some(held.relation.oid);
    let of = match same {
        true => "it".to_owned(),
        false => seen.production.told(relation),
    };
    let doing = match work {
        Work::Rewrite if of == "it" => "every row is written anew".to_owned(),
        Work::Rewrite => format!("every row of {of} is written anew"),
        Work::Index => format!("an index is built on {of}"),
        Work::Reindex if of == "it" => "an index is built anew".to_owned(),
        Work::Reindex => format!("{of} is built anew"),
        Work::Scan => format!("{of} is read from end to end"),
    };
    let since = match held.new {
        true => String::new(),
        false => format!(" since line {}", held.line),
    };
    let table = seen.production.told(&held.relation);
    let waits = who_waits(held.mode);
    format!("{} on {table}, held{since} while {doing}: {waits}", held.mode)
}
