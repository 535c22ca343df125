//! A table: its picture, its columns, what refers to it, and its history.

use maud::{Markup, html};
use strata_schema::pictures::{Column, Part, Pictures, Relation, Table};

use super::groups::legend;
use super::migrations::told_list;
use super::site::{Site, canvas, code, comment, migration_id, name, number, table_href, table_id};
use crate::docs::names::slug;

pub(super) fn table(site: &Site<'_>, place: usize) -> Markup {
    let table = site.table(place);
    let title = table.title();
    let href = |target| site.href(target);
    let pictures = Pictures::new(&site.replay.schema.tables, &site.relations, &href);
    let has_relations = site.relations.all.iter().any(|own| own.from == place || own.to == place);
    html! {
        section.page id=(table_id(table)) {
            h2 data-find=(table.kind) { (name(&title)) }
            (born(site, place))
            @if table.comment.is_some() { p.comment { (comment(table.comment.as_ref())) } }
            @for own in &table.traits { p.trait { (name(own)) } }
            @if has_relations {
                (canvas(&format!("{} and its neighbours", name(&title)), &pictures.neighbours(place)))
                (legend())
            }
            (columns(site, table))
            (relations(site, place))
            (constraints(site, table))
            (parts(site, table, "Indexes", "index", &table.indexes))
            (parts(site, table, "Triggers", "trigger", &table.triggers))
            (parts(site, table, "Rules", "rule", &table.rules))
            (parts(site, table, "Policies", "policy", &table.policies))
            (privileges(table))
            @if let Some(query) = &table.query { h3 { "Query" } pre { (code(query)) } }
            (history(site, &title))
        }
    }
}

/// What it is, where it belongs, and which migration created it.
fn born(site: &Site<'_>, place: usize) -> Markup {
    let table = site.table(place);
    let group = site.group_of[place];
    let head = site.groups[group].head;
    html! {
        p.kind {
            (table.kind)
            @if site.groups[group].members.len() > 1 && !site.groups[group].is_rest {
                ", group " a href={ "#" (site.group_id(group)) } { (name(&site.table(head).title())) }
            }
            @if let Some(step) = site.history.origin(&table.title(), "table", "") {
                ", created by " a href={ "#" (migration_id(step)) } { (step.name) }
                @if let Some(date) = &step.said.date { " on " (name(date)) }
            }
        }
    }
}

fn columns(site: &Site<'_>, table: &Table) -> Markup {
    let title = table.title();
    let any = |has: &dyn Fn(&Column) -> bool| table.columns.iter().any(has);
    let has_default = any(&|column| column.default.is_some());
    let has_comment = any(&|column| column.comment.is_some());
    html! {
        h3 { "Columns" }
        div.wide {
            table {
                thead { tr {
                    th scope="col" { "Name" } th scope="col" { "Type" } th scope="col" { "Null" }
                    @if has_default { th scope="col" { "Default" } }
                    th scope="col" { "Since" }
                    @if has_comment { th scope="col" { "Comment" } }
                } }
                tbody {
                    @for column in &table.columns {
                        @let id = format!("{}--{}", table_id(table), slug(&column.name));
                        tr {
                            th scope="row" id=(id) data-find="column" data-in=(name(&title)) {
                                (name(&column.name))
                                @if table.is_primary(&column.name) {
                                    " " span.sign.key title="primary key" { "●" }
                                }
                            }
                            td { (code(&column.type_sql)) }
                            td { @if column.nullable { "null" } }
                            @if has_default {
                                td { @if let Some(default) = &column.default { (code(default)) } }
                            }
                            td { (site.since(site.history.origin(&title, "column", &column.name))) }
                            @if has_comment { td { (comment(column.comment.as_ref())) } }
                        }
                    }
                }
            }
        }
    }
}

/// What it refers to, and what refers to it.
fn relations(site: &Site<'_>, place: usize) -> Markup {
    let own = |relation: &&Relation| relation.from == place;
    let foreign = |relation: &&Relation| relation.to == place;
    html! {
        (relation_list("Refers to", site.relations.all.iter().filter(own), |relation| {
            let to = site.table(relation.to);
            html! {
                (list(&relation.columns)) " → "
                a href=(table_href(to)) { (name(&to.title())) } " (" (list(&relation.key)) ")"
                @if relation.optional { ", or nothing" }
            }
        }))
        (relation_list("Referred to by", site.relations.all.iter().filter(foreign), |relation| {
            let from = site.table(relation.from);
            html! {
                a href=(table_href(from)) { (name(&from.title())) } " (" (list(&relation.columns)) ")"
                @if relation.unique { ", once at the most" }
            }
        }))
    }
}

fn relation_list<'a>(
    heading: &str,
    relations: impl Iterator<Item = &'a Relation>,
    item: impl Fn(&Relation) -> Markup,
) -> Markup {
    let items: Vec<_> = relations.map(item).collect();
    html! {
        @if !items.is_empty() {
            h3 { (heading) }
            ul { @for item in items { li { (item) } } }
        }
    }
}

fn list(names: &[String]) -> String {
    names.iter().map(|own| name(own)).collect::<Vec<_>>().join(", ")
}

fn constraints(site: &Site<'_>, table: &Table) -> Markup {
    let parts = table.constraints.iter().map(|own| Part {
        name: own.name.clone(),
        definition: own.definition.clone(),
        comment: own.comment.clone(),
    });
    parts_table(site, table, "Constraints", "constraint", &parts.collect::<Vec<_>>())
}

fn parts(
    site: &Site<'_>,
    table: &Table,
    heading: &str,
    kind: &'static str,
    parts: &[Part],
) -> Markup {
    parts_table(site, table, heading, kind, parts)
}

fn parts_table(
    site: &Site<'_>,
    table: &Table,
    heading: &str,
    kind: &'static str,
    parts: &[Part],
) -> Markup {
    let title = table.title();
    html! {
        @if !parts.is_empty() {
            h3 { (heading) }
            div.wide {
                table {
                    thead { tr {
                        th scope="col" { "Name" } th scope="col" { "Definition" }
                        th scope="col" { "Since" }
                    } }
                    tbody {
                        @for part in parts {
                            @let id = format!("{}--{kind}-{}", table_id(table), slug(&part.name));
                            tr {
                                th scope="row" id=(id) data-find=(kind) data-in=(name(&title)) {
                                    (name(&part.name))
                                }
                                td {
                                    (code(&part.definition))
                                    @if part.comment.is_some() {
                                        br; (comment(part.comment.as_ref()))
                                    }
                                }
                                td { (site.since(site.history.origin(&title, kind, &part.name))) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn privileges(table: &Table) -> Markup {
    html! {
        @if !table.grants.is_empty() {
            h3 { "Privileges" }
            ul { @for grant in &table.grants { li { (name(grant)) } } }
        }
    }
}

/// What each migration has done to it.
fn history(site: &Site<'_>, title: &str) -> Markup {
    let events: Vec<_> = site.history.events(title).collect();
    html! {
        @if !events.is_empty() {
            h3 { "History" }
            ol.history {
                @for (step, changes) in events {
                    li {
                        a href={ "#" (migration_id(step)) } { (number(step)) }
                        @if let Some(date) = &step.said.date { " " time { (name(date)) } }
                        " " (name(step.said.in_short()))
                        (told_list(changes, Some(title)))
                    }
                }
            }
        }
    }
}
