//! Which migration is behind what: of each thing that is there, the one that added it; of each
//! table, all that touched it.

use std::collections::BTreeMap;

use super::change::{Change, Thing, What};
use super::replay::{Replay, Step};

/// The history of everything that is there.
pub(super) struct History<'a> {
    steps: &'a [Step],
    /// The step that added each thing.
    origins: BTreeMap<&'a Thing, usize>,
    /// By the table: the steps that touched it, each with what it did.
    events: BTreeMap<&'a str, Vec<(usize, Vec<&'a Change>)>>,
}

impl<'a> History<'a> {
    pub(super) fn of(replay: &'a Replay) -> Self {
        let mut history =
            Self { steps: &replay.steps, origins: BTreeMap::new(), events: BTreeMap::new() };
        for (place, step) in replay.steps.iter().enumerate() {
            for change in &step.changes {
                history.take(place, change);
            }
        }
        history
    }

    fn take(&mut self, place: usize, change: &'a Change) {
        match change.what {
            What::Added => {
                self.origins.insert(&change.thing, place);
            }
            What::Removed => {
                self.origins.remove(&change.thing);
            }
            What::Changed(..) => {}
        }
        let events = self.events.entry(&change.thing.table).or_default();
        // A table that was removed and made again begins anew.
        if change.thing.is_table() && change.what == What::Added {
            events.clear();
        }
        match events.last_mut() {
            Some((last, changes)) if *last == place => changes.push(change),
            _ => events.push((place, vec![change])),
        }
    }

    /// The migration that added a thing; none where that is not known.
    pub(super) fn origin(&self, table: &str, kind: &'static str, name: &str) -> Option<&'a Step> {
        self.origins.get(&Thing::of(table, kind, name)).map(|place| &self.steps[*place])
    }

    /// What was done to `table`, from the first to the last.
    pub(super) fn events(&self, table: &str) -> impl Iterator<Item = (&'a Step, &[&'a Change])> {
        let events = self.events.get(table).map(Vec::as_slice).unwrap_or_default();
        events.iter().map(|(place, changes)| (&self.steps[*place], changes.as_slice()))
    }
}

/// What changes come to, in words: what belongs to a new table goes with it.
pub(super) fn told(changes: &[&Change]) -> Vec<Told> {
    let whole =
        |change: &Change| change.thing.is_table() && !matches!(change.what, What::Changed(..));
    let tables: BTreeMap<&str, bool> = changes
        .iter()
        .filter(|change| whole(change))
        .map(|change| (change.thing.table.as_str(), change.what == What::Added))
        .collect();
    let mut told = Vec::new();
    for change in changes {
        let Thing { table, kind, name, .. } = &change.thing;
        if tables.contains_key(table.as_str()) && !change.thing.is_table() {
            continue;
        }
        let of = |kind: &'static str| {
            let own = |other: &&&Change| other.thing.table == *table && other.thing.kind == kind;
            changes.iter().filter(own).count()
        };
        let (verb, more) = match &change.what {
            What::Added if change.thing.is_table() => {
                ("adds", format!(" of {}", columns(of("column"))))
            }
            What::Added => ("adds", String::new()),
            What::Removed => ("removes", String::new()),
            What::Changed(before, after) if *kind == "column" => {
                ("changes", format!(" from {before} to {after}"))
            }
            What::Changed(..) => ("changes", String::new()),
        };
        told.push(Told { verb, kind, name: name.clone(), table: table.clone(), more });
    }
    told
}

/// One thing that a migration did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    pub verb: &'static str,
    pub kind: &'static str,
    /// Empty for a table.
    pub name: String,
    /// Empty for what stands beside tables.
    pub table: String,
    pub more: String,
}

impl Told {
    /// What is named: the thing, and the table where it has one.
    pub(super) fn subject(&self) -> String {
        match (self.name.as_str(), self.table.as_str(), self.kind) {
            ("", table, _) => table.to_owned(),
            (name, "", _) => name.to_owned(),
            (_, table, "comment") => table.to_owned(),
            (name, table, "column") => format!("{table}.{name}"),
            (name, table, _) => format!("{name} on {table}"),
        }
    }
}

impl Told {
    /// The same on the page of its own table.
    pub(super) fn own_subject(&self) -> String {
        match (self.name.as_str(), self.kind) {
            ("", _) => self.table.clone(),
            (_, "comment") => String::new(),
            (name, _) => name.to_owned(),
        }
    }
}

fn columns(count: usize) -> String {
    match count {
        1 => "1 column".to_owned(),
        count => format!("{count} columns"),
    }
}
