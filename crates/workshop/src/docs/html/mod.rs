//! One page that needs nothing else: no network, no server, no script but to search.
//!
//! Every part of it is an element that shows itself when the address names it. A reader without
//! scripts, and paper, get all of them one after the other.

mod groups;
mod migrations;
mod objects;
mod site;
mod table;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::replay::Replay;
use site::Site;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The whole page.
pub(super) fn page(replay: &Replay, title: &str) -> String {
    let site = Site::of(replay);
    let tables = &replay.schema.tables;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "To the content" }
                (side(&site, title))
                main #content tabindex="-1" {
                    (groups::overview(&site, title))
                    @for place in 0..site.groups.len() { (groups::group(&site, place)) }
                    @for place in 0..tables.len() { (table::table(&site, place)) }
                    (objects::objects(&site))
                    (migrations::migrations(&site))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

/// Where to go, and the search.
fn side(site: &Site<'_>, title: &str) -> Markup {
    html! {
        header.side {
            a.home href="#overview" { (title) }
            div.search role="search" hidden {
                input #search type="search" placeholder="Search ( / )" autocomplete="off"
                    spellcheck="false" aria-label="Search tables, columns and migrations"
                    aria-controls="found" {}
                p #count role="status" {}
                ul #found {}
            }
            details.menu open {
                summary { "Contents" }
                nav aria-label="Contents" {
                    ul {
                        li { a href="#overview" { "Overview" } }
                        li { a href="#migrations" { "Migrations" } }
                        @if !site.replay.schema.objects.is_empty() {
                            li { a href="#objects" { "Functions and types" } }
                        }
                    }
                    h2 { "Tables" }
                    ul {
                        @for table in &site.replay.schema.tables {
                            li { a href=(site::table_href(table)) { (site::name(&table.title())) } }
                        }
                    }
                }
            }
        }
    }
}
