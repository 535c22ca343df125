//! What stands above what in a column: sweeps that put each item to the middle of what it is
//! joined to.

use super::ROW;
use super::mesh::{Mesh, Port};

/// Sweeps to the right and back.
const SWEEPS: usize = 12;

/// Orders every column, so that few lines cross.
pub(super) fn order(mesh: &mut Mesh) {
    let mut best = (crossings(mesh), mesh.columns.clone());
    for sweep in 0..SWEEPS {
        if best.0 == 0 {
            break;
        }
        let count = mesh.columns.len();
        match sweep % 2 {
            0 => (1..count).for_each(|column| arrange(mesh, column, column - 1)),
            _ => (1..count).rev().for_each(|column| arrange(mesh, column - 1, column)),
        }
        let crossed = crossings(mesh);
        if crossed < best.0 {
            best = (crossed, mesh.columns.clone());
        }
    }
    mesh.columns = best.1;
}

/// Sorts `column` by the middle of what each item is joined to in its neighbour `fixed`.
fn arrange(mesh: &mut Mesh, column: usize, fixed: usize) {
    let heights = heights(mesh, fixed);
    let mut sums = vec![(0i64, 0i64); mesh.items.len()];
    for (left, right) in mesh.joined(column.min(fixed)) {
        let (own, other) = if fixed < column { (right, left) } else { (left, right) };
        let (sum, number) = &mut sums[own.item];
        *sum += i64::from(heights[other.item] + other.depth - own.depth);
        *number += 1;
    }
    let own = self::heights(mesh, column);
    let middle = |item: &usize| match sums[*item] {
        // What is joined to nothing stays where it is.
        (_, 0) => i64::from(own[*item]),
        (sum, number) => sum / number,
    };
    mesh.columns[column].sort_by_key(middle);
}

/// The top of every item of `column`, were they stacked.
fn heights(mesh: &Mesh, column: usize) -> Vec<i32> {
    let mut tops = vec![0; mesh.items.len()];
    let mut top = 0;
    for item in &mesh.columns[column] {
        tops[*item] = top;
        top += (mesh.items[*item].height + 1) * ROW;
    }
    tops
}

/// How often lines cross, as far as the order of the columns tells.
fn crossings(mesh: &Mesh) -> usize {
    let mut place = vec![0; mesh.items.len()];
    for column in &mesh.columns {
        column.iter().enumerate().for_each(|(index, item)| place[*item] = index);
    }
    let at = |port: Port| (place[port.item], port.depth);
    (0..mesh.channels.len())
        .map(|channel| {
            let mut joined: Vec<_> =
                mesh.joined(channel).map(|(left, right)| (at(left), at(right))).collect();
            joined.sort_unstable();
            inversions(&mut joined.into_iter().map(|(_, right)| right).collect::<Vec<_>>())
        })
        .sum()
}

/// How many pairs stand in the wrong order, by sorting them.
fn inversions<T: Ord + Copy>(values: &mut [T]) -> usize {
    if values.len() < 2 {
        return 0;
    }
    let (left, right) = values.split_at_mut(values.len() / 2);
    let mut found = inversions(left) + inversions(right);
    for value in &*right {
        found += left.len() - left.partition_point(|other| other <= value);
    }
    values.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::inversions;

    #[test]
    fn pairs_in_the_wrong_order_are_counted() {
        for (mut values, expected) in
            [(vec![], 0), (vec![1, 2, 3], 0), (vec![3, 2, 1], 3), (vec![2, 2, 1, 1], 4)]
        {
            assert_eq!(inversions(&mut values), expected);
        }
    }
}
