//! Pictures of many schemas, with names that nobody would choose, held against what must be true
//! of every picture.

use proptest::prelude::*;

use super::card::{BETWEEN, Card, PAD, chip_width};
use super::layout::{Block, End, Layout, Link, Point, Rect, layout};
use super::picture::{Draft, Pictures, Target};
use super::relations::Relations;
use super::text::width;
use super::{Column, Constraint, Reference, Table, groups};

/// What is wrong with a picture; nothing, for one that can be shown.
fn faults(blocks: &[Block], links: &[Link], drawn: &Layout) -> Vec<String> {
    let mut faults = Vec::new();
    for (index, own) in drawn.boxes.iter().enumerate() {
        let fits = own.x >= 0
            && own.y >= 0
            && own.x + own.width <= drawn.width
            && own.y + own.height <= drawn.height;
        if !fits || (own.width, own.height) != (blocks[index].width, blocks[index].height()) {
            faults.push(format!("box {index} is {own:?}"));
        }
        let others = drawn.boxes[..index].iter().enumerate();
        let overlaps = others.filter(|(_, other)| overlap(own, other));
        faults.extend(overlaps.map(|(other, _)| format!("boxes {index} and {other} overlap")));
    }
    for (index, (link, line)) in links.iter().zip(&drawn.lines).enumerate() {
        let fault = fault_of_line(*link, line, drawn);
        faults.extend(fault.map(|fault| format!("line {index}, {link:?}: {fault}: {line:?}")));
    }
    faults
}

fn overlap(a: &Rect, b: &Rect) -> bool {
    a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

fn fault_of_line(link: Link, line: &[Point], drawn: &Layout) -> Option<String> {
    let [first, .., last] = line else { return Some("has no ends".to_owned()) };
    let at_row = |end: End, point: &Point| {
        let Rect { x, y, width, .. } = drawn.boxes[end.block];
        let middle = y + end.row.map_or(20, |row| 40 + 20 * i32::try_from(row).unwrap());
        (point.x == x || point.x == x + width) && (point.y - middle).abs() <= 5
    };
    if !at_row(link.from, first) || !at_row(link.to, last) {
        return Some("does not end at its rows".to_owned());
    }
    for pair in line.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if (a.x == b.x) == (a.y == b.y) {
            return Some("is neither level nor upright".to_owned());
        }
        let (left, right) = (a.x.min(b.x), a.x.max(b.x));
        let (top, bottom) = (a.y.min(b.y), a.y.max(b.y));
        if left < 0 || top < 0 || right > drawn.width || bottom > drawn.height {
            return Some("leaves the picture".to_owned());
        }
        // The border of a box is where a line may end, and no line may run along it.
        let meets = |rect: &&Rect| {
            let inside = right > rect.x && left < rect.x + rect.width;
            let along = a.x == b.x && (a.x == rect.x || a.x == rect.x + rect.width);
            (inside || along) && bottom > rect.y && top < rect.y + rect.height
        };
        if let Some(rect) = drawn.boxes.iter().find(meets) {
            return Some(format!("meets the box {rect:?}"));
        }
    }
    None
}

/// Lines of different keys that lie on one another, so that nobody could tell them apart.
fn confused(links: &[Link], drawn: &Layout) -> Vec<String> {
    let steps = |line: usize| drawn.lines[line].windows(2).map(|pair| (pair[0], pair[1]));
    let mut found = Vec::new();
    for a in 0..links.len() {
        for b in 0..a {
            if links[a].to == links[b].to || links[a].from == links[b].from {
                continue;
            }
            let on = |(p, q): (Point, Point), (r, s): (Point, Point)| {
                let level = p.y == q.y && r.y == s.y && p.y == r.y;
                let upright = p.x == q.x && r.x == s.x && p.x == r.x;
                let apart =
                    |p: i32, q: i32, r: i32, s: i32| p.max(q) <= r.min(s) || r.max(s) <= p.min(q);
                level && !apart(p.x, q.x, r.x, s.x) || upright && !apart(p.y, q.y, r.y, s.y)
            };
            if steps(a).any(|own| steps(b).any(|other| on(own, other))) {
                found.push(format!("lines {a} and {b} lie on one another"));
            }
        }
    }
    found
}

