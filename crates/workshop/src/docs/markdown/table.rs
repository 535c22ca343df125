//! One table.

use std::collections::BTreeSet;
use std::fmt::Write;

use strata_schema::pictures::{Part, Relations, Table};

use super::index::prose_after;
use super::mermaid::diagram;
use super::text::{block, code, head, prose, row};
use crate::docs::history::{History, told};
use crate::docs::made::MARK;
use crate::docs::names::slug;
use crate::docs::replay::{Replay, Step};

/// How many tables a diagram shows.
const SHOWN: usize = 25;

pub(super) fn file(
    replay: &Replay,
    relations: &Relations,
    history: &History<'_>,
    place: usize,
) -> String {
    let table = &replay.schema.tables[place];
    let title = table.title();
    let mut text = format!("{MARK}\n# {}\n\n", prose(&title));
    // Writing to a string cannot fail.
    let _ = writeln!(text, "A {}{}.", table.kind, born(history.origin(&title, "table", "")));
    for said in table.comment.iter().chain(&table.traits) {
        let _ = writeln!(text, "\n{}", prose(said));
    }
    text.push_str(&neighbours(replay, relations, place));
    text.push_str(&columns(table, history));
    let constraint = |own: &strata_schema::pictures::Constraint| Part {
        name: own.name.clone(),
        definition: own.definition.clone(),
        comment: own.comment.clone(),
    };
    let constraints: Vec<_> = table.constraints.iter().map(constraint).collect();
    for (heading, kind, parts) in [
        ("Constraints", "constraint", &constraints),
        ("Indexes", "index", &table.indexes),
        ("Triggers", "trigger", &table.triggers),
        ("Rules", "rule", &table.rules),
        ("Policies", "policy", &table.policies),
    ] {
        text.push_str(&part_table(heading, kind, &title, parts, history));
    }
    if !table.grants.is_empty() {
        text.push_str("\n## Privileges\n\n");
        for grant in &table.grants {
            let _ = writeln!(text, "- {}", prose(grant));
        }
    }
    if let Some(query) = &table.query {
        let _ = write!(text, "\n## Query\n\n{}", block(query));
    }
    text + &events(&title, history)
}

fn born(step: Option<&Step>) -> String {
    let date = |step: &Step| {
        let date = step.said.date.as_ref().map(|date| format!(" on {}", prose(date)));
        format!(", created by {}{}", code(&step.name), date.unwrap_or_default())
    };
    step.map(date).unwrap_or_default()
}

fn neighbours(replay: &Replay, relations: &Relations, place: usize) -> String {
    let near = relations.all.iter().filter(|own| own.from == place || own.to == place);
    let near: BTreeSet<_> = near.flat_map(|own| [own.from, own.to]).collect();
    if near.is_empty() {
        return String::new();
    }
    let shown: BTreeSet<_> = near.iter().copied().filter(|own| *own != place).take(SHOWN).collect();
    let shown = shown.into_iter().chain([place]).collect();
    let mut text = format!("\n{}\n", diagram(&replay.schema.tables, relations, &shown));
    for other in near.iter().filter(|own| **own != place) {
        let title = replay.schema.tables[*other].title();
        let from = relations.all.iter().any(|own| own.from == place && own.to == *other);
        let to = relations.all.iter().any(|own| own.from == *other && own.to == place);
        let words = match (from, to) {
            (true, true) => "refers to it, and is referred to",
            (true, false) => "is referred to",
            _ => "refers to it",
        };
        let file = slug(&title).replace('=', "%3D");
        let _ = writeln!(text, "- [{}]({file}.md) {words}", prose(&title));
    }
    text
}

fn since(step: Option<&Step>) -> String {
    step.map(|step| prose(&step.name)).unwrap_or_default()
}

fn columns(table: &Table, history: &History<'_>) -> String {
    let mut text = "\n## Columns\n\n".to_owned();
    text.push_str(&head(&["Name", "Type", "Null", "Default", "Since", "Comment"]));
    let title = table.title();
    for column in &table.columns {
        let key = if table.is_primary(&column.name) { " (key)" } else { "" };
        text.push_str(&row(&[
            code(&column.name) + key,
            code(&column.type_sql),
            if column.nullable { "null".to_owned() } else { String::new() },
            column.default.as_deref().map(code).unwrap_or_default(),
            since(history.origin(&title, "column", &column.name)),
            column.comment.as_deref().map(prose).unwrap_or_default(),
        ]));
    }
    text
}

fn part_table(
    heading: &str,
    kind: &'static str,
    title: &str,
    parts: &[Part],
    history: &History<'_>,
) -> String {
    if parts.is_empty() {
        return String::new();
    }
    let mut text =
        format!("\n## {heading}\n\n{}", head(&["Name", "Definition", "Since", "Comment"]));
    for part in parts {
        text.push_str(&row(&[
            code(&part.name),
            code(&part.definition),
            since(history.origin(title, kind, &part.name)),
            part.comment.as_deref().map(prose).unwrap_or_default(),
        ]));
    }
    text
}

fn events(title: &str, history: &History<'_>) -> String {
    let mut text = "\n## History\n".to_owned();
    for (step, changes) in history.events(title) {
        let date = step.said.date.as_ref().map(|date| format!(" ({})", prose(date)));
        let short = step.said.in_short();
        let short = if short.is_empty() { String::new() } else { format!(": {}", prose(short)) };
        let _ = writeln!(text, "\n{}{}{short}\n", code(&step.name), date.unwrap_or_default());
        for own in told(changes) {
            let subject = code(&own.own_subject());
            let subject =
                if own.own_subject().is_empty() { String::new() } else { format!(" {subject}") };
            let more = prose_after(&own.more);
            let _ = writeln!(text, "- {} {}{subject}{more}", own.verb, own.kind);
        }
    }
    text
}
