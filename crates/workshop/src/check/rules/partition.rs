//! Partitions that come or go under a lock on the whole, where there is a way without.

use super::super::seen::{Note, Seen};
use super::super::way::{Step, Way};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let words = &seen.words;
    let Some(held) = seen.held.iter().find(|held| held.new && held.mode.blocks_reads()) else {
        return Vec::new();
    };
    let told = seen.production.told(&held.relation);
    if words.have("DETACH PARTITION") && !words.have("CONCURRENTLY") && !words.have("FINALIZE") {
        let message = format!(
            "ACCESS EXCLUSIVE on {told}: readers and writers of all partitions wait behind it; \
             there is a way without"
        );
        let sql = words.with(words.tokens.len(), "CONCURRENTLY");
        let way = Way::whole([Step::outside("concurrently", sql)]);
        return vec![Note::new("require-concurrent-partition-detach", message).way(way)];
    }
    if words.open_with("CREATE TABLE") && words.have("PARTITION OF") {
        let message = format!(
            "ACCESS EXCLUSIVE on {told}: readers and writers of all partitions wait behind it; a \
             table that is attached takes SHARE UPDATE EXCLUSIVE"
        );
        return vec![Note::new("partition-locks-parent", message).way(attached(seen))];
    }
    Vec::new()
}

/// `CREATE TABLE p PARTITION OF t FOR VALUES …` as a table that is attached.
fn attached(seen: &Seen<'_>) -> Option<Way> {
    let words = &seen.words;
    let at = words.position("PARTITION OF")?;
    let name = words.behind(2, &["IF", "NOT", "EXISTS"]);
    let (partition, _) = words.name(name);
    let (parent, end) = words.name(at + 2);
    let bounds = words.text(end, words.tokens.len());
    Way::whole([Step::new(
        "attach",
        format!(
            "CREATE TABLE {partition} (LIKE {parent} INCLUDING ALL);\n\
             ALTER TABLE {parent} ATTACH PARTITION {partition} {bounds};"
        ),
    )])
    .filter(|_| bounds.starts_with(['F', 'f', 'D', 'd']))
}