fn blocks_and_links() -> impl Strategy<Value = (Vec<Block>, Vec<Link>)> {
    let block = (40..600i32, 0..30usize).prop_map(|(width, rows)| Block { width, rows });
    let end = || (any::<prop::sample::Index>(), any::<prop::sample::Index>());
    let blocks = prop::collection::vec(block, 1..40);
    (blocks, prop::collection::vec((end(), end()), 0..80)).prop_map(|(blocks, ends)| {
        let end = |(block, row): (prop::sample::Index, prop::sample::Index)| {
            let block = block.index(blocks.len());
            let row = row.index(blocks[block].rows + 1).checked_sub(1);
            End { block, row }
        };
        let links = ends.into_iter().map(|(from, to)| Link { from: end(from), to: end(to) });
        let links = links.collect();
        (blocks, links)
    })
}

/// Names that a database may have: no more than 63 bytes, and never a zero.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,20}",
        "[^\u{0}]{1,15}",
        "[<>&\"'é中😀\u{202e}\u{301}\u{fdfd}\\]\\[/ -]{1,15}",
        Just("</text></svg><script>alert(1)</script>".to_owned()),
        Just("W".repeat(63)),
    ]
}

fn tables() -> impl Strategy<Value = Vec<Table>> {
    let columns = prop::collection::btree_set(name(), 1..12);
    let tables = prop::collection::btree_map((name(), name()), columns, 1..25);
    let key = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<bool>());
    (tables, prop::collection::vec((key, any::<prop::sample::Index>()), 0..50)).prop_map(
        |(named, keys)| {
            let mut tables: Vec<_> = named
                .into_iter()
                .map(|((schema, name), columns)| table(schema, name, columns))
                .collect();
            for ((from, column, nullable), to) in keys {
                let to = &tables[to.index(tables.len())];
                let references = Reference {
                    schema: to.schema.clone(),
                    table: to.name.clone(),
                    columns: vec![to.columns[0].name.clone()],
                };
                let from = from.index(tables.len());
                let columns = tables[from].columns.len();
                let column = &mut tables[from].columns[column.index(columns)];
                column.nullable = nullable;
                let columns = vec![column.name.clone()];
                tables[from].constraints.push(constraint('f', columns, Some(references)));
            }
            tables
        },
    )
}

fn constraint(kind: char, columns: Vec<String>, references: Option<Reference>) -> Constraint {
    let (name, definition) = ("c".to_owned(), String::new());
    Constraint { name, kind, columns, references, definition, comment: None }
}

fn table(schema: String, name: String, columns: impl IntoIterator<Item = String>) -> Table {
    let column = |name: String| Column {
        type_sql: format!("{name}[]"),
        name,
        nullable: false,
        default: None,
        comment: None,
    };
    let columns: Vec<_> = columns.into_iter().map(column).collect();
    Table {
        constraints: vec![constraint('p', vec![columns[0].name.clone()], None)],
        schema,
        name,
        kind: "table",
        columns,
        ..Table::default()
    }
}

/// Texts of a card that would be cut, or would reach into the next.
fn cut(card: &Card) -> Vec<String> {
    let columns = card.columns();
    let title = PAD + width(&card.title) + PAD <= columns.width;
    let mut cut: Vec<_> = (!title).then(|| card.title.clone()).into_iter().collect();
    for row in &card.rows {
        let chip = row.chip.as_ref().map_or(0, |(text, _)| chip_width(text) + PAD);
        let name = row.name.is_empty() || columns.name + width(&row.name) <= columns.width - PAD;
        let apart = row.detail.is_empty()
            || (columns.name + width(&row.name) + BETWEEN <= columns.detail
                && columns.detail + width(&row.detail) <= columns.width - PAD);
        let chip = chip == 0
            || (columns.chip + chip <= columns.width
                && columns.detail + width(&row.detail) <= columns.chip);
        if !(name && apart && chip) {
            cut.push(format!("{row:?}"));
        }
    }
    cut
}

fn faults_of(draft: &Draft) -> Vec<String> {
    let blocks: Vec<_> = draft.cards.iter().map(Card::block).collect();
    let drawn = layout(&blocks, &draft.links);
    let mut faults = faults(&blocks, &draft.links, &drawn);
    faults.extend(confused(&draft.links, &drawn));
    faults.extend(draft.cards.iter().flat_map(cut));
    faults
}

