//! What becomes of each fact: it goes, it comes, it is altered, or the type is made anew around
//! the columns that have it.

use std::collections::{HashMap, HashSet};

use super::rule::{How, Pair};
use super::rules::rule_of;
use super::tables::{alter_type, converted};
use super::written::{get, listed};
use crate::facts::{Address, Fact};

/// One side's facts, and who needs whom.
pub(super) struct Side<'a> {
    pub facts: HashMap<&'a Address, &'a Fact>,
    pub order: HashMap<&'a Address, usize>,
    pub children: HashMap<Address, Vec<&'a Address>>,
    pub dependants: HashMap<&'a Address, Vec<&'a Address>>,
}

impl<'a> Side<'a> {
    pub(super) fn new(facts: &'a [Fact]) -> Self {
        let mut side = Self {
            facts: HashMap::new(),
            order: HashMap::new(),
            children: HashMap::new(),
            dependants: HashMap::new(),
        };
        for (place, fact) in facts.iter().enumerate() {
            side.facts.insert(&fact.address, fact);
            side.order.insert(&fact.address, place);
            if let Some(parent) = fact.address.parent() {
                side.children.entry(parent).or_default().push(&fact.address);
            }
            for on in &fact.depends {
                side.dependants.entry(on).or_default().push(&fact.address);
            }
        }
        side
    }

    pub(super) fn get(&self, address: &Address) -> Option<&'a Fact> {
        self.facts.get(address).copied()
    }

    pub(super) fn children(&self, address: &Address) -> &[&'a Address] {
        self.children.get(address).map_or(&[], Vec::as_slice)
    }

    pub(super) fn dependants(&self, address: &Address) -> &[&'a Address] {
        self.dependants.get(address).map_or(&[], Vec::as_slice)
    }

    /// The tables that `table` has its columns from.
    pub(super) fn parents(&self, table: &Address) -> Vec<Address> {
        let Some(fact) = self.get(table) else { return Vec::new() };
        let partition = self.get(&table.child("partition", ""));
        let of = partition.map(|fact| get(fact, "of").to_owned());
        let inherited = listed(fact.get("inherits").unwrap_or_default());
        of.into_iter()
            .chain(inherited)
            .map(|name| Address::new(vec!["table".to_owned(), name]))
            .collect()
    }
}

