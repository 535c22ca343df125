//! The statements that turn one list of facts into another, in an order that runs.

use std::collections::{HashMap, HashSet};

use super::change::Changes;
use super::graph::{Graph, Verb};
use super::others::grant;
use super::privileges::born;
use super::reparse::reparsable;
use super::rule::Pair;
use super::rules::rule_of;
use super::statement::Statement;
use super::tables::{column, column_settings};
use super::types::attribute;
use super::written::get;
use crate::error::SchemaError;
use crate::facts::{Address, Fact, Facts};

/// The statements that turn one database into another.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// In the order in which they run.
    pub statements: Vec<Statement>,
}

/// The plan that turns the database of `old` into that of `new`. Nothing of it reads a database.
///
/// # Errors
///
/// There is something that cannot be modelled, or the statements cannot be ordered.
pub fn plan(old: &Facts, new: &Facts) -> Result<Plan, SchemaError> {
    let changes = Changes::new(&old.facts, &new.facts);
    if !changes.unknown.is_empty() {
        return Err(SchemaError::NotModelled { facts: changes.unknown });
    }
    let mut apart = HashSet::new();
    loop {
        match Draft::new(&changes, &apart).sorted() {
            Ok(statements) => return Ok(Plan { statements: finished(statements) }),
            Err(cycle) => match cycle
                .iter()
                .find(|one| can_stand_apart(one, &changes) && !apart.contains(*one))
            {
                Some(one) => apart.insert(one.clone()),
                None => {
                    return Err(SchemaError::Cycle {
                        facts: cycle.iter().map(ToString::to_string).collect(),
                    });
                }
            },
        };
    }
}

/// A default that need not be part of its table's creation, a key that need not go with its table.
fn can_stand_apart(address: &Address, changes: &Changes<'_>) -> bool {
    let fact = changes.new.get(address).or_else(|| changes.old.get(address));
    fact.is_some_and(|fact| match address.kind() {
        "default" => fact.get("generated").is_none(),
        "constraint" => fact.get("kind") == Some("f"),
        _ => false,
    })
}

fn finished(statements: Vec<Statement>) -> Vec<Statement> {
    let with_body = |one: &Statement| {
        ["CREATE OR REPLACE FUNCTION", "CREATE OR REPLACE PROCEDURE"]
            .iter()
            .any(|head| one.sql.starts_with(head))
    };
    match statements.iter().any(with_body) {
        // Bodies may name what comes later.
        true => std::iter::once(Statement {
            sql: "SET check_function_bodies = off".to_owned(),
            loss: None,
        })
        .chain(statements)
        .collect(),
        false => statements,
    }
}

/// The actions on their way into an order.
struct Draft<'a, 'c> {
    changes: &'c Changes<'a>,
    apart: &'c HashSet<Address>,
    graph: Graph,
    /// Which node drops, alters or creates a fact: its own, or that of what it is part of.
    nodes: HashMap<(&'a Address, Verb), usize>,
}

impl<'a, 'c> Draft<'a, 'c> {
    fn new(changes: &'c Changes<'a>, apart: &'c HashSet<Address>) -> Self {
        let mut draft = Self { changes, apart, graph: Graph::default(), nodes: HashMap::new() };
        draft.drops();
        draft.alters();
        draft.creates();
        draft.order();
        draft
    }

    fn sorted(self) -> Result<Vec<Statement>, Vec<Address>> {
        self.graph.sorted()
    }

    fn node(
        &mut self,
        address: &'a Address,
        verb: Verb,
        place: usize,
        mut statements: Vec<Statement>,
    ) {
        let has_body = matches!(address.kind(), "function" | "procedure" | "comment");
        for statement in statements.iter_mut().filter(|_| !has_body) {
            statement.sql = reparsable(&statement.sql);
        }
        let node = self.graph.add(address.clone(), verb, place, statements);
        self.nodes.insert((address, verb), node);
    }

