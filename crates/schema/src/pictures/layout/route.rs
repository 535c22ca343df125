//! From columns and lanes to points.

use super::channel::{self, Lanes};
use super::mesh::{Mesh, Net, Port, Side};
use super::{Block, Layout, Link, Point, ROW, Rect};

/// Where everything is: columns by their left side, items by their top.
struct Places<'a> {
    mesh: &'a Mesh,
    blocks: &'a [Block],
    columns: Vec<i32>,
    widths: Vec<i32>,
    tops: Vec<i32>,
    lanes: Vec<Lanes>,
}

pub(super) fn route(mesh: &Mesh, blocks: &[Block], links: &[Link], tops: &[i32]) -> Layout {
    let places = Places::new(mesh, blocks, tops);
    let boxes: Vec<_> = (0..blocks.len()).map(|block| places.rect(block)).collect();
    let lines: Vec<_> = (0..links.len()).map(|link| places.line(links, link)).collect();
    let right = boxes.iter().map(|rect| rect.x + rect.width);
    let bottom = boxes.iter().map(|rect| rect.y + rect.height);
    let points = || lines.iter().flatten();
    Layout {
        width: right.chain(points().map(|point| point.x)).max().unwrap_or(0),
        height: bottom.chain(points().map(|point| point.y)).max().unwrap_or(0),
        boxes,
        lines,
    }
}

impl<'a> Places<'a> {
    fn new(mesh: &'a Mesh, blocks: &'a [Block], tops: &[i32]) -> Self {
        // Odd columns stand half a row lower, so that no line that leaves to the right is level
        // with one that comes from the right.
        let top = |item: usize| {
            let column = mesh.items[item].column;
            tops[item] * ROW + if column % 2 == 1 { ROW / 2 } else { 0 }
        };
        let tops: Vec<_> = (0..tops.len()).map(top).collect();
        let height = |port: Port| tops[port.item] + port.depth;
        let lanes: Vec<_> =
            mesh.channels.iter().map(|segments| channel::lanes(segments, height)).collect();
        let widest = |column: &Vec<usize>| {
            let blocks = column.iter().filter_map(|item| blocks.get(*item));
            blocks.map(|block| block.width).max().unwrap_or(0)
        };
        let widths: Vec<_> = mesh.columns.iter().map(widest).collect();
        let mut left = 0;
        let columns = widths.iter().zip(&lanes).map(|(width, lanes)| {
            let own = left;
            left += width + lanes.width;
            own
        });
        Self { mesh, blocks, columns: columns.collect(), widths, tops, lanes }
    }

    fn rect(&self, block: usize) -> Rect {
        let Block { width, .. } = self.blocks[block];
        let height = self.blocks[block].height();
        let x = self.columns[self.mesh.items[block].column];
        Rect { x, y: self.tops[block], width, height }
    }

    /// The points of a link, from what refers to the key.
    fn line(&self, links: &[Link], link: usize) -> Vec<Point> {
        let net = self.mesh.net_of[link];
        let Net { to, side, passes } = &self.mesh.nets[net];
        let from = links[link].from;
        let (key, far) = (self.column(to.block), self.column(from.block));
        let channels: Vec<usize> = match side {
            Side::Right if key == far => vec![key],
            Side::Right => (key..far).rev().collect(),
            Side::Left => (far..key).collect(),
        };
        // What refers is met from the key's side; a box that refers to itself, on one side.
        let leaves = if *side == Side::Right && key != far { Side::Left } else { Side::Right };
        let mut points = vec![self.end(Port::of_reference(from), leaves)];
        for channel in channels {
            let x = self.turn(channel, net);
            let next = if *side == Side::Right { channel } else { channel + 1 };
            let end = match passes.get(&next) {
                Some(item) if next != key => self.tops[*item] + ROW / 2,
                _ => self.end(Port::of_key(*to), *side).y,
            };
            let y = points[points.len() - 1].y;
            points.extend([Point { x, y }, Point { x, y: end }]);
        }
        points.push(self.end(Port::of_key(*to), *side));
        straightened(&points)
    }

    fn column(&self, block: usize) -> usize {
        self.mesh.items[block].column
    }

    fn end(&self, port: Port, side: Side) -> Point {
        let rect = self.rect(port.item);
        let x = if side == Side::Left { rect.x } else { rect.x + rect.width };
        Point { x, y: rect.y + port.depth }
    }

    /// Where `net` turns in `channel`.
    fn turn(&self, channel: usize, net: usize) -> i32 {
        let segments = &self.mesh.channels[channel];
        let place = segments.iter().position(|segment| segment.net == net).unwrap_or(0);
        self.columns[channel] + self.widths[channel] + self.lanes[channel].turns[place]
    }
}

/// The same line without points that it does not turn at.
fn straightened(points: &[Point]) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for point in points {
        let straight =
            |a: Point, b: Point| a.x == b.x && b.x == point.x || a.y == b.y && b.y == point.y;
        if kept.last() == Some(point) {
            continue;
        }
        if matches!(kept[..], [.., a, b] if straight(a, b)) {
            kept.pop();
        }
        kept.push(*point);
    }
    kept
}