/// Whether `svg` has only elements that a picture is made of, each closed, and nothing in them
/// that XML forbids.
fn is_well_formed(svg: &str) -> bool {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some((text, after)) = rest.split_once('<') {
        let Some((tag, after)) = after.split_once('>') else { return false };
        let clean = |text: &str| !text.contains(|c: char| c < ' ' && c != '\n');
        if !clean(text) || text.contains('>') || tag.contains('<') || !clean(tag) {
            return false;
        }
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap_or_default();
        if !["svg", "g", "a", "rect", "path", "circle", "text"].contains(&name) {
            return false;
        }
        match (tag.starts_with('/'), tag.ends_with('/')) {
            (true, _) if open.pop() != Some(name) => return false,
            (false, false) => open.push(name),
            _ => {}
        }
        rest = after;
    }
    open.is_empty()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_box_meets_a_box_and_no_line_meets_one((blocks, links) in blocks_and_links()) {
        let drawn = layout(&blocks, &links);
        prop_assert_eq!(faults(&blocks, &links, &drawn), Vec::<String>::new());
        prop_assert_eq!(confused(&links, &drawn), Vec::<String>::new());
        prop_assert_eq!(drawn, layout(&blocks, &links));
    }

    #[test]
    fn every_picture_of_a_schema_can_be_shown(tables in tables()) {
        let relations = Relations::of(&tables);
        let href = |target| format!("#{target:?}");
        let pictures = Pictures::new(&tables, &relations, &href);
        let groups = groups(&relations);
        let mut members: Vec<_> = groups.iter().flat_map(|group| group.members.clone()).collect();
        members.sort_unstable();
        prop_assert_eq!(members, (0..tables.len()).collect::<Vec<_>>());
        let mut drafts = vec![pictures.draft_of_overview(&groups)];
        drafts.extend(groups.iter().map(|group| pictures.draft_of_group(group)));
        drafts.extend((0..tables.len()).map(|table| pictures.draft_of_neighbours(table)));
        for draft in drafts {
            prop_assert_eq!(faults_of(&draft), Vec::<String>::new());
            let svg = draft.svg("a <picture>");
            prop_assert!(is_well_formed(&svg), "{}", svg);
            prop_assert_eq!(&svg, &draft.svg("a <picture>"));
        }
    }
}

#[test]
fn a_thousand_tables_are_groups_that_each_can_be_seen_as_a_whole() {
    let mut tables: Vec<_> = (0..1000)
        .map(|n| {
            table("public".to_owned(), format!("t{n:04}"), ["id".to_owned(), "other".to_owned()])
        })
        .collect();
    for (n, own) in tables.iter_mut().enumerate().skip(1) {
        // A forest of forty trees, whose tables all refer to the first table too.
        let to = if n % 25 == 0 { 0 } else { (n - 1) / 2 / 25 * 25 + n % 25 / 2 };
        for to in [to, 0] {
            let references = Reference {
                schema: "public".to_owned(),
                table: format!("t{to:04}"),
                columns: vec!["id".to_owned()],
            };
            let key = constraint('f', vec!["other".to_owned()], Some(references));
            own.constraints.push(key);
        }
    }
    let relations = Relations::of(&tables);
    let groups = groups(&relations);
    assert!(groups.len() >= 40 && groups.len() < 250, "{}", groups.len());
    assert!(groups.iter().all(|group| group.members.len() <= 24));
    let href = |target: Target| format!("#{target:?}");
    let pictures = Pictures::new(&tables, &relations, &href);
    assert_eq!(faults_of(&pictures.draft_of_overview(&groups)), Vec::<String>::new());
}

/// Figures of a large run: `cargo test -p diesel-strata-schema --features pictures -- --ignored`.
#[test]
#[ignore = "takes minutes; the same as above over more schemas"]
fn many_pictures() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut boxes, mut lines) = (0, 0);
    for _ in 0..3000 {
        let (blocks, links) = blocks_and_links().new_tree(&mut runner).unwrap().current();
        let drawn = layout(&blocks, &links);
        assert_eq!(faults(&blocks, &links, &drawn), Vec::<String>::new());
        (boxes, lines) = (boxes + blocks.len(), lines + links.len());
    }
    assert!(boxes > 10_000 && lines > 10_000, "{boxes} boxes, {lines} lines");
}
