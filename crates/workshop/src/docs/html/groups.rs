//! The overview, and each group of tables.

use maud::{Markup, html};
use strata_schema::pictures::Pictures;

use super::site::{Site, canvas, comment, counted, name, table_href};

pub(super) fn overview(site: &Site<'_>, title: &str) -> Markup {
    let tables = site.replay.schema.tables.len();
    let href = |target| site.href(target);
    let pictures = Pictures::new(&site.replay.schema.tables, &site.relations, &href);
    html! {
        section.page #overview {
            h1 { (title) }
            p.kind {
                (counted(tables, "table")) ", built by "
                a href="#migrations" { (counted(site.replay.steps.len(), "migration")) }
            }
            (passed_over(site))
            @match site.groups.len() {
                0 => p { "There are no tables yet." },
                // A single group needs no picture of groups.
                1 => {
                    (canvas("The tables", &pictures.group(&site.groups[0])))
                    (legend())
                }
                _ => {
                    p { "Tables are grouped by their foreign keys. Open a group to see its keys." }
                    (canvas("Groups of tables", &pictures.overview(&site.groups)))
                }
            }
        }
    }
}

/// Says what the page does not know.
fn passed_over(site: &Site<'_>) -> Markup {
    let names = site.replay.steps.iter().filter(|step| !step.ran).map(|step| &step.name);
    let names: Vec<_> = names.map(String::as_str).collect();
    html! {
        @if !names.is_empty() {
            p.note {
                "What these migrations in Rust do is not shown, since the program that made this \
                 page does not have them linked: " (names.join(", ")) "."
            }
        }
    }
}

pub(super) fn group(site: &Site<'_>, place: usize) -> Markup {
    let group = &site.groups[place];
    let href = |target| site.href(target);
    let pictures = Pictures::new(&site.replay.schema.tables, &site.relations, &href);
    let head = name(&site.table(group.head).title());
    html! {
        section.page id=(site.group_id(place)) {
            h2 { @if group.is_rest { "Tables without foreign keys" } @else { "Group " (head) } }
            p.kind { (counted(group.members.len(), "table")) }
            (canvas(&format!("The tables of the group {head}"), &pictures.group(group)))
            @if !group.is_rest { (legend()) }
            dl.tables {
                @for member in &group.members {
                    @let table = site.table(*member);
                    dt { a href=(table_href(table)) { (name(&table.title())) } }
                    dd { (comment(table.comment.as_ref())) }
                }
            }
        }
    }
}

/// What the signs of a picture mean.
pub(super) fn legend() -> Markup {
    html! {
        p.legend {
            span.sign.key { "●" } " primary key   "
            span.sign.reference { "●" } " foreign key   "
            "⋲ many refer   | one   ┄ may refer to none"
        }
    }
}
