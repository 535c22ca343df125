//! Which column a box stands in: to the right of what it refers to.

use super::{Block, Link, ROW, count};

/// What a column and the channel behind it take beside the boxes themselves.
const CHANNEL: i32 = 80;

/// The column of each block. A link within a circle may lead the other way, never within a column.
pub(super) fn ranks(blocks: &[Block], links: &[Link]) -> Vec<usize> {
    let parents = acyclic(blocks.len(), links);
    let order = parents_first(&parents);
    let mut ranks = fill(blocks, &parents, &order);
    pull(&parents, &order, &mut ranks);
    without_gaps(&mut ranks);
    ranks
}

/// What each block stands to the right of: what it refers to, with the links that would close a
/// circle turned round.
fn acyclic(blocks: usize, links: &[Link]) -> Vec<Vec<usize>> {
    let mut parents = vec![Vec::new(); blocks];
    let mut referred = vec![Vec::new(); blocks];
    for link in links.iter().filter(|link| link.from.block != link.to.block) {
        referred[link.from.block].push(link.to.block);
    }
    let mut walk = Walk { referred: &referred, state: vec![State::New; blocks], finished: vec![] };
    (0..blocks).for_each(|block| walk.visit(block));
    let mut place = vec![0; blocks];
    walk.finished.iter().enumerate().for_each(|(index, block)| place[*block] = index);
    for (from, referred) in referred.iter().enumerate() {
        for to in referred {
            // What is referred to is finished first, unless the two are in a circle.
            match place[*to] < place[from] {
                true => parents[from].push(*to),
                false => parents[*to].push(from),
            }
        }
    }
    for list in &mut parents {
        list.sort_unstable();
        list.dedup();
    }
    parents
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Seen,
}

/// A walk that goes as deep as it can first, without recursion: a chain may be long.
struct Walk<'a> {
    referred: &'a [Vec<usize>],
    state: Vec<State>,
    finished: Vec<usize>,
}

impl Walk<'_> {
    fn visit(&mut self, start: usize) {
        if self.state[start] == State::Seen {
            return;
        }
        self.state[start] = State::Seen;
        let mut stack = vec![(start, 0)];
        while let Some((block, next)) = stack.pop() {
            match self.referred[block].get(next) {
                None => self.finished.push(block),
                Some(to) => {
                    stack.push((block, next + 1));
                    if self.state[*to] == State::New {
                        self.state[*to] = State::Seen;
                        stack.push((*to, 0));
                    }
                }
            }
        }
    }
}

/// The blocks by their distance from the left, then as they came.
fn parents_first(parents: &[Vec<usize>]) -> Vec<usize> {
    let mut depth = vec![0; parents.len()];
    // As many rounds as the longest chain has links.
    loop {
        let mut changed = false;
        for block in 0..parents.len() {
            let deepest = parents[block].iter().map(|parent| depth[*parent] + 1).max().unwrap_or(0);
            changed |= deepest > depth[block];
            depth[block] = depth[block].max(deepest);
        }
        if !changed {
            break;
        }
    }
    let mut order: Vec<_> = (0..parents.len()).collect();
    order.sort_by_key(|block| depth[*block]);
    order
}

/// Puts each block into the first column behind its parents' that has room.
fn fill(blocks: &[Block], parents: &[Vec<usize>], order: &[usize]) -> Vec<usize> {
    let limit = column_height(blocks);
    let mut heights: Vec<i32> = Vec::new();
    let mut ranks = vec![0; blocks.len()];
    for block in order {
        let first = parents[*block].iter().map(|parent| ranks[*parent] + 1).max().unwrap_or(0);
        let height = blocks[*block].height() + ROW;
        let full = |rank: &usize| heights.get(*rank).is_some_and(|used| used + height > limit);
        let rank = (first..).find(|rank| !full(rank)).unwrap_or(first);
        heights.resize(heights.len().max(rank + 1), 0);
        heights[rank] += height;
        ranks[*block] = rank;
    }
    ranks
}

/// How high a column may be, for a picture half as wide again as it is high.
fn column_height(blocks: &[Block]) -> i32 {
    let total: i64 = blocks.iter().map(|block| i64::from(block.height() + ROW)).sum();
    let widths: i64 = blocks.iter().map(|block| i64::from(block.width)).sum();
    let width = widths / i64::from(count(blocks.len()).max(1)) + i64::from(CHANNEL);
    let columns = (total * 3 / 2 / width.max(1)).isqrt().max(1);
    let tallest = blocks.iter().map(|block| block.height() + ROW).max().unwrap_or(0);
    i32::try_from(total / columns).unwrap_or(i32::MAX).max(tallest)
}

/// Moves a block that refers to nothing next to the first one that refers to it.
fn pull(parents: &[Vec<usize>], order: &[usize], ranks: &mut [usize]) {
    let mut nearest = vec![usize::MAX; parents.len()];
    for block in order.iter().rev() {
        if parents[*block].is_empty() && nearest[*block] != usize::MAX {
            ranks[*block] = nearest[*block] - 1;
        }
        for parent in &parents[*block] {
            nearest[*parent] = nearest[*parent].min(ranks[*block]);
        }
    }
}

fn without_gaps(ranks: &mut [usize]) {
    let mut used = ranks.to_vec();
    used.sort_unstable();
    used.dedup();
    for rank in ranks {
        *rank = used.binary_search(rank).unwrap_or(0);
    }
}
