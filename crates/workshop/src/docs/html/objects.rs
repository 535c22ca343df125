//! What stands beside tables: functions, types, extensions.

use maud::{Markup, html};

use super::site::{Site, code, comment, name};
use crate::docs::names::slug;

pub(super) fn objects(site: &Site<'_>) -> Markup {
    let objects = &site.replay.schema.objects;
    html! {
        @if !objects.is_empty() {
            section.page #objects {
                h2 { "Functions and types" }
                @for own in objects {
                    article id=(format!("{}-{}", own.kind.replace(' ', "-"), slug(&own.name))) {
                        h3 data-find=(own.kind) { (name(&own.name)) }
                        p.kind {
                            (own.kind)
                            @if let Some(step) = site.history.origin("", own.kind, &own.name) {
                                ", since " (site.since(Some(step)))
                            }
                        }
                        p.comment { (comment(own.comment.as_ref())) }
                        pre { (code(&own.definition)) }
                    }
                }
            }
        }
    }
}
