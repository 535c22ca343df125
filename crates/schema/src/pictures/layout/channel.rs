//! Lanes: where in a channel each net turns.

use super::count;
use super::mesh::{Port, Segment};

/// The distance between two lanes.
const LANE: i32 = 10;
/// What is kept free on both sides, for the ends of lines.
const MARGIN: i32 = 22;

/// The lanes of one channel: how far from its left side each segment turns.
pub(super) struct Lanes {
    pub turns: Vec<i32>,
    pub width: i32,
}

/// A segment as high and low as it reaches.
struct Span {
    left: Vec<i32>,
    right: Vec<i32>,
    top: i32,
    bottom: i32,
}

impl Span {
    fn of(segment: &Segment, height: &impl Fn(Port) -> i32) -> Self {
        let heights = |ports: &[Port]| ports.iter().map(|port| height(*port)).collect::<Vec<_>>();
        let (left, right) = (heights(&segment.left), heights(&segment.right));
        let all = || left.iter().chain(&right).copied();
        let (top, bottom) = (all().min().unwrap_or(0), all().max().unwrap_or(0));
        Self { left, right, top, bottom }
    }

    /// How often the two cross where this one turns left of `other`.
    fn crossed_left_of(&self, other: &Span) -> usize {
        let within = |span: &Span, heights: &[i32]| {
            heights.iter().filter(|height| (span.top..=span.bottom).contains(height)).count()
        };
        within(other, &self.right) + within(self, &other.left)
    }

    fn meets(&self, other: &Span) -> bool {
        self.top <= other.bottom + LANE && other.top <= self.bottom + LANE
    }
}

/// Gives each of `segments` a lane; those that do not reach the same height may share one.
pub(super) fn lanes(segments: &[Segment], height: impl Fn(Port) -> i32) -> Lanes {
    let spans: Vec<_> = segments.iter().map(|segment| Span::of(segment, &height)).collect();
    let order = with_few_crossings(&spans);
    let mut lanes = vec![0; spans.len()];
    for (index, segment) in order.iter().enumerate() {
        let meeting = order[..index].iter().filter(|other| spans[**other].meets(&spans[*segment]));
        lanes[*segment] = meeting.map(|other| lanes[*other] + 1).max().unwrap_or(0);
    }
    let number = lanes.iter().max().map_or(0, |last| last + 1);
    Lanes {
        turns: lanes.iter().map(|lane| MARGIN + LANE * count(*lane)).collect(),
        width: 2 * MARGIN + LANE * (count(number) - 1).max(0),
    }
}

/// The segments from left to right: neighbours change places as long as that saves a crossing.
fn with_few_crossings(spans: &[Span]) -> Vec<usize> {
    let mut order: Vec<_> = (0..spans.len()).collect();
    order.sort_by_key(|segment| (spans[*segment].top, spans[*segment].bottom));
    // Each change saves a crossing, so that this ends; the bound keeps it short.
    for _ in 0..spans.len() {
        let mut changed = false;
        for index in 1..order.len() {
            let (left, right) = (&spans[order[index - 1]], &spans[order[index]]);
            if right.crossed_left_of(left) < left.crossed_left_of(right) {
                order.swap(index - 1, index);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    order
}
