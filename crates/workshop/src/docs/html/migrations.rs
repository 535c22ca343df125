//! The migrations, each with what it did.

use maud::{Markup, html};

use super::site::{Site, counted, migration_id, name, number};
use crate::docs::change::Change;
use crate::docs::history::{Told, told};
use crate::docs::names::slug;
use crate::docs::replay::Step;

pub(super) fn migrations(site: &Site<'_>) -> Markup {
    html! {
        section.page #migrations {
            h2 { "Migrations" }
            p.kind { (counted(site.replay.steps.len(), "migration")) ", in the order in which they run" }
            @for step in &site.replay.steps { (migration(step)) }
        }
    }
}

fn migration(step: &Step) -> Markup {
    let changes: Vec<_> = step.changes.iter().collect();
    html! {
        article.migration id=(migration_id(step)) {
            h3 data-find="migration" { (name(&step.name)) }
            dl {
                dt { "Number" } dd { (number(step)) }
                dt { "File" } dd { code { (name(&step.file)) } }
                @if let Some(date) = &step.said.date { dt { "Date" } dd { (name(date)) } }
                @if !step.said.description.is_empty() {
                    dt { "Description" }
                    dd { @for own in step.said.description.split("\n\n") { p { (name(own)) } } }
                }
                @if let Some(purpose) = &step.said.purpose {
                    dt { "Purpose" } dd { (name(purpose)) }
                }
                dt { "Schema" }
                dd {
                    @if !step.ran { "what it does is not known here: it is in Rust, and not linked" }
                    @else if changes.is_empty() { "unchanged" }
                    @else { (told_list(&changes, None)) }
                }
            }
        }
    }
}

/// What was done, in words; of one table's own, where `table` is given.
pub(super) fn told_list(changes: &[&Change], table: Option<&str>) -> Markup {
    html! {
        ul.told { @for own in told(changes) { li { (item(&own, table)) } } }
    }
}

fn item(own: &Told, table: Option<&str>) -> Markup {
    let subject = if table.is_some() { own.own_subject() } else { own.subject() };
    html! {
        (own.verb) " " (own.kind) " "
        @if own.table.is_empty() || table.is_some() { code { (name(&subject)) } }
        @else { a href={ "#table-" (slug(&own.table)) } { code { (name(&subject)) } } }
        (name(&own.more))
    }
}