/// What becomes of the facts of both sides.
pub(super) struct Changes<'a> {
    pub old: Side<'a>,
    pub new: Side<'a>,
    /// What goes, for good or to come again.
    pub gone: HashSet<&'a Address>,
    /// What comes, for the first time or again.
    pub made: HashSet<&'a Address>,
    /// What is altered in place.
    pub altered: HashMap<&'a Address, Vec<String>>,
    /// Types that are renamed aside and made anew.
    pub rebuilt: HashSet<&'a Address>,
    /// Columns that get their type anew.
    retyped: HashSet<&'a Address>,
    /// Kinds that no rule is for.
    pub unknown: Vec<String>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(old: &'a [Fact], new: &'a [Fact]) -> Self {
        let mut changes = Self {
            old: Side::new(old),
            new: Side::new(new),
            gone: HashSet::new(),
            made: HashSet::new(),
            altered: HashMap::new(),
            rebuilt: HashSet::new(),
            retyped: HashSet::new(),
            unknown: Vec::new(),
        };
        for fact in old {
            match changes.new.get(&fact.address) {
                None => changes.go(&fact.address),
                Some(is) => changes.compare(fact, is),
            }
        }
        for fact in new {
            if changes.old.get(&fact.address).is_none() {
                if rule_of(fact).is_none() {
                    changes.unknown.push(fact.address.to_string());
                }
                changes.made.insert(&fact.address);
            }
        }
        changes.views();
        changes.forget_implied_types();
        changes
    }

    fn compare(&mut self, was: &'a Fact, is: &'a Fact) {
        let pair = Pair { old: Some(was), new: Some(is) };
        let differing = differing(was, is);
        if differing.is_empty() {
            return;
        }
        let Some(rule) = rule_of(is) else { return self.unknown.push(is.address.to_string()) };
        let mut statements: Vec<String> = Vec::new();
        for name in differing {
            match resolved(rule.how(name), pair) {
                Ok(own) => {
                    add_new(&mut statements, own);
                    let is_attribute = is.address.kind() == "attribute";
                    if is_attribute && self.is_in_columns(&is.address) {
                        self.rebuild_parent(&is.address);
                    } else if matches!(name, "type" | "collation") {
                        self.touch(&was.address);
                    }
                }
                Err(how) => self.make_anew(&was.address, how),
            }
        }
        let stays = !self.gone.contains(&was.address) && !self.rebuilt.contains(&was.address);
        if !statements.is_empty() && stays {
            self.altered.insert(&was.address, statements);
        }
    }

    /// What cannot be altered in place.
    fn make_anew(&mut self, address: &'a Address, how: How) {
        match how {
            How::Replace => self.go(address),
            How::ReplaceParent => self.parent_goes(address),
            How::Rebuild => self.rebuild(address),
            How::Follows | How::Alter(_) | How::AlterOr(_) => {}
        }
    }

    fn parent_goes(&mut self, address: &Address) {
        let parent = address.parent().and_then(|one| self.old.facts.get_key_value(&one));
        if let Some((parent, _)) = parent {
            self.go(parent);
        }
    }

    /// Whether the composite type of an attribute is the type of a stored column.
    fn is_in_columns(&self, attribute: &Address) -> bool {
        let ty = attribute.root();
        self.old.dependants(&ty).iter().any(|one| one.kind() == "column")
    }

    fn rebuild_parent(&mut self, attribute: &Address) {
        if let Some((ty, _)) = self.old.facts.get_key_value(&attribute.root()) {
            self.rebuild(ty);
        }
    }

    /// The fact goes, with what belongs to it and what needs it; what is to be there comes again.
    fn go(&mut self, address: &'a Address) {
        if !self.gone.insert(address) {
            return;
        }
        self.altered.remove(address);
        if let Some((again, _)) = self.new.facts.get_key_value(address) {
            self.made.insert(again);
        }
        for child in self.old.children(address).to_vec() {
            self.go(child);
        }
        for dependant in self.old.dependants(address).to_vec() {
            if !self.survives(dependant, address) {
                self.go(dependant);
            }
        }
    }

    /// Whether a dependant is altered so that it does not need `address` any more.
    fn survives(&self, dependant: &Address, address: &Address) -> bool {
        let (Some(was), Some(is)) = (self.old.get(dependant), self.new.get(dependant)) else {
            return false;
        };
        let Some(rule) = rule_of(is).filter(|_| !is.depends.contains(address)) else {
            return false;
        };
        let pair = Pair { old: Some(was), new: Some(is) };
        let differing = differing(was, is);
        let in_place =
            |name: &&str| matches!(resolved(rule.how(name), pair), Ok(_) | Err(How::Follows));
        // A view's columns decide whether it can be replaced in place.
        let moved = is.address.kind() == "view" && self.columns_moved(dependant);
        !differing.is_empty() && differing.iter().all(in_place) && !moved
    }

    /// The type of the column changes: what reads the column goes, and comes again.
    fn touch(&mut self, column: &'a Address) {
        for dependant in self.old.dependants(column).to_vec() {
            match dependant.kind() {
                "view" | "materialized view" | "rule" | "policy" | "trigger" | "function"
                | "procedure" => self.go(dependant),
                "table" if dependant.root().kind() == "publication" => self.go(dependant),
                // A generated column is only made anew.
                "default" if self.is_generated(dependant) && !dependant.is_within(column) => {
                    self.parent_goes(dependant);
                }
                _ => {}
            }
        }
        self.renew_default(column);
        self.renew_checks(column);
    }

    fn is_generated(&self, default: &Address) -> bool {
        self.old.get(default).is_some_and(|one| one.get("generated").is_some())
    }

    /// A default that does not become one of the new type by itself goes, and comes again.
    fn renew_default(&mut self, column: &'a Address) {
        let default = column.child("default", "");
        let (Some(was), Some(is)) = (self.old.get(column), self.new.get(column)) else { return };
        let follows = !converted("c", get(was, "type"), get(is, "type")).contains("::text")
            && self.old.get(&default).map(|one| one.get("expression"))
                == self.new.get(&default).map(|one| one.get("expression"))
            && !self.retyped.contains(column);
        let Some((default, fact)) = self.old.facts.get_key_value(&default) else { return };
        if !follows && fact.get("generated").is_none() {
            self.go(default);
        }
    }

    /// Conditions over the column that are worded for its type go, and come again.
    fn renew_checks(&mut self, column: &'a Address) {
        for dependant in self.old.dependants(column).to_vec() {
            if !matches!(dependant.kind(), "constraint" | "index" | "statistics") {
                continue;
            }
            let (was, is) = (self.old.get(dependant), self.new.get(dependant));
            let worded = was.and_then(|one| one.get("definition"));
            if worded != is.and_then(|one| one.get("definition")) {
                self.go(dependant);
            }
        }
    }

    /// The type is renamed aside and made anew; columns that have it get the new one.
    fn rebuild(&mut self, ty: &'a Address) {
        if !self.rebuilt.insert(ty) {
            return;
        }
        self.altered.remove(ty);
        if let Some((again, _)) = self.new.facts.get_key_value(ty) {
            self.made.insert(again);
        }
        for child in self.old.children(ty).to_vec() {
            self.go_within(child);
        }
        for dependant in self.old.dependants(ty).to_vec() {
            let stays = self.new.get(dependant).is_some();
            match dependant.kind() {
                "column"
                    if stays && matches!(dependant.root().kind(), "table" | "foreign table") =>
                {
                    self.retype(dependant);
                }
                "attribute" if stays => self.rebuild_parent(dependant),
                "domain" | "range" | "type" if stays => self.rebuild(dependant),
                _ => self.go(dependant),
            }
        }
    }

    /// What belongs to a type that is made anew.
    fn go_within(&mut self, child: &'a Address) {
        self.gone.insert(child);
        if let Some((again, _)) = self.new.facts.get_key_value(child) {
            self.made.insert(again);
        }
        for child in self.old.children(child).to_vec() {
            self.go_within(child);
        }
    }

    fn retype(&mut self, column: &'a Address) {
        if self.gone.contains(column) || !self.retyped.insert(column) {
            return;
        }
        let (Some(was), Some(is)) = (self.old.get(column), self.new.get(column)) else { return };
        // The old type has another name by then: values go through their text.
        let mut through = was.clone();
        if let Some((_, ty)) = through.attributes.iter_mut().find(|(name, _)| name == "type") {
            *ty = format!("pg_catalog.unknown{}", if ty.ends_with("[]") { "[]" } else { "" });
        }
        let own = alter_type(Pair { old: Some(&through), new: Some(is) });
        let statements = self.altered.entry(column).or_default();
        statements.retain(|one| !one.contains(" TYPE "));
        statements.splice(0..0, own);
        self.touch(column);
    }

    /// Views whose columns are not those that they had, and perhaps more, are made anew.
    fn views(&mut self) {
        let views: Vec<_> = self
            .old
            .facts
            .keys()
            .copied()
            .filter(|one| matches!(one.kind(), "view" | "materialized view"))
            .collect();
        for view in views {
            if self.new.get(view).is_some() && self.columns_moved(view) {
                self.go(view);
            }
        }
    }

    fn columns_moved(&self, view: &Address) -> bool {
        let columns = |side: &Side<'a>| -> Vec<String> {
            let children = side.children(view).iter().filter(|one| one.kind() == "column");
            children
                .filter_map(|one| side.get(one))
                .map(|one| {
                    format!(
                        "{} {:?} {:?}",
                        one.address.name(),
                        one.get("type"),
                        one.get("collation")
                    )
                })
                .collect()
        };
        let (was, is) = (columns(&self.old), columns(&self.new));
        is.len() < was.len() || is[..was.len()] != was[..]
    }

    /// Types that are made anew for nothing, as they go anyway.
    fn forget_implied_types(&mut self) {
        let gone: Vec<_> =
            self.rebuilt.iter().filter(|one| self.gone.contains(*one)).copied().collect();
        for one in gone {
            self.rebuilt.remove(one);
        }
    }

    /// Whether what happens to a table's part happens through a table that it inherits from.
    pub(super) fn is_inherited(
        &self,
        address: &Address,
        happens: impl Fn(&Address) -> bool,
    ) -> bool {
        let table = address.root();
        if table.kind() != "table"
            || self.gone.contains(&table)
            || self.old.get(&table).is_none()
            || self.new.get(&table).is_none()
        {
            return false;
        }
        let is: Vec<_> = self.new.parents(&table);
        let both = self.old.parents(&table).into_iter().filter(|one| is.contains(one));
        both.into_iter().any(|parent| happens(&address.moved(&parent)))
    }
}

/// The names of the attributes that are not the same on both sides.
fn differing<'f>(was: &'f Fact, is: &'f Fact) -> Vec<&'f str> {
    let names = was.attributes.iter().chain(&is.attributes).map(|(name, _)| name.as_str());
    let mut differing: Vec<&str> = names.filter(|name| was.get(name) != is.get(name)).collect();
    differing.sort_unstable();
    differing.dedup();
    differing
}

/// The statements of an alteration, or how else the change is made.
fn resolved(how: How, pair: Pair<'_>) -> Result<Vec<String>, How> {
    match how {
        How::Alter(alter) => Ok(alter(pair)),
        How::AlterOr(alter) => alter(pair).ok_or(match pair.fact().address.kind() {
            "enum" => How::Rebuild,
            "default" => How::ReplaceParent,
            _ => How::Replace,
        }),
        how => Err(how),
    }
}

fn add_new(statements: &mut Vec<String>, own: Vec<String>) {
    for statement in own {
        if !statements.contains(&statement) {
            statements.push(statement);
        }
    }
}
