//! What all parts of the page share: the schema, its groups and history, and where each thing is.

use maud::{Markup, html};
use strata_schema::pictures::{Group, Relations, Table, Target, groups, shown};

use crate::docs::history::History;
use crate::docs::names::slug;
use crate::docs::replay::{Replay, Step};

pub(super) struct Site<'a> {
    pub replay: &'a Replay,
    pub relations: Relations,
    pub groups: Vec<Group>,
    /// The group of each table.
    pub group_of: Vec<usize>,
    pub history: History<'a>,
}

impl<'a> Site<'a> {
    pub(super) fn of(replay: &'a Replay) -> Self {
        let relations = Relations::of(&replay.schema.tables);
        let groups = groups(&relations);
        let mut group_of = vec![0; replay.schema.tables.len()];
        for (place, group) in groups.iter().enumerate() {
            group.members.iter().for_each(|member| group_of[*member] = place);
        }
        Self { replay, relations, groups, group_of, history: History::of(replay) }
    }

    pub(super) fn table(&self, place: usize) -> &'a Table {
        &self.replay.schema.tables[place]
    }

    pub(super) fn group_id(&self, group: usize) -> String {
        format!("group-{}", slug(&self.table(self.groups[group].head).title()))
    }

    /// Where a name in a picture leads.
    pub(super) fn href(&self, target: Target) -> String {
        match target {
            Target::Table(place) => table_href(self.table(place)),
            Target::Group(group) => format!("#{}", self.group_id(group)),
        }
    }

    /// Whether a migration may have done what is not known: then nothing is said of an origin.
    pub(super) fn since(&self, step: Option<&Step>) -> Markup {
        html! { @if let Some(step) = step { (migration_link(step)) } }
    }
}

/// `text` from the database, with what cannot be seen replaced by a sign.
pub(super) fn name(text: &str) -> String {
    shown(text)
}

pub(super) fn table_id(table: &Table) -> String {
    format!("table-{}", slug(&table.title()))
}

pub(super) fn table_href(table: &Table) -> String {
    format!("#{}", table_id(table))
}

pub(super) fn migration_id(step: &Step) -> String {
    format!("migration-{}", slug(&step.name))
}

/// The number of a migration, which leads to it.
pub(super) fn migration_link(step: &Step) -> Markup {
    html! {
        a.since href={ "#" (migration_id(step)) } title=(step.name) { (number(step)) }
    }
}

/// The number as its name writes it, with its zeros.
pub(super) fn number(step: &Step) -> &str {
    step.name.split('_').next().unwrap_or(&step.name)
}

/// A picture in a frame that can be moved about in.
pub(super) fn canvas(label: &str, svg: &str) -> Markup {
    html! {
        div.canvas role="region" tabindex="0" aria-label=(label) { (maud::PreEscaped(svg)) }
    }
}

/// What a definition or a query says, as it was written.
pub(super) fn code(text: &str) -> Markup {
    let lines: Vec<_> = text.lines().map(shown).collect();
    html! { code { (lines.join("\n")) } }
}

/// A comment of several lines.
pub(super) fn comment(text: Option<&String>) -> Markup {
    html! {
        @if let Some(text) = text {
            @for (place, line) in text.lines().enumerate() {
                @if place > 0 { br; }
                (shown(line))
            }
        }
    }
}

/// `3 tables`, `1 table`.
pub(super) fn counted(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    }
}