    fn drops(&mut self) {
        self.asides();
        let changes = self.changes;
        let mut gone: Vec<&Address> = changes.gone.iter().copied().collect();
        gone.sort_by_key(|one| changes.old.order[one]);
        for address in gone {
            if self.nodes.contains_key(&(address, Verb::Drop)) {
                continue;
            }
            let owner = self.goes_with(address);
            if let Some(node) = owner.and_then(|one| self.nodes.get(&(one, Verb::Drop)).copied()) {
                self.nodes.insert((address, Verb::Drop), node);
                self.graph.absorb(node, address.clone());
                continue;
            }
            let fact = changes.old.facts[address];
            let implied = self.drop_is_implied(fact);
            let sqls = match rule_of(fact) {
                Some(rule) if !implied => (rule.drop)(fact),
                _ => Vec::new(),
            };
            let loss = lost(fact).filter(|_| !sqls.is_empty() && !is_only_remade(changes, address));
            let mut statements: Vec<_> =
                sqls.into_iter().map(|sql| Statement { sql, loss: loss.clone() }).collect();
            statements.extend(self.granted_again(fact));
            let place = usize::MAX / 2 - changes.old.order[address];
            self.node(address, Verb::Drop, place, statements);
        }
    }

    /// Types that are made anew are renamed first, and dropped when no column has them any more.
    fn asides(&mut self) {
        let changes = self.changes;
        let mut types: Vec<&Address> = changes.rebuilt.iter().copied().collect();
        types.sort_by_key(|one| changes.old.order[one]);
        for (number, address) in types.into_iter().enumerate() {
            let fact = changes.old.facts[address];
            let aside = format!("strata_aside_{}", number + 1);
            let schema = address.name().split('.').next().unwrap_or_default();
            let plain = |sql: String| vec![Statement { sql, loss: None }];
            let place = changes.old.order[address];
            self.node(
                address,
                Verb::Aside,
                place,
                plain(format!("ALTER {} RENAME TO {aside}", fact.phrase)),
            );
            let word = fact.phrase.split(' ').next().unwrap_or("TYPE");
            self.node(address, Verb::Drop, place, plain(format!("DROP {word} {schema}.{aside}")));
            for child in changes
                .old
                .facts
                .keys()
                .copied()
                .filter(|one| one.is_within(address) && *one != address)
            {
                let node = self.nodes[&(address, Verb::Aside)];
                self.nodes.insert((child, Verb::Drop), node);
            }
        }
    }

