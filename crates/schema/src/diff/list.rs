//! How two lists of facts differ, a line each, for people.

use std::collections::HashMap;
use std::fmt;

use crate::facts::{Address, Fact, Facts, is_shown, shown};

/// A thing that only one side has, or that both have in different ways.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// Which thing.
    pub address: Address,
    /// In which way.
    pub way: Way,
}

/// In which way a thing differs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Way {
    /// Only the second side has it, with all that belongs to it.
    Added,
    /// Only the first side has it, with all that belongs to it.
    Removed,
    /// Both have it; the attributes that are not the same, before and after.
    Changed(Vec<(String, Option<String>, Option<String>)>),
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.way {
            Way::Added => write!(f, "+ {}", self.address),
            Way::Removed => write!(f, "- {}", self.address),
            Way::Changed(attributes) => {
                write!(f, "~ {}", self.address)?;
                for (index, (name, was, is)) in attributes.iter().enumerate() {
                    let between = if index == 0 { ": " } else { "; " };
                    let (was, is) = (worded(was.as_deref()), worded(is.as_deref()));
                    match was.contains('\n') || is.contains('\n') {
                        true => write!(f, "{between}{name} is another")?,
                        false => write!(f, "{between}{name} {was} → {is}")?,
                    }
                }
                Ok(())
            }
        }
    }
}

fn worded(value: Option<&str>) -> &str {
    match value {
        None => "none",
        Some("") => "set",
        Some(value) => value,
    }
}

/// How `after` differs from `before`: a difference each, in the order of a text. What belongs to a
/// thing that only one side has goes without saying.
pub fn differences(before: &Facts, after: &Facts) -> Vec<Difference> {
    let was: HashMap<_, _> = before.facts.iter().map(|fact| (&fact.address, fact)).collect();
    let is: HashMap<_, _> = after.facts.iter().map(|fact| (&fact.address, fact)).collect();
    let whole =
        |address: &Address, other: &HashMap<&Address, &Fact>, own: &HashMap<&Address, &Fact>| {
            let parent = address.parent();
            parent.is_some_and(|parent| own.contains_key(&parent) && !other.contains_key(&parent))
        };
    let mut differences = Vec::new();
    for fact in before.facts.iter().filter(|fact| is_shown(fact)) {
        match is.get(&fact.address) {
            None if whole(&fact.address, &is, &was) => {}
            None => {
                let address = fact.address.clone();
                differences.push(Difference { address, way: Way::Removed });
            }
            Some(other) => {
                let attributes = changed(fact, other);
                if !attributes.is_empty() {
                    let way = Way::Changed(attributes);
                    differences.push(Difference { address: fact.address.clone(), way });
                }
            }
        }
    }
    for fact in after.facts.iter().filter(|fact| is_shown(fact)) {
        if !was.contains_key(&fact.address) && !whole(&fact.address, &was, &is) {
            differences.push(Difference { address: fact.address.clone(), way: Way::Added });
        }
    }
    differences
}

fn changed(was: &Fact, is: &Fact) -> Vec<(String, Option<String>, Option<String>)> {
    let names = was.attributes.iter().chain(&is.attributes).map(|(name, _)| name.as_str());
    let mut names: Vec<&str> = names.filter(|name| was.get(name) != is.get(name)).collect();
    names.sort_unstable();
    names.dedup();
    let kind = was.address.kind();
    let own = |fact: &Fact, name: &str| fact.get(name).map(|value| shown(kind, name, value));
    names.into_iter().map(|name| (name.to_owned(), own(was, name), own(is, name))).collect()
}
