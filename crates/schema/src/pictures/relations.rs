//! Which table refers to which.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Table;

/// The foreign keys of some tables, by the places of the tables in their list.
#[derive(Debug, Clone, Default)]
pub struct Relations {
    /// In the order of the tables and of their constraints.
    pub all: Vec<Relation>,
    tables: usize,
}

/// One foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// The table that refers.
    pub from: usize,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table that is referred to.
    pub to: usize,
    /// The columns of its key.
    pub key: Vec<String>,
    /// Whether a row may refer to none.
    pub optional: bool,
    /// Whether no two rows may refer to the same.
    pub unique: bool,
}

impl Relations {
    /// The foreign keys of `tables`. Those to a table that is not among them are left out.
    pub fn of(tables: &[Table]) -> Self {
        let places: BTreeMap<_, _> = tables
            .iter()
            .enumerate()
            .map(|(place, table)| ((table.schema.as_str(), table.name.as_str()), place))
            .collect();
        let mut all = Vec::new();
        for (from, table) in tables.iter().enumerate() {
            for (own, reference) in table.foreign_keys() {
                let name = (reference.schema.as_str(), reference.table.as_str());
                all.extend(places.get(&name).map(|to| Relation {
                    from,
                    columns: own.columns.clone(),
                    to: *to,
                    key: reference.columns.clone(),
                    optional: is_optional(table, &own.columns),
                    unique: table.is_unique(&own.columns),
                }));
            }
        }
        Self { all, tables: tables.len() }
    }

    /// How many tables there are.
    pub(super) fn tables(&self) -> usize {
        self.tables
    }

    /// The tables that each table is referred to by, itself apart.
    pub fn referrers(&self) -> Vec<BTreeSet<usize>> {
        let mut referrers = vec![BTreeSet::new(); self.tables];
        for relation in self.all.iter().filter(|relation| relation.from != relation.to) {
            referrers[relation.to].insert(relation.from);
        }
        referrers
    }
}

fn is_optional(table: &Table, columns: &[String]) -> bool {
    let own = |column: &String| table.columns.iter().find(|own| own.name == *column);
    columns.iter().filter_map(own).any(|column| column.nullable)
}
