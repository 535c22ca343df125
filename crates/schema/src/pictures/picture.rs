//! The pictures: a table with its neighbours, a group, all groups.

use std::collections::{BTreeMap, BTreeSet};

use super::card::{Card, Row, Sign, Style};
use super::groups::{Group, HUB};
use super::layout::{self, End, Link};
use super::model::{Column, Table};
use super::relations::{Relation, Relations};
use super::svg::{Scene, Stroke, svg};

/// How many neighbours on one side a table is shown with.
const NEIGHBOURS: usize = 12;
/// How many of its tables a group's box names.
const NAMED: usize = 6;

/// What pictures are drawn of, and where their names lead.
pub struct Pictures<'a> {
    tables: &'a [Table],
    relations: &'a Relations,
    href: &'a dyn Fn(Target) -> String,
}

/// What a name in a picture stands for, by its place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A table.
    Table(usize),
    /// A group of tables.
    Group(usize),
}

/// A picture that is being put together.
#[derive(Default)]
pub(super) struct Draft {
    pub cards: Vec<Card>,
    pub links: Vec<Link>,
    pub strokes: Vec<Stroke>,
}

impl Draft {
    /// The picture as SVG.
    pub(super) fn svg(&self, label: &str) -> String {
        let blocks: Vec<_> = self.cards.iter().map(Card::block).collect();
        let layout = layout::layout(&blocks, &self.links);
        svg(&Scene { label, cards: &self.cards, strokes: &self.strokes, layout: &layout })
    }
}

/// A type by the shorter of its names.
fn short_type(type_sql: &str) -> String {
    for (long, short) in [
        ("character varying", "varchar"),
        ("timestamp with time zone", "timestamptz"),
        ("timestamp without time zone", "timestamp"),
        ("time without time zone", "time"),
        ("double precision", "float8"),
    ] {
        // What follows is a length, or makes an array of it.
        match type_sql.strip_prefix(long) {
            Some(rest) if rest.is_empty() || rest.starts_with(['(', '[']) => {
                return format!("{short}{rest}");
            }
            _ => {}
        }
    }
    type_sql.to_owned()
}

impl<'a> Pictures<'a> {
    /// Pictures of `tables`, whose foreign keys are `relations`; `href` says where a name leads.
    pub fn new(
        tables: &'a [Table],
        relations: &'a Relations,
        href: &'a dyn Fn(Target) -> String,
    ) -> Self {
        Self { tables, relations, href }
    }

    /// A table with all its columns, what it refers to and what refers to it: twelve of each at
    /// the most.
    pub fn neighbours(&self, table: usize) -> String {
        let label = format!("{} and its neighbours", self.tables[table].title());
        self.draft_of_neighbours(table).svg(&label)
    }

    /// The tables of a group with their keys and references. What is not of the group, and what
    /// most of the group refer to, is named where it is referred to.
    pub fn group(&self, group: &Group) -> String {
        let label = format!("{} and what belongs to it", self.tables[group.head].title());
        self.draft_of_group(group).svg(&label)
    }

    /// All groups.
    pub fn overview(&self, groups: &[Group]) -> String {
        self.draft_of_overview(groups).svg("all tables, in groups")
    }

    pub(super) fn draft_of_neighbours(&self, table: usize) -> Draft {
        let mut shown = BTreeSet::from([table]);
        let other = |relation: &Relation| match (relation.from == table, relation.to == table) {
            (true, false) => Some((true, relation.to)),
            (false, true) => Some((false, relation.from)),
            _ => None,
        };
        for side in [true, false] {
            let of_side = |relation| other(relation).filter(|(own, _)| *own == side);
            let others: BTreeSet<_> =
                self.relations.all.iter().filter_map(of_side).map(|(_, other)| other).collect();
            shown.extend(others.into_iter().take(NEIGHBOURS));
        }
        let lines = self.relations.all.iter().filter(|relation| {
            (relation.from == table || relation.to == table)
                && shown.contains(&relation.from)
                && shown.contains(&relation.to)
        });
        let lines: Vec<_> = lines.collect();
        self.draft(&shown, &lines, Some(table))
    }

    pub(super) fn draft_of_group(&self, group: &Group) -> Draft {
        let shown: BTreeSet<_> = group.members.iter().copied().collect();
        let inside =
            |relation: &&Relation| shown.contains(&relation.from) && shown.contains(&relation.to);
        let mut referrers: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for relation in self.relations.all.iter().filter(inside) {
            referrers.entry(relation.to).or_default().insert(relation.from);
        }
        let is_hub = |relation: &&Relation| referrers[&relation.to].len() > HUB;
        let lines = self.relations.all.iter().filter(inside).filter(|line| !is_hub(line));
        let lines: Vec<_> = lines.collect();
        self.draft(&shown, &lines, None)
    }

    /// Boxes of the tables `shown` with `lines` between them.
    fn draft(&self, shown: &BTreeSet<usize>, lines: &[&Relation], centre: Option<usize>) -> Draft {
        let mut draft = Draft::default();
        let mut places = BTreeMap::new();
        for table in shown {
            let whole = centre == Some(*table);
            let columns = self.columns(*table, lines, whole);
            let chips = centre.is_none();
            draft.cards.push(self.card(*table, &columns, lines, (whole, chips)));
            places.insert(*table, (draft.cards.len() - 1, columns));
        }
        for relation in lines {
            let end = |table: usize, columns: &[String]| {
                let (block, shown) = &places[&table];
                let row = shown.iter().position(|column| Some(&column.name) == columns.first());
                End { block: *block, row }
            };
            draft.links.push(Link {
                from: end(relation.from, &relation.columns),
                to: end(relation.to, &relation.key),
            });
            draft.strokes.push(Stroke { optional: relation.optional, unique: relation.unique });
        }
        draft
    }

