//! Tables that belong together, by their foreign keys.

use std::collections::{BTreeMap, BTreeSet};

use super::relations::Relations;

/// How many tables a group has at the most, so that it can be seen as a whole.
const MOST: usize = 24;
/// How many tables refer to a hub: it belongs to none of them more than to another.
pub(super) const HUB: usize = 8;

/// Tables that are shown together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The one that most others refer to: the group has its name.
    pub head: usize,
    /// In the order of the tables, the head among them.
    pub members: Vec<usize>,
    /// Whether it is of tables that no foreign key joins to any other.
    pub is_rest: bool,
}

/// The groups of all tables, the largest first; the last are of tables that no foreign key joins
/// to any other.
pub fn groups(relations: &Relations) -> Vec<Group> {
    let referrers = relations.referrers();
    let mut clusters = Clusters::new(relations, &referrers);
    while let Some((a, b)) = clusters.best() {
        clusters.merge(a, b);
    }
    let (alone, joined): (Vec<_>, Vec<_>) = clusters.with_satellites(relations);
    let head = |members: &[usize]| {
        let rank = |member: &&usize| (referrers[**member].len(), std::cmp::Reverse(**member));
        members.iter().max_by_key(rank).copied().unwrap_or(0)
    };
    let group = |members: Vec<usize>| Group { head: head(&members), members, is_rest: false };
    let mut groups: Vec<_> = joined.into_iter().map(group).collect();
    groups.sort_by_key(|group| (std::cmp::Reverse(group.members.len()), group.head));
    let rest = |chunk: &[usize]| Group { is_rest: true, ..group(chunk.to_vec()) };
    groups.extend(alone.chunks(MOST).map(rest));
    groups
}

/// Groups that are still growing.
struct Clusters {
    members: BTreeMap<usize, Vec<usize>>,
    /// How many foreign keys join two, the smaller number first.
    joints: BTreeMap<(usize, usize), usize>,
    /// How many foreign keys each has with all others.
    degree: BTreeMap<usize, usize>,
}

impl Clusters {
    fn new(relations: &Relations, referrers: &[BTreeSet<usize>]) -> Self {
        let mut joints = BTreeMap::new();
        let mut degree: BTreeMap<usize, usize> = BTreeMap::new();
        for relation in &relations.all {
            let (from, to) = (relation.from, relation.to);
            if from != to && referrers[to].len() < HUB {
                *joints.entry((from.min(to), from.max(to))).or_insert(0) += 1;
                *degree.entry(from).or_default() += 1;
                *degree.entry(to).or_default() += 1;
            }
        }
        let members = (0..relations.tables()).map(|table| (table, vec![table])).collect();
        Self { members, joints, degree }
    }

    /// The two that have most in common, for what they have with others.
    fn best(&self) -> Option<(usize, usize)> {
        let fits = |(a, b): &(usize, usize)| self.members[a].len() + self.members[b].len() <= MOST;
        let joints = self.joints.iter().filter(|(pair, _)| fits(pair));
        let product = |(a, b): &(usize, usize)| self.degree[a] * self.degree[b];
        // a/b > c/d as whole numbers; the first of equals stays.
        let best =
            joints.reduce(|best, next| match next.1 * product(best.0) > best.1 * product(next.0) {
                true => next,
                false => best,
            });
        best.map(|(pair, _)| *pair)
    }

    fn merge(&mut self, a: usize, b: usize) {
        let moved = self.members.remove(&b).unwrap_or_default();
        self.members.entry(a).or_default().extend(moved);
        let degree = self.degree.remove(&b).unwrap_or_default();
        *self.degree.entry(a).or_default() += degree;
        let of_b = |(pair, _): &(&(usize, usize), &usize)| pair.0 == b || pair.1 == b;
        let changed: Vec<_> = self.joints.iter().filter(of_b).map(|(p, n)| (*p, *n)).collect();
        for (pair, number) in changed {
            self.joints.remove(&pair);
            let other = if pair.0 == b { pair.1 } else { pair.0 };
            if other != a {
                *self.joints.entry((a.min(other), a.max(other))).or_insert(0) += number;
            }
        }
    }

    /// What no foreign key joins to anything, and the groups; a table that refers to nothing but
    /// hubs is put to one of them, as long as there is room.
    fn with_satellites(self, relations: &Relations) -> (Vec<usize>, Vec<Vec<usize>>) {
        let mut group_of = BTreeMap::new();
        for (group, members) in &self.members {
            members.iter().for_each(|member| {
                group_of.insert(*member, *group);
            });
        }
        let mut groups = self.members;
        for relation in relations.all.iter().filter(|relation| relation.from != relation.to) {
            let (own, hub) = (group_of[&relation.from], group_of[&relation.to]);
            if own != hub && groups[&own].len() == 1 && groups[&hub].len() < MOST {
                let moved = groups.remove(&own).unwrap_or_default();
                moved.iter().for_each(|member| {
                    group_of.insert(*member, hub);
                });
                groups.entry(hub).or_default().extend(moved);
            }
        }
        let related: BTreeSet<_> =
            relations.all.iter().flat_map(|relation| [relation.from, relation.to]).collect();
        let mut alone = Vec::new();
        let mut joined = Vec::new();
        for (_, mut members) in groups {
            members.sort_unstable();
            match members[..] {
                [table] if !related.contains(&table) => alone.push(table),
                _ => joined.push(members),
            }
        }
        alone.sort_unstable();
        (alone, joined)
    }
}
