//! Columns of boxes and of lines that pass them, and what runs in the channels between.

use std::collections::BTreeMap;

use super::{Block, End, Link, ROW, count};

/// How far above the middle of its row a line reaches a key.
const AT_KEY: i32 = -4;
/// How far below the middle of its row a line leaves what refers.
const AT_REFERENCE: i32 = 3;

/// Boxes and passing lines in columns. The first items are the blocks, in their order.
pub(super) struct Mesh {
    pub items: Vec<Item>,
    /// The items of each column, from top to bottom.
    pub columns: Vec<Vec<usize>>,
    /// What runs to the right of each column.
    pub channels: Vec<Vec<Segment>>,
    pub nets: Vec<Net>,
    /// The net of each link.
    pub net_of: Vec<usize>,
}

/// What takes a place in a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Item {
    pub column: usize,
    /// In rows.
    pub height: i32,
    pub is_block: bool,
}

/// All lines to one side of one key: they share lanes and places.
#[derive(Debug)]
pub(super) struct Net {
    pub to: End,
    pub side: Side,
    /// The item by which it passes a column.
    pub passes: BTreeMap<usize, usize>,
}

/// Which side of its key's box a net is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    Left,
    Right,
}

/// What a net has in one channel.
#[derive(Debug)]
pub(super) struct Segment {
    pub net: usize,
    /// Where it comes in from the column on the left.
    pub left: Vec<Port>,
    /// The same of the column on the right.
    pub right: Vec<Port>,
}

/// Where a line meets an item: so far below its top, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Port {
    pub item: usize,
    pub depth: i32,
}

impl Port {
    pub(super) fn of_key(end: End) -> Self {
        Self { item: end.block, depth: end.depth() + AT_KEY }
    }

    pub(super) fn of_reference(end: End) -> Self {
        Self { item: end.block, depth: end.depth() + AT_REFERENCE }
    }

    fn of_pass(item: usize) -> Self {
        Self { item, depth: ROW / 2 }
    }
}

impl Mesh {
    pub(super) fn new(blocks: &[Block], links: &[Link], ranks: &[usize]) -> Self {
        let column_count = ranks.iter().max().map_or(0, |rank| rank + 1);
        let item = |(block, column): (&Block, &usize)| Item {
            column: *column,
            height: block.height() / ROW,
            is_block: true,
        };
        let mut mesh = Self {
            items: blocks.iter().zip(ranks).map(item).collect(),
            columns: vec![Vec::new(); column_count],
            channels: (0..column_count).map(|_| Vec::new()).collect(),
            nets: Vec::new(),
            net_of: Vec::new(),
        };
        mesh.add_nets(links);
        mesh.add_segments(links);
        for item in 0..mesh.items.len() {
            mesh.columns[mesh.items[item].column].push(item);
        }
        mesh
    }

    fn add_nets(&mut self, links: &[Link]) {
        let mut known = BTreeMap::new();
        for link in links {
            let (key, far) = (self.rank(link.to), self.rank(link.from));
            let side = if far < key { Side::Left } else { Side::Right };
            let net = *known.entry((link.to, side)).or_insert_with(|| {
                self.nets.push(Net { to: link.to, side, passes: BTreeMap::new() });
                self.nets.len() - 1
            });
            self.net_of.push(net);
            for column in key.min(far) + 1..key.max(far) {
                let items = &mut self.items;
                self.nets[net].passes.entry(column).or_insert_with(|| {
                    items.push(Item { column, height: 1, is_block: false });
                    items.len() - 1
                });
            }
        }
    }

    fn rank(&self, end: End) -> usize {
        self.items[end.block].column
    }

    fn add_segments(&mut self, links: &[Link]) {
        let mut segments: BTreeMap<(usize, usize), (Vec<Port>, Vec<Port>)> = BTreeMap::new();
        for (link, net) in links.iter().zip(&self.net_of) {
            let Net { to, side, passes } = &self.nets[*net];
            let (key, far) = (self.rank(*to), self.rank(link.from));
            let port = |column: usize| match () {
                () if column == key => Port::of_key(*to),
                () if column == far => Port::of_reference(link.from),
                () => Port::of_pass(passes[&column]),
            };
            if key == far {
                let (left, _) = segments.entry((key, *net)).or_default();
                left.extend([Port::of_key(*to), Port::of_reference(link.from)]);
            }
            debug_assert!(*side == Side::Right || far < key);
            for channel in key.min(far)..key.max(far) {
                let (left, right) = segments.entry((channel, *net)).or_default();
                left.push(port(channel));
                right.push(port(channel + 1));
            }
        }
        for ((channel, net), (mut left, mut right)) in segments {
            for ports in [&mut left, &mut right] {
                ports.sort_unstable();
                ports.dedup();
            }
            self.channels[channel].push(Segment { net, left, right });
        }
    }

    /// Pairs of what stands left and right of a channel and is joined in it.
    pub(super) fn joined(&self, channel: usize) -> impl Iterator<Item = (Port, Port)> + '_ {
        self.channels[channel].iter().flat_map(|segment| {
            let right =
                move |left: &Port| segment.right.iter().map(|right| (*left, *right)).collect();
            segment.left.iter().flat_map(move |left| -> Vec<_> { right(left) })
        })
    }

    /// The rows to be left free between two items that follow one another.
    pub(super) fn gap(&self, above: usize, below: usize) -> i32 {
        count(usize::from(self.items[above].is_block && self.items[below].is_block))
    }
}
