//! What must run before what, and one order of it.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

use super::statement::Statement;
use crate::facts::Address;

/// What a node does to its fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Verb {
    Drop,
    /// A type is renamed, so that another one of its name can be made beside it.
    Aside,
    Alter,
    Create,
}

struct Node {
    address: Address,
    /// Parts whose own action is this one's too.
    absorbed: Vec<Address>,
    key: (u8, usize),
    statements: Vec<Statement>,
    after: HashSet<usize>,
    waits: usize,
}

/// Actions and their order.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
}

impl Graph {
    pub(super) fn add(
        &mut self,
        address: Address,
        verb: Verb,
        place: usize,
        statements: Vec<Statement>,
    ) -> usize {
        let last = address.root().kind() == "default privileges";
        let rank = match verb {
            _ if last => 3,
            Verb::Drop | Verb::Aside => 0,
            Verb::Alter => 1,
            Verb::Create => 2,
        };
        let key = (rank, place);
        self.nodes.push(Node {
            address,
            absorbed: Vec::new(),
            key,
            statements,
            after: HashSet::new(),
            waits: 0,
        });
        self.nodes.len() - 1
    }

    pub(super) fn absorb(&mut self, node: usize, part: Address) {
        self.nodes[node].absorbed.push(part);
    }

    pub(super) fn edge(&mut self, before: usize, after: usize) {
        if before != after && self.nodes[before].after.insert(after) {
            self.nodes[after].waits += 1;
        }
    }

    /// The statements in an order that keeps all edges, and else the order of kinds and names; or
    /// the things that wait for one another.
    pub(super) fn sorted(mut self) -> Result<Vec<Statement>, Vec<Address>> {
        let mut ready: BinaryHeap<_> = self
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.waits == 0)
            .map(|(index, node)| Reverse((node.key, index)))
            .collect();
        let mut statements = Vec::new();
        let mut done = HashSet::new();
        while let Some(Reverse((_, index))) = ready.pop() {
            done.insert(index);
            statements.append(&mut self.nodes[index].statements);
            for after in std::mem::take(&mut self.nodes[index].after) {
                self.nodes[after].waits -= 1;
                if self.nodes[after].waits == 0 {
                    ready.push(Reverse((self.nodes[after].key, after)));
                }
            }
        }
        if done.len() == self.nodes.len() {
            return Ok(statements);
        }
        Err(self.cycle(&done))
    }

    /// What waits for itself, found by walking backwards from anything that waits.
    fn cycle(&self, done: &HashSet<usize>) -> Vec<Address> {
        let left: Vec<usize> =
            (0..self.nodes.len()).filter(|index| !done.contains(index)).collect();
        let before = |node: usize| {
            left.iter().copied().find(|other| self.nodes[*other].after.contains(&node))
        };
        let mut path = Vec::new();
        let mut at = left.first().copied();
        while let Some(node) = at {
            if let Some(start) = path.iter().position(|one| *one == node) {
                path.drain(..start);
                break;
            }
            path.push(node);
            at = before(node);
        }
        path.iter()
            .flat_map(|node| {
                std::iter::once(&self.nodes[*node].address).chain(&self.nodes[*node].absorbed)
            })
            .cloned()
            .collect()
    }
}
