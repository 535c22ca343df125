//! What a rule is: how facts of one kind are created, altered and dropped.

use crate::facts::Fact;

/// A fact on both sides, or on one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair<'a> {
    pub old: Option<&'a Fact>,
    pub new: Option<&'a Fact>,
}

impl<'a> Pair<'a> {
    /// The fact as it is to be; as it was, where it is to go.
    pub(super) fn fact(&self) -> &'a Fact {
        match (self.new, self.old) {
            (Some(fact), _) | (None, Some(fact)) => fact,
            // OK because a pair is made of a fact.
            (None, None) => unreachable!("a pair has a side"),
        }
    }

    pub(super) fn is(&self, name: &str) -> Option<&'a str> {
        self.new.and_then(|fact| fact.get(name))
    }

    pub(super) fn was(&self, name: &str) -> Option<&'a str> {
        self.old.and_then(|fact| fact.get(name))
    }
}

/// How a change of an attribute is made.
#[derive(Debug, Clone, Copy)]
pub(super) enum How {
    /// By statements; none of them is needed where there is no statement.
    Alter(fn(Pair<'_>) -> Vec<String>),
    /// By statements where they can, else by dropping and creating the thing.
    AlterOr(fn(Pair<'_>) -> Option<Vec<String>>),
    /// By dropping and creating the thing.
    Replace,
    /// By dropping and creating what it belongs to.
    ReplaceParent,
    /// By renaming the type aside, creating it, and giving it to every column that has it.
    Rebuild,
    /// It follows from something else.
    Follows,
}

/// How facts of one kind are created, altered and dropped.
pub(super) struct Rule {
    /// The kinds from the outside to the inside; the first may be any of those with `|` between.
    pub kinds: &'static str,
    pub create: fn(&Fact) -> Vec<String>,
    pub drop: fn(&Fact) -> Vec<String>,
    /// Attributes by name; what is not here is replaced.
    pub alter: &'static [(&'static str, How)],
}

impl Rule {
    /// How a change of `attribute` is made.
    pub(super) fn how(&self, attribute: &str) -> How {
        let found = self.alter.iter().find(|(name, _)| *name == attribute || *name == "*");
        found.map_or(How::Replace, |(_, how)| *how)
    }

    pub(super) fn is_for(&self, fact: &Fact) -> bool {
        let kinds: Vec<_> = fact.address.steps().map(|(kind, _)| kind).collect();
        let own: Vec<_> = self.kinds.split(" / ").collect();
        match own.as_slice() {
            ["*", last] => kinds.len() > 1 && kinds.last() == Some(last),
            own => {
                own.len() == kinds.len()
                    && own
                        .iter()
                        .zip(&kinds)
                        .all(|(own, kind)| own.split('|').any(|own| own == *kind))
            }
        }
    }
}
