//! Parts that no line joins: found, laid out each on its own, and put side by side on shelves.

use super::{Layout, Link, Point, Rect};

/// The distance between two parts.
const GAP: i32 = 40;

/// Blocks that links join, with those links.
pub(super) struct Part {
    pub blocks: Vec<usize>,
    pub links: Vec<usize>,
}

/// A part that has been laid out.
pub(super) struct Laid {
    pub blocks: Vec<usize>,
    pub links: Vec<usize>,
    pub layout: Layout,
}

impl Part {
    /// Where `block` is among the part's own.
    pub(super) fn place(&self, block: usize) -> usize {
        // OK because a part has both ends of each of its links.
        self.blocks.binary_search(&block).unwrap_or(0)
    }
}

/// The parts, in the order of their first blocks.
pub(super) fn components(blocks: usize, links: &[Link]) -> Vec<Part> {
    let mut part_of: Vec<usize> = (0..blocks).collect();
    for link in links {
        let (a, b) = (root(&part_of, link.from.block), root(&part_of, link.to.block));
        part_of[a.max(b)] = a.min(b);
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut index_of = vec![usize::MAX; blocks];
    for block in 0..blocks {
        let root = root(&part_of, block);
        if index_of[root] == usize::MAX {
            index_of[root] = parts.len();
            parts.push(Part { blocks: Vec::new(), links: Vec::new() });
        }
        parts[index_of[root]].blocks.push(block);
    }
    for (index, link) in links.iter().enumerate() {
        parts[index_of[root(&part_of, link.from.block)]].links.push(index);
    }
    parts
}

fn root(part_of: &[usize], mut block: usize) -> usize {
    while part_of[block] != block {
        block = part_of[block];
    }
    block
}

/// One picture of all parts: those with links first, the highest before the lower, on shelves a bit
/// wider than all are high.
pub(super) fn side_by_side(blocks: usize, links: usize, mut parts: Vec<Laid>) -> Layout {
    parts.sort_by_key(|part| (part.links.is_empty(), std::cmp::Reverse(part.layout.height)));
    let room = shelf_width(&parts);
    let nowhere = Rect { x: 0, y: 0, width: 0, height: 0 };
    let mut whole = Layout {
        width: 0,
        height: 0,
        boxes: vec![nowhere; blocks],
        lines: vec![Vec::new(); links],
    };
    let (mut x, mut y, mut shelf) = (0, 0, 0);
    for part in parts {
        if x > 0 && x + part.layout.width > room {
            (x, y, shelf) = (0, y + shelf + GAP, 0);
        }
        shelf = shelf.max(part.layout.height);
        let width = part.layout.width;
        whole.take(part, x, y);
        x += width + GAP;
    }
    whole
}

fn shelf_width(parts: &[Laid]) -> i32 {
    let area =
        |part: &Laid| i64::from(part.layout.width + GAP) * i64::from(part.layout.height + GAP);
    let all: i64 = parts.iter().map(area).sum();
    let widest = parts.iter().map(|part| part.layout.width).max().unwrap_or(0);
    i32::try_from((all * 3 / 2).isqrt()).unwrap_or(i32::MAX).max(widest)
}

impl Layout {
    /// Takes in a part, moved by `x` and `y`.
    fn take(&mut self, part: Laid, x: i32, y: i32) {
        let Laid { blocks, links, layout } = part;
        self.width = self.width.max(x + layout.width);
        self.height = self.height.max(y + layout.height);
        for (block, rect) in blocks.into_iter().zip(layout.boxes) {
            self.boxes[block] = Rect { x: rect.x + x, y: rect.y + y, ..rect };
        }
        for (link, line) in links.into_iter().zip(layout.lines) {
            let moved = line.into_iter().map(|point| Point { x: point.x + x, y: point.y + y });
            self.lines[link] = moved.collect();
        }
    }
}