    /// What takes the fact along when it is dropped.
    fn goes_with(&self, address: &'a Address) -> Option<&'a Address> {
        // A server is not dropped while it has user mappings.
        if self.apart.contains(address) || address.kind() == "user mapping" {
            return None;
        }
        let old = &self.changes.old;
        let owned =
            old.get(&address.child("owned by", "")).filter(|_| address.kind() == "sequence");
        let on = owned.and_then(|owned| {
            owned.depends.iter().find(|on| self.changes.gone.contains(on) && on.kind() == "column")
        });
        if let Some((on, _)) = on.and_then(|on| old.facts.get_key_value(on)) {
            return Some(on);
        }
        let parent = address.parent()?;
        let (parent, _) = old.facts.get_key_value(&parent)?;
        (self.changes.gone.contains(parent) || self.changes.rebuilt.contains(parent))
            .then_some(*parent)
    }

    /// Whether the server drops the fact when it does something else of the plan.
    fn drop_is_implied(&self, fact: &Fact) -> bool {
        let changes = self.changes;
        let address = &fact.address;
        match address.kind() {
            "column" => changes.is_inherited(address, |one| changes.gone.contains(one)),
            "constraint" if fact.get("parent").is_some() => {
                changes.is_inherited(address, |one| changes.gone.contains(one))
            }
            "constraint" | "index" => {
                let attached = match address.kind() {
                    "index" => address.child("attached", ""),
                    _ => address.child("index", "").child("attached", ""),
                };
                let attached = changes.old.get(&attached);
                attached.is_some_and(|one| one.depends.iter().any(|on| changes.gone.contains(on)))
            }
            "trigger" => fact.get("of partition").is_some(),
            _ => false,
        }
    }

    /// Privileges on columns that go when the same one on the table is revoked, and are to stay.
    fn granted_again(&self, fact: &Fact) -> Vec<Statement> {
        let table = fact
            .address
            .parent()
            .filter(|_| fact.address.kind() == "grant" && fact.get("default for").is_none());
        let Some(table) = table.filter(|one| one.parent().is_none()) else { return Vec::new() };
        let new = &self.changes.new;
        let columns = new.children(&table).iter().filter(|one| one.kind() == "column");
        columns
            .map(|column| column.child("grant", fact.address.name()))
            .filter(|one| self.changes.old.get(one).is_some())
            .filter_map(|one| new.get(&one))
            .flat_map(grant)
            .map(|sql| Statement { sql, loss: None })
            .collect()
    }

    fn alters(&mut self) {
        let changes = self.changes;
        let mut altered: Vec<&Address> = changes.altered.keys().copied().collect();
        altered.sort_by_key(|one| changes.old.order[one]);
        for address in altered {
            if changes.gone.contains(address) || self.follows_its_table(address) {
                continue;
            }
            let own = &changes.altered[address];
            let kept = own.iter().filter(|sql| {
                let typed =
                    changes.new.get(&address.root()).is_some_and(|one| one.get("of").is_some());
                if typed && sql.contains(" TYPE ") {
                    return false;
                }
                let through_parent = (sql.contains(" TYPE ") || sql.ends_with(" NOT NULL"))
                    && address.kind() == "column";
                !(through_parent
                    && changes.is_inherited(address, |one| {
                        changes.altered.get(one).is_some_and(|parents| {
                            parents.iter().any(|other| same_alteration(sql, other))
                        })
                    }))
            });
            let statements = kept.map(|sql| Statement { sql: sql.clone(), loss: None }).collect();
            self.node(address, Verb::Alter, changes.old.order[address], statements);
        }
    }

    /// Whether the fact is the owner of a sequence that a column owns: its table's is its own.
    fn follows_its_table(&self, address: &Address) -> bool {
        let owned = address.root().child("owned by", "");
        address.kind() == "owner"
            && address.root().kind() == "sequence"
            && self.changes.old.get(&owned).is_some()
            && self.changes.new.get(&owned).is_some()
    }

    fn creates(&mut self) {
        let changes = self.changes;
        let born = born(changes);
        let mut made: Vec<&Address> = changes.made.iter().copied().collect();
        made.sort_by_key(|one| changes.new.order[one]);
        for address in made {
            if let Some(node) = self.comes_with(address) {
                self.nodes.insert((address, Verb::Create), node);
                self.graph.absorb(node, address.clone());
                continue;
            }
            let fact = changes.new.facts[address];
            let mut sqls = match born.given.contains(address) {
                true => Vec::new(),
                false => self.creation(fact),
            };
            for (_, undone) in born.undone.iter().filter(|(one, _)| *one == address) {
                sqls.extend(undone.iter().cloned());
            }
            let statements = sqls.into_iter().map(|sql| Statement { sql, loss: None }).collect();
            self.node(address, Verb::Create, changes.new.order[address], statements);
        }
    }

    /// The node that creates the fact along with what it belongs to.
    fn comes_with(&self, address: &'a Address) -> Option<usize> {
        let with = match address.kind() {
            "column" | "attribute" => address.parent()?,
            "default" | "identity" if !self.apart.contains(address) => address.parent()?,
            _ => return None,
        };
        let (with, _) = self.changes.new.facts.get_key_value(&with)?;
        if self.changes.rebuilt.contains(with) {
            return self.nodes.get(&(*with, Verb::Create)).copied();
        }
        let node = self.nodes.get(&(*with, Verb::Create)).copied()?;
        let is_table = matches!(address.root().kind(), "table" | "foreign table" | "type");
        // What a view's column has, and what inherited columns have of their own, follows.
        let own = is_table && self.is_written(address);
        own.then_some(node)
    }

    /// Whether the creation of a table or column writes this part.
    fn is_written(&self, address: &Address) -> bool {
        let column = match address.kind() {
            "default" | "identity" => address.parent(),
            _ => Some(address.clone()),
        };
        let fact = column.and_then(|one| self.changes.new.get(&one));
        let table = self.changes.new.get(&address.root());
        let typed = table.is_some_and(|one| one.get("of").is_some());
        fact.is_some_and(|one| {
            (one.get("inherited").is_none() && !typed)
                || matches!(address.kind(), "column" | "attribute")
        })
    }

    fn creation(&self, fact: &Fact) -> Vec<String> {
        let changes = self.changes;
        let address = &fact.address;
        let Some(rule) = rule_of(fact) else { return Vec::new() };
        match (address.root().kind(), address.kind()) {
            ("table" | "foreign table", "table" | "foreign table") => {
                self.table(fact, (rule.create)(fact))
            }
            ("type", "type") => {
                let parts =
                    changes.new.children(address).iter().filter(|one| one.kind() == "attribute");
                let list: Vec<_> =
                    parts.filter_map(|one| changes.new.get(one)).map(attribute).collect();
                vec![format!("CREATE {} AS ({})", fact.phrase, list.join(", "))]
            }
            ("table" | "foreign table", "column") => {
                if changes.is_inherited(address, |one| changes.made.contains(one)) {
                    return self.beyond_parent(fact);
                }
                let text = self.column(fact);
                let mut sqls: Vec<_> = (rule.create)(fact)
                    .into_iter()
                    .map(|sql| sql.replacen("{}", &text, 1))
                    .collect();
                sqls.extend(column_settings(fact));
                sqls
            }
            (_, "constraint")
                if fact.get("parent").is_some() || fact.get("inherited").is_some() =>
            {
                let comes = changes.is_inherited(address, |one| changes.made.contains(one));
                let inherits = fact.get("inherited").is_some();
                if comes || inherits { Vec::new() } else { (rule.create)(fact) }
            }
            (_, "default" | "identity") => {
                let same_above = changes.is_inherited(address, |one| {
                    one.parent().is_some_and(|column| changes.made.contains(&column))
                        && changes
                            .new
                            .get(one)
                            .is_some_and(|above| above.attributes == fact.attributes)
                });
                if same_above { Vec::new() } else { (rule.create)(fact) }
            }
            _ => (rule.create)(fact),
        }
    }

    /// What a column has that came through a table that is inherited from, beyond that.
    fn beyond_parent(&self, fact: &Fact) -> Vec<String> {
        let parents = self.changes.new.parents(&fact.address.root());
        let above =
            parents.iter().find_map(|parent| self.changes.new.get(&fact.address.moved(parent)));
        let Some(above) = above else { return Vec::new() };
        let pair = Pair { old: Some(above), new: Some(fact) };
        let mut sqls = Vec::new();
        if above.get("not null").is_none() && fact.get("not null").is_some() {
            if let Some(super::rule::How::Alter(alter)) =
                rule_of(fact).map(|rule| rule.how("not null"))
            {
                sqls.extend(alter(pair));
            }
        }
        let default = self.changes.new.get(&fact.address.child("default", ""));
        let default_above = self.changes.new.get(&above.address.child("default", ""));
        match (default_above, default) {
            (Some(above), None) if above.get("generated").is_none() => {
                sqls.extend(super::tables::drop_default(fact));
            }
            (above, Some(own)) if above.map(|one| &one.attributes) != Some(&own.attributes) => {
                sqls.extend(super::tables::set_default(own));
            }
            _ => {}
        }
        sqls
    }

    fn table(&self, fact: &Fact, mut statements: Vec<String>) -> Vec<String> {
        let new = &self.changes.new;
        let columns: Vec<_> = new
            .children(&fact.address)
            .iter()
            .filter(|one| one.kind() == "column")
            .filter_map(|one| new.get(one))
            .collect();
        let typed = fact.get("of").is_some();
        let own: Vec<_> =
            columns.iter().filter(|one| one.get("inherited").is_none() && !typed).collect();
        let list: Vec<_> = own.iter().map(|one| format!("\n    {}", self.column(one))).collect();
        let text = if list.is_empty() { String::new() } else { format!("{}\n", list.join(",")) };
        if let Some(first) = statements.first_mut() {
            *first = first.replacen("{}", &text, 1);
        }
        for column in columns {
            if (column.get("inherited").is_some() || typed) && column.get("not null").is_some() {
                let above = new.parents(&fact.address);
                let given = above.iter().any(|parent| {
                    new.get(&column.address.moved(parent))
                        .is_some_and(|one| one.get("not null").is_some())
                });
                if !given {
                    statements.push(format!(
                        "ALTER TABLE {} ALTER COLUMN {} SET NOT NULL",
                        fact.address.name(),
                        column.address.name()
                    ));
                }
            }
            statements.extend(column_settings(column));
        }
        statements
    }

    fn column(&self, fact: &Fact) -> String {
        let new = &self.changes.new;
        let part = |kind: &str| {
            let address = fact.address.child(kind, "");
            new.get(&address).filter(|_| !self.apart.contains(&address))
        };
        column(fact, part("default"), part("identity"))
    }

    /// What must run before what.
    fn order(&mut self) {
        let changes = self.changes;
        let mut edges = Vec::new();
        for (&(address, verb), &node) in &self.nodes {
            match verb {
                Verb::Create => self.before_creation(changes.new.facts[address], node, &mut edges),
                Verb::Alter => self.around_alteration(address, node, &mut edges),
                Verb::Drop | Verb::Aside => self.after_drop(address, verb, node, &mut edges),
            }
        }
        self.names(&mut edges);
        for (before, after) in edges {
            self.graph.edge(before, after);
        }
    }

    /// The nodes of what must be there: created, altered, or made anew.
    fn ready(&self, on: &Address) -> Vec<usize> {
        let key = self.changes.new.facts.get_key_value(on).map(|(key, _)| *key);
        let Some(key) = key else { return Vec::new() };
        [Verb::Create, Verb::Alter]
            .iter()
            .filter_map(|verb| self.nodes.get(&(key, *verb)).copied())
            .collect()
    }

    fn before_creation(&self, fact: &'a Fact, node: usize, edges: &mut Vec<(usize, usize)>) {
        let address = &fact.address;
        let mut needed: Vec<Address> = fact.depends.clone();
        needed.extend(address.parent());
        if let Some(schema) = address.root().name().split_once('.').map(|(schema, _)| schema) {
            needed.push(Address::new(vec!["schema".to_owned(), schema.to_owned()]));
        }
        if address.kind() == "partition" {
            needed.extend(
                self.changes
                    .new
                    .facts
                    .keys()
                    .filter(|one| {
                        one.root() == address.root()
                            && matches!(one.kind(), "column" | "constraint" | "index")
                    })
                    .map(|one| (*one).clone()),
            );
        }
        if address.kind() == "owned by" {
            // Both must have one owner by then.
            needed.push(address.root().child("owner", ""));
            needed.extend(fact.depends.iter().map(|on| on.root().child("owner", "")));
        }
        if address.kind() == "attached" {
            needed.push(address.root().child("partition", ""));
        }
        for on in needed {
            edges.extend(self.ready(&on).into_iter().map(|before| (before, node)));
        }
        // What inherits its part comes after what it inherits from.
        for parent in self.changes.new.parents(&address.root()) {
            if address.parent().is_some() {
                edges.extend(
                    self.ready(&address.moved(&parent)).into_iter().map(|before| (before, node)),
                );
            }
        }
        for verb in [Verb::Drop, Verb::Aside] {
            let same = self
                .nodes
                .get(&(address, verb))
                .filter(|_| !(verb == Verb::Drop && self.changes.rebuilt.contains(address)));
            edges.extend(same.map(|before| (*before, node)));
        }
    }

    fn around_alteration(
        &self,
        address: &'a Address,
        node: usize,
        edges: &mut Vec<(usize, usize)>,
    ) {
        let changes = self.changes;
        let (old, new) = (changes.old.facts[address], changes.new.facts[address]);
        let mut needed: Vec<Address> = new.depends.clone();
        needed.extend(address.parent());
        needed.extend(
            changes
                .new
                .parents(&address.root())
                .iter()
                .filter(|_| address.parent().is_some())
                .map(|parent| address.moved(parent)),
        );
        for on in &needed {
            edges.extend(self.ready(on).into_iter().map(|before| (before, node)));
        }
        for on in &old.depends {
            if let Some((on, _)) = changes.old.facts.get_key_value(on) {
                edges.extend(self.nodes.get(&(*on, Verb::Drop)).map(|after| (node, *after)));
                edges.extend(self.nodes.get(&(*on, Verb::Aside)).map(|before| (*before, node)));
            }
        }
    }

    /// What goes, goes before what it needs goes or is altered.
    fn after_drop(
        &self,
        address: &'a Address,
        verb: Verb,
        node: usize,
        edges: &mut Vec<(usize, usize)>,
    ) {
        let changes = self.changes;
        let fact = changes.old.facts[address];
        let mut needed: Vec<Address> = fact.depends.clone();
        needed.extend(address.parent());
        for on in &needed {
            let Some((on, _)) = changes.old.facts.get_key_value(on) else { continue };
            let rebuilt = changes.rebuilt.contains(on);
            for after in [Verb::Drop, Verb::Alter, Verb::Aside] {
                let Some(other) = self.nodes.get(&(*on, after)).copied() else { continue };
                let skip =
                    verb == Verb::Drop && changes.rebuilt.contains(address) && after == Verb::Aside;
                let for_nothing = verb == Verb::Aside && after == Verb::Drop && !rebuilt;
                if !skip && !for_nothing {
                    edges.push((node, other));
                }
            }
        }
    }

    /// A name is free before it is taken again.
    fn names(&self, edges: &mut Vec<(usize, usize)>) {
        let mut freed: HashMap<String, Vec<usize>> = HashMap::new();
        for (&(address, verb), &node) in &self.nodes {
            let frees = verb == Verb::Aside
                || (verb == Verb::Drop && !self.changes.rebuilt.contains(address));
            if frees {
                for name in names(self.changes.old.facts[address]) {
                    freed.entry(name).or_default().push(node);
                }
            }
        }
        for (&(address, verb), &node) in &self.nodes {
            if verb == Verb::Create {
                for name in names(self.changes.new.facts[address]) {
                    edges.extend(
                        freed.get(&name).into_iter().flatten().map(|before| (*before, node)),
                    );
                }
            }
        }
    }
}

/// Whether two statements do the same to a column, each of its own table.
fn same_alteration(one: &str, other: &str) -> bool {
    let tail = |sql: &str| sql.split_once(" ALTER COLUMN ").map(|(_, tail)| tail.to_owned());
    tail(one) == tail(other)
}

/// The names that a thing takes, each with the space that it is taken in.
fn names(fact: &Fact) -> Vec<String> {
    let name = fact.address.name();
    match fact.address.kind() {
        "table" | "view" | "materialized view" | "foreign table"
            if fact.address.parent().is_none() =>
        {
            vec![format!("relation {name}"), format!("type {name}")]
        }
        "type" => vec![format!("relation {name}"), format!("type {name}")],
        "sequence" => vec![format!("relation {name}")],
        "identity" => vec![format!("relation {}", get(fact, "sequence"))],
        "index" => vec![format!("relation {}", fact.phrase.trim_start_matches("INDEX "))],
        "enum" | "domain" | "range" | "base type" | "shell type" => vec![format!("type {name}")],
        "function" | "procedure" | "aggregate" => vec![format!("routine {name}")],
        "constraint" => vec![format!("constraint {} {name}", fact.address.root())],
        _ => Vec::new(),
    }
}

/// What dropping the fact loses.
fn lost(fact: &Fact) -> Option<String> {
    let stored = matches!(fact.address.root().kind(), "table");
    match fact.address.kind() {
        "table" if fact.address.parent().is_none() => Some(fact.address.to_string()),
        "column" if stored => Some(fact.address.to_string()),
        "sequence" => Some(fact.address.to_string()),
        _ => None,
    }
}

/// Whether all that goes can be had again: a generated column.
fn is_only_remade(changes: &Changes<'_>, address: &Address) -> bool {
    let generated = |side: &super::change::Side<'_>| {
        side.get(&address.child("default", "")).is_some_and(|one| one.get("generated").is_some())
    };
    generated(&changes.old) && changes.made.contains(address)
}
