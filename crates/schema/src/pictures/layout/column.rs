//! How far down each item of a column stands: as level as can be with what it is joined to.

use super::ROW;
use super::mesh::Mesh;

/// Sweeps to the right and back.
const SWEEPS: usize = 8;
/// How much more it matters that a long line runs straight.
const STRAIGHT: i64 = 8;

/// The top of every item, in rows.
pub(super) fn tops(mesh: &Mesh) -> Vec<i32> {
    let mut tops = vec![0; mesh.items.len()];
    for column in &mesh.columns {
        settle(mesh, column, &mut tops, |_| (0, 0));
    }
    for sweep in 0..SWEEPS {
        let columns: Vec<usize> = match sweep % 2 {
            0 => (0..mesh.columns.len()).collect(),
            _ => (0..mesh.columns.len()).rev().collect(),
        };
        for column in columns {
            let wishes = wishes(mesh, column, &tops);
            settle(mesh, &mesh.columns[column], &mut tops, |item| wishes[item]);
        }
    }
    let highest = tops.iter().copied().min().unwrap_or(0);
    tops.iter().map(|top| top - highest).collect()
}

/// For each item of `column`, the sum of the tops at which its lines would be level, and their
/// weight.
fn wishes(mesh: &Mesh, column: usize, tops: &[i32]) -> Vec<(i64, i64)> {
    let mut wishes = vec![(0, 0); mesh.items.len()];
    let mut wish = |own: super::mesh::Port, other: super::mesh::Port| {
        let is_long = !mesh.items[own.item].is_block && !mesh.items[other.item].is_block;
        let weight = if is_long { STRAIGHT } else { 1 };
        let level = tops[other.item] + (other.depth - own.depth).div_euclid(ROW);
        wishes[own.item].0 += weight * i64::from(level);
        wishes[own.item].1 += weight;
    };
    for (left, right) in mesh.joined(column) {
        wish(left, right);
    }
    if column > 0 {
        mesh.joined(column - 1).for_each(|(left, right)| wish(right, left));
    }
    wishes
}

/// A run of items that touch one another: as one, they stand where they wish on average.
struct Run {
    items: usize,
    sum: i64,
    weight: i64,
}

impl Run {
    fn is_above(&self, other: &Run) -> bool {
        self.sum * other.weight < other.sum * self.weight
    }

    fn top(&self) -> i32 {
        i32::try_from(self.sum.div_euclid(self.weight)).unwrap_or(i32::MAX)
    }
}

/// Puts the items of a column where they wish to be, as near as their order lets them: runs that
/// would overlap are joined until none does.
fn settle(mesh: &Mesh, column: &[usize], tops: &mut [i32], wish: impl Fn(usize) -> (i64, i64)) {
    let mut before = vec![0; column.len()];
    for (index, pair) in column.windows(2).enumerate() {
        let taken = mesh.items[pair[0]].height + mesh.gap(pair[0], pair[1]);
        before[index + 1] = before[index] + taken;
    }
    let mut runs: Vec<Run> = Vec::new();
    for (item, before) in column.iter().zip(&before) {
        let (sum, weight) = match wish(*item) {
            (_, 0) => (i64::from(tops[*item]), 1),
            (sum, weight) => (sum, weight),
        };
        let mut run = Run { items: 1, sum: sum - weight * i64::from(*before), weight };
        while let Some(last) = runs.pop_if(|last| !last.is_above(&run)) {
            run = Run {
                items: last.items + run.items,
                sum: last.sum + run.sum,
                weight: last.weight + run.weight,
            };
        }
        runs.push(run);
    }
    let placed = runs.iter().flat_map(|run| std::iter::repeat_n(run.top(), run.items));
    for ((item, before), top) in column.iter().zip(&before).zip(placed) {
        tops[*item] = top + before;
    }
}
