//! A picture as SVG: boxes, lines, and their ends. Colours are the page's, by classes.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::card::{CHIP_PAD, Card, PAD, Row, Sign, Style, chip_width};
use super::layout::{HEAD, Layout, Point, ROW, Rect};
use super::text::{escape, is_plain, shown, width};

/// What is kept free around a picture.
const MARGIN: i32 = 12;
/// How far a crow's foot reaches.
const TOE: i32 = 10;

/// How a line is drawn.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stroke {
    /// A row may refer to none.
    pub optional: bool,
    /// No two rows may refer to the same.
    pub unique: bool,
}

/// A whole picture.
pub(super) struct Scene<'a> {
    pub label: &'a str,
    pub cards: &'a [Card],
    pub strokes: &'a [Stroke],
    pub layout: &'a Layout,
}

/// The text of the picture. The same scene gives the same bytes.
pub(super) fn svg(scene: &Scene<'_>) -> String {
    let Scene { label, cards, strokes, layout } = scene;
    let (width, height) = (layout.width + 2 * MARGIN, layout.height + 2 * MARGIN);
    let mut svg = Svg::default();
    svg.put(format_args!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"picture\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"{} {} {width} {height}\" role=\"group\" \
         aria-label=\"{}\">\n",
        -MARGIN,
        -MARGIN,
        escape(&shown(label))
    ));
    for (line, stroke) in layout.lines.iter().zip(*strokes) {
        svg.line(line, *stroke);
    }
    svg.keys(&layout.lines);
    for (card, rect) in cards.iter().zip(&layout.boxes) {
        svg.card(card, *rect);
    }
    svg.put(format_args!("</svg>\n"));
    svg.0
}

#[derive(Default)]
struct Svg(String);

impl Svg {
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(text);
    }

    /// A line from what refers to the key, with both its ends.
    fn line(&mut self, points: &[Point], stroke: Stroke) {
        let [first, _, ..] = points else { return };
        let class = if stroke.optional { "line optional" } else { "line" };
        self.put(format_args!("<path class=\"{class}\" d=\"M{} {}", first.x, first.y));
        for pair in points.windows(2) {
            match pair[0].y == pair[1].y {
                true => self.put(format_args!("H{}", pair[1].x)),
                false => self.put(format_args!("V{}", pair[1].y)),
            }
        }
        self.put(format_args!("\"/><path class=\"end\" d=\""));
        let toe = outwards(points[0], points[1]);
        match stroke.unique {
            true => self.bar(*first, toe),
            false => self.foot(*first, toe),
        }
        self.put(format_args!("\"/>\n"));
    }

    /// The ends at keys, which many lines may share.
    fn keys(&mut self, lines: &[Vec<Point>]) {
        let end = |line: &Vec<Point>| match line[..] {
            [.., before, last] => Some((last, outwards(last, before))),
            _ => None,
        };
        let ends: BTreeSet<_> = lines.iter().filter_map(end).collect();
        if ends.is_empty() {
            return;
        }
        self.put(format_args!("<path class=\"end\" d=\""));
        ends.into_iter().for_each(|(at, towards)| self.bar(at, towards));
        self.put(format_args!("\"/>\n"));
    }

    fn bar(&mut self, at: Point, towards: i32) {
        self.put(format_args!("M{} {}v10", at.x + towards * (TOE - 3), at.y - 5));
    }

    fn foot(&mut self, at: Point, towards: i32) {
        let (x, y) = (at.x, at.y);
        self.put(format_args!("M{x} {}L{} {y}L{x} {}", y - 5, x + towards * TOE, y + 5));
    }

    fn card(&mut self, card: &Card, rect: Rect) {
        let class = match card.style {
            Style::Table => "box",
            Style::View => "box view",
            Style::Group => "box group",
            Style::Centre => "box centre",
        };
        let Rect { x, y, width, height } = rect;
        self.put(format_args!(
            "<g class=\"{class}\" transform=\"translate({x} {y})\"><rect class=\"frame\" \
             width=\"{width}\" height=\"{height}\" rx=\"6\"/><path class=\"rule\" d=\"M0 {}H{width}\"/>",
            HEAD - 3
        ));
        self.link(&card.href, |svg| svg.text("title", PAD, HEAD - 12, &card.title));
        let mut middle = HEAD + ROW / 2;
        for row in &card.rows {
            self.row(card, row, middle);
            middle += ROW;
        }
        self.put(format_args!("</g>\n"));
    }

    fn row(&mut self, card: &Card, row: &Row, middle: i32) {
        let columns = card.columns();
        let baseline = middle + 4;
        match row.sign {
            Sign::None => {}
            Sign::Key => self.put(format_args!(
                "<circle class=\"key\" cx=\"{}\" cy=\"{middle}\" r=\"3.5\"/>",
                PAD + 4
            )),
            Sign::Reference => self.put(format_args!(
                "<circle class=\"reference\" cx=\"{}\" cy=\"{middle}\" r=\"3\"/>",
                PAD + 4
            )),
        }
        match &row.href {
            Some(href) => {
                self.link(href, |svg| svg.text("name", columns.name, baseline, &row.name));
            }
            None => self.text("name", columns.name, baseline, &row.name),
        }
        self.text("detail", columns.detail, baseline, &row.detail);
        if let Some((text, href)) = &row.chip {
            self.link(href, |svg| svg.chip(columns.chip, middle, text));
        }
    }

    fn chip(&mut self, x: i32, middle: i32, text: &str) {
        self.put(format_args!(
            "<rect class=\"chip\" x=\"{x}\" y=\"{}\" width=\"{}\" height=\"16\" rx=\"8\"/>",
            middle - 8,
            chip_width(text)
        ));
        self.text("chip-text", x + CHIP_PAD, middle + 4, text);
    }

    fn link(&mut self, href: &str, inside: impl FnOnce(&mut Self)) {
        self.put(format_args!("<a href=\"{}\">", escape(href)));
        inside(self);
        self.put(format_args!("</a>"));
    }

    /// `text`, squeezed into its room where a font may have other ideas of its width.
    fn text(&mut self, class: &str, x: i32, baseline: i32, text: &str) {
        if text.is_empty() {
            return;
        }
        self.put(format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{baseline}\""));
        if !is_plain(text) {
            self.put(format_args!(
                " textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
                width(text)
            ));
        }
        self.put(format_args!(">{}</text>", escape(text)));
    }
}

/// Which way a line leaves its end: 1 to the right, -1 to the left.
fn outwards(end: Point, next: Point) -> i32 {
    if next.x >= end.x { 1 } else { -1 }
}