    /// The columns of a table that are shown: all, or the keys and what lines end at; around a
    /// centre, only what lines end at.
    fn columns(&self, table: usize, lines: &[&Relation], whole: bool) -> Vec<&'a Column> {
        let own = &self.tables[table];
        let refers =
            |column: &Column| own.foreign_keys().any(|(key, _)| key.columns.contains(&column.name));
        let ends = |column: &Column| {
            lines.iter().any(|line| {
                line.from == table && line.columns.first() == Some(&column.name)
                    || line.to == table && line.key.first() == Some(&column.name)
            })
        };
        let shown = |column: &&Column| {
            whole || own.is_primary(&column.name) || refers(column) || ends(column)
        };
        own.columns.iter().filter(shown).collect()
    }

    fn card(
        &self,
        table: usize,
        columns: &[&Column],
        lines: &[&Relation],
        (whole, chips): (bool, bool),
    ) -> Card {
        let own = &self.tables[table];
        let mut rows: Vec<_> = columns
            .iter()
            .map(|column| Row {
                sign: self.sign(table, column),
                name: column.name.clone(),
                detail: short_type(&column.type_sql),
                chip: chips.then(|| self.chip(table, column, lines)).flatten(),
                ..Row::default()
            })
            .collect();
        let left = own.columns.len() - columns.len();
        if left > 0 {
            let plural = if left == 1 { "" } else { "s" };
            let detail = format!("{left} more column{plural}");
            rows.push(Row { name: "…".to_owned(), detail, ..Row::default() });
        }
        let style = match own.kind {
            _ if whole => Style::Centre,
            "view" | "materialized view" => Style::View,
            _ => Style::Table,
        };
        Card::new(&own.title(), (self.href)(Target::Table(table)), style, rows)
    }

    fn sign(&self, table: usize, column: &Column) -> Sign {
        let own = &self.tables[table];
        let refers = own.foreign_keys().any(|(key, _)| key.columns.contains(&column.name));
        match () {
            () if own.is_primary(&column.name) => Sign::Key,
            () if refers => Sign::Reference,
            () => Sign::None,
        }
    }

    /// What a column refers to, where no line says it.
    fn chip(&self, table: usize, column: &Column, lines: &[&Relation]) -> Option<(String, String)> {
        let own = |relation: &&Relation| {
            relation.from == table && relation.columns.first() == Some(&column.name)
        };
        let drawn = |relation: &&Relation| lines.iter().any(|line| std::ptr::eq(*line, *relation));
        let relation = self.relations.all.iter().filter(own).find(|relation| !drawn(relation))?;
        let title = self.tables[relation.to].title();
        Some((format!("→ {title}"), (self.href)(Target::Table(relation.to))))
    }

    pub(super) fn draft_of_overview(&self, groups: &[Group]) -> Draft {
        let mut group_of = vec![0; self.tables.len()];
        for (place, group) in groups.iter().enumerate() {
            group.members.iter().for_each(|member| group_of[*member] = place);
        }
        let pairs: BTreeSet<_> = self
            .relations
            .all
            .iter()
            .map(|relation| (group_of[relation.from], group_of[relation.to]))
            .filter(|(from, to)| from != to)
            .collect();
        let mut referrers = vec![0; groups.len()];
        pairs.iter().for_each(|(_, to)| referrers[*to] += 1);
        let (hubs, lines): (Vec<_>, Vec<_>) =
            pairs.into_iter().partition(|(_, to)| referrers[*to] > HUB);
        let head = |block| End { block, row: None };
        Draft {
            cards: (0..groups.len()).map(|place| self.group_card(groups, place, &hubs)).collect(),
            strokes: vec![Stroke::default(); lines.len()],
            links: lines
                .iter()
                .map(|(from, to)| Link { from: head(*from), to: head(*to) })
                .collect(),
        }
    }

    fn group_card(&self, groups: &[Group], place: usize, hubs: &[(usize, usize)]) -> Card {
        let Group { head, members, is_rest } = &groups[place];
        let name = |member: &usize| Row {
            name: self.tables[*member].title(),
            href: Some((self.href)(Target::Table(*member))),
            ..Row::default()
        };
        let mut rows: Vec<_> = members.iter().take(NAMED).map(name).collect();
        if members.len() > NAMED {
            let left = format!("… {} more", members.len() - NAMED);
            rows.push(Row { name: left, ..Row::default() });
        }
        for (_, hub) in hubs.iter().filter(|(from, _)| *from == place) {
            let title = self.tables[groups[*hub].head].title();
            let chip = (format!("→ {title}"), (self.href)(Target::Group(*hub)));
            rows.push(Row { chip: Some(chip), ..Row::default() });
        }
        let title = match members.len() {
            1 => self.tables[*head].title(),
            count if *is_rest => format!("{count} without foreign keys"),
            count => format!("{}, {count} tables", self.tables[*head].title()),
        };
        Card::new(&title, (self.href)(Target::Group(place)), Style::Group, rows)
    }
}
