//! Which tables are there in production, and how large they are.

use std::collections::HashMap;

use super::sizes::{Size, Sizes, bytes, rows};
use crate::measure::{Column, Kind, Meter, Relation};

/// What production has before the migrations that are looked at.
#[derive(Debug)]
pub(crate) struct Production {
    /// By object identifier, under the names that production has for them.
    known: HashMap<u32, Relation>,
    columns: HashMap<u32, Vec<Column>>,
    sizes: Sizes,
    /// From how many bytes on a table counts as large.
    large: u64,
}

impl Production {
    pub(crate) fn new(sizes: Sizes, large: u64) -> Self {
        Self { known: HashMap::new(), columns: HashMap::new(), sizes, large }
    }

    /// From here on what `meter` knows is what is there.
    pub(crate) fn set(&mut self, meter: &Meter) {
        let relations = meter.relations().map(|relation| (relation.oid, relation.clone()));
        self.known = relations.collect();
        let columns = self.known.keys().map(|oid| (*oid, meter.columns(*oid).to_vec()));
        self.columns = columns.collect();
    }

    /// Whether production has `relation`.
    pub(crate) fn has(&self, relation: &Relation) -> bool {
        self.known.contains_key(&relation.oid)
    }

    /// Whether production has the column number `number` of `table`.
    pub(crate) fn has_column(&self, table: &Relation, number: i16) -> bool {
        self.columns(table).iter().any(|column| column.number == number)
    }

    /// Whether production has a column of this name in `table`.
    pub(crate) fn has_column_named(&self, table: &Relation, name: &str) -> bool {
        self.columns(table).iter().any(|column| column.name == name)
    }

    fn columns(&self, table: &Relation) -> &[Column] {
        self.columns.get(&table.oid).map_or(&[], Vec::as_slice)
    }

    /// What production has under this name.
    pub(crate) fn named(&self, schema: &str, name: &str) -> Option<&Relation> {
        let is_it = |known: &&Relation| known.schema == schema && known.name == name;
        self.known.values().find(is_it)
    }

    /// Whether production has `relation`, and it is large or nobody has said how large it is. An
    /// index is as large as its table.
    pub(crate) fn is_large(&self, relation: &Relation) -> bool {
        let Some(known) = self.known.get(&relation.oid) else { return false };
        match (known.kind, known.table.and_then(|table| self.known.get(&table))) {
            (Kind::Index, Some(table)) => self.is_large(table),
            _ => self.size(known).is_none_or(|size| size.bytes >= self.large),
        }
    }

    /// The name of `relation`, and its size where it is known.
    pub(crate) fn told(&self, relation: &Relation) -> String {
        let known = self.known.get(&relation.oid).unwrap_or(relation);
        match self.size(known) {
            Some(size) => format!("{known} ({}, {})", bytes(size.bytes), rows(size.rows)),
            None => known.to_string(),
        }
    }

    fn size(&self, known: &Relation) -> Option<Size> {
        self.sizes.get(&known.schema, &known.name)
    }
}
