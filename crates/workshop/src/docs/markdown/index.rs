//! The index: the groups of tables, and the migrations.

use std::collections::BTreeSet;
use std::fmt::Write;

use strata_schema::pictures::{Group, Relations, groups};

use super::mermaid::diagram;
use super::text::{code, prose};
use crate::docs::history::told;
use crate::docs::made::{MARK, TABLES};
use crate::docs::names::slug;
use crate::docs::replay::{Replay, Step};

/// How many groups are drawn in one file; more are for the page.
const DRAWN: usize = 16;

pub(super) fn file(replay: &Replay, relations: &Relations, title: &str) -> String {
    let groups = groups(relations);
    let mut text = format!("{MARK}\n# {}\n\n", prose(title));
    text.push_str("[index.html](index.html) beside this file shows the same with a search.\n");
    text.push_str("\n## Tables\n");
    for group in &groups {
        write_group(&mut text, replay, relations, group, groups.len() <= DRAWN);
    }
    text.push_str("\n## Migrations\n");
    for step in &replay.steps {
        write_step(&mut text, step);
    }
    text
}

// Writing to a string cannot fail.
fn write_group(
    text: &mut String,
    replay: &Replay,
    relations: &Relations,
    group: &Group,
    drawn: bool,
) {
    let tables = &replay.schema.tables;
    let members: BTreeSet<_> = group.members.iter().copied().collect();
    let heading = match group.is_rest {
        true => "Without foreign keys".to_owned(),
        false => prose(&tables[group.head].title()),
    };
    let _ = writeln!(text, "\n### {heading}\n");
    if drawn && members.len() > 1 && !group.is_rest {
        let _ = writeln!(text, "{}", diagram(tables, relations, &members));
    }
    for table in group.members.iter().map(|member| &tables[*member]) {
        let title = table.title();
        let comment = table.comment.as_deref().map(|own| format!(": {}", prose(own)));
        let link = format!("[{}]({TABLES}/{}.md)", prose(&title), slug(&title).replace('=', "%3D"));
        let _ = writeln!(text, "- {link}{}", comment.unwrap_or_default());
    }
}

fn write_step(text: &mut String, step: &Step) {
    let _ = writeln!(text, "\n### {}\n\n- File: {}", prose(&step.name), code(&step.file));
    if let Some(date) = &step.said.date {
        let _ = writeln!(text, "- Date: {}", prose(date));
    }
    if !step.said.description.is_empty() {
        let _ = writeln!(text, "- Description: {}", prose(&step.said.description));
    }
    if let Some(purpose) = &step.said.purpose {
        let _ = writeln!(text, "- Purpose: {}", prose(purpose));
    }
    if !step.ran {
        text.push_str("- Not shown here: it is in Rust, and not linked\n");
    }
    for own in told(&step.changes.iter().collect::<Vec<_>>()) {
        let subject = code(&own.subject());
        let _ = writeln!(text, "- {} {} {subject}{}", own.verb, own.kind, prose_after(&own.more));
    }
}

/// What goes on after a code span.
pub(super) fn prose_after(more: &str) -> String {
    if more.is_empty() { String::new() } else { format!(" {}", prose(more)) }
}
