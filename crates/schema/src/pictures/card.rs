//! A box of a picture: a head and rows, as wide as its text.

use super::layout::Block;
use super::text::{shown, width};

/// What is kept free on both sides of a box's text.
pub(super) const PAD: i32 = 10;
/// What the sign in front of a row takes.
pub(super) const SIGN: i32 = 16;
/// The distance between two texts of a row.
pub(super) const BETWEEN: i32 = 14;
/// What is kept free on both sides of a chip's text.
pub(super) const CHIP_PAD: i32 = 6;

/// A box.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub title: String,
    /// Where the head leads.
    pub href: String,
    pub style: Style,
    pub rows: Vec<Row>,
}

/// How a box is painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Table,
    View,
    Group,
    /// The one that the picture is about.
    Centre,
}

/// A row of a box.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub sign: Sign,
    pub name: String,
    /// Where the name leads.
    pub href: Option<String>,
    /// Beside the name, in a paler colour.
    pub detail: String,
    /// What the row refers to, instead of a line: a text, and where it leads.
    pub chip: Option<(String, String)>,
}

/// What stands in front of a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sign {
    #[default]
    None,
    /// Of the primary key.
    Key,
    /// Of a foreign key.
    Reference,
}

/// Where the texts of a box's rows begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Columns {
    pub name: i32,
    pub detail: i32,
    pub chip: i32,
    /// The width of the whole box.
    pub width: i32,
}

impl Card {
    pub(super) fn new(title: &str, href: String, style: Style, mut rows: Vec<Row>) -> Self {
        for row in &mut rows {
            row.name = shown(&row.name);
            row.detail = shown(&row.detail);
            row.chip = row.chip.take().map(|(text, href)| (shown(&text), href));
        }
        Self { title: shown(title), href, style, rows }
    }

    pub(super) fn block(&self) -> Block {
        Block { width: self.columns().width, rows: self.rows.len() }
    }

    pub(super) fn columns(&self) -> Columns {
        let widest = |of: &dyn Fn(&Row) -> i32| self.rows.iter().map(of).max().unwrap_or(0);
        let after = |used: i32| if used > 0 { used + BETWEEN } else { 0 };
        let name = PAD + SIGN;
        let detail = name + after(widest(&|row| width(&row.name)));
        let chip = detail + after(widest(&|row| width(&row.detail)));
        let chips = widest(&|row| row.chip.as_ref().map_or(0, |(text, _)| chip_width(text)));
        let rows = if chips > 0 { chip + chips + PAD } else { (chip - BETWEEN).max(name) + PAD };
        Columns { name, detail, chip, width: rows.max(2 * PAD + width(&self.title)) }
    }
}

pub(super) fn chip_width(text: &str) -> i32 {
    width(text) + 2 * CHIP_PAD
}
