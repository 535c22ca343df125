//! The same as Markdown, for those who read where the code is: an index with the migrations, and a
//! file a table.

mod index;
mod mermaid;
mod table;
mod text;

use std::collections::BTreeMap;

use strata_schema::pictures::Relations;

use super::history::History;
use super::made::TABLES;
use super::names::slug;
use super::replay::Replay;

/// The files, by their paths.
pub(super) fn files(replay: &Replay, title: &str) -> BTreeMap<String, String> {
    let relations = Relations::of(&replay.schema.tables);
    let history = History::of(replay);
    let tables = replay.schema.tables.iter().enumerate().map(|(place, own)| {
        let path = format!("{TABLES}/{}.md", slug(&own.title()));
        (path, table::file(replay, &relations, &history, place))
    });
    let mut files: BTreeMap<_, _> = tables.collect();
    files.insert("README.md".to_owned(), index::file(replay, &relations, title));
    files
}
