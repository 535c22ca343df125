//! Where boxes stand and lines run: from sizes and links to positions, in whole pixels, the same
//! for the same input.
//!
//! Boxes stand in columns, keys to the left of what refers to them. Between two columns is a
//! channel, in which only lines run: each key has a lane of its own there. A line that passes a
//! column has a place of its own between that column's boxes. So no line can meet a box, by
//! construction.

mod channel;
mod column;
mod mesh;
mod order;
mod pack;
mod rank;
mod route;

/// The height of a row of a box, and what all vertical positions are multiples of.
pub(crate) const ROW: i32 = 20;
/// The height of a box's head, above its first row.
pub(crate) const HEAD: i32 = 30;
/// What is left below the last row.
pub(crate) const FOOT: i32 = 10;

/// A point in pixels, from the top left corner of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Point {
    pub x: i32,
    pub y: i32,
}

/// A box's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rect {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// The size of a box: a head, and rows that lines can end at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Block {
    pub width: i32,
    pub rows: usize,
}

/// One end of a link; none as the row is the box's head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct End {
    pub block: usize,
    pub row: Option<usize>,
}

/// What refers, and the key that it refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Link {
    pub from: End,
    pub to: End,
}

/// The whole picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    pub width: i32,
    pub height: i32,
    /// In the order of the blocks.
    pub boxes: Vec<Rect>,
    /// In the order of the links, each from what refers to the key; every step is horizontal or
    /// vertical.
    pub lines: Vec<Vec<Point>>,
}

impl Block {
    pub(crate) fn height(self) -> i32 {
        HEAD + ROW * count(self.rows) + FOOT
    }
}

impl End {
    /// How far below the top of its box the middle of the row is.
    fn depth(self) -> i32 {
        match self.row {
            None => HEAD - ROW / 2,
            Some(row) => HEAD + ROW * count(row) + ROW / 2,
        }
    }
}

/// A number of things as pixels count: pictures are far smaller than what does not fit.
pub(crate) fn count(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Lays out `blocks` with `links` between them. Parts that no link joins stand side by side.
pub(crate) fn layout(blocks: &[Block], links: &[Link]) -> Layout {
    let parts = pack::components(blocks.len(), links);
    let laid = parts.iter().map(|part| lay_part(blocks, links, part)).collect();
    pack::side_by_side(blocks.len(), links.len(), laid)
}

fn lay_part(blocks: &[Block], links: &[Link], part: &pack::Part) -> pack::Laid {
    let own: Vec<_> = part.blocks.iter().map(|block| blocks[*block]).collect();
    let end = |end: End| End { block: part.place(end.block), ..end };
    let linked: Vec<_> = part
        .links
        .iter()
        .map(|link| Link { from: end(links[*link].from), to: end(links[*link].to) })
        .collect();
    let ranks = rank::ranks(&own, &linked);
    let mut mesh = mesh::Mesh::new(&own, &linked, &ranks);
    order::order(&mut mesh);
    let tops = column::tops(&mesh);
    let layout = route::route(&mesh, &own, &linked, &tops);
    pack::Laid { blocks: part.blocks.clone(), links: part.links.clone(), layout }
}
