//! Looks at a transaction again and again, and says what is new.

use std::collections::HashMap;

use diesel::pg::PgConnection;
use diesel::prelude::*;

use super::lock::{Lock, LockMode};
use super::read::{self, Locked, State};
use super::relation::{Column, Relation};

/// What has happened between two looks at a transaction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Measured {
    /// Locks that were not held before, or not as strongly, indexes and views included.
    pub locks: Vec<Lock>,
    /// Tables and materialized views whose contents were written anew.
    pub rewritten: Vec<Relation>,
    /// Indexes that were there before and were built anew.
    pub rebuilt: Vec<Relation>,
    /// New indexes.
    pub built: Vec<Built>,
    /// Tables that were read from one end to the other.
    pub scanned: Vec<Relation>,
    /// New tables, views and the like.
    pub created: Vec<Relation>,
    /// What was there and is no more.
    pub dropped: Vec<Relation>,
    /// What has another name or schema, before and after.
    pub renamed: Vec<(Relation, Relation)>,
    /// Changes of columns of what was there before and still is.
    pub columns: Vec<(Relation, ColumnChange)>,
}

/// A new index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The index.
    pub index: Relation,
    /// Its table.
    pub table: Relation,
}

/// What became of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnChange {
    /// It is new.
    Added(Column),
    /// It is gone.
    Dropped(Column),
    /// It has another name, type or nullability, before and after.
    Changed(Column, Column),
}

/// Measures what happens on one connection, whose schema nobody else changes meanwhile.
#[derive(Debug)]
pub struct Meter {
    known: HashMap<u32, State>,
    held: HashMap<u32, LockMode>,
}

impl Meter {
    /// A meter of the transaction that `conn` is in. One query, of all relations.
    ///
    /// # Errors
    ///
    /// The catalog cannot be read.
    pub fn start(conn: &mut PgConnection) -> QueryResult<Self> {
        let mut meter = Self { known: read::all(conn)?, held: HashMap::new() };
        meter.look(conn)?;
        Ok(meter)
    }

    /// Goes on in a new transaction of `conn`'s, in which nothing has happened yet.
    ///
    /// # Errors
    ///
    /// The statistics cannot be read.
    pub fn restart(&mut self, conn: &mut PgConnection) -> QueryResult<()> {
        self.held.clear();
        let scans = read::scans(conn)?;
        for (oid, state) in &mut self.known {
            state.scans = scans.get(oid).copied().unwrap_or_default();
        }
        Ok(())
    }

    /// What has happened since the last look, in a time that depends on how much is locked, and
    /// not on how large the schema is.
    ///
    /// # Errors
    ///
    /// The catalog cannot be read, as in a transaction that has failed.
    pub fn look(&mut self, conn: &mut PgConnection) -> QueryResult<Measured> {
        let mut measured = Measured::default();
        let locked = read::locked(conn)?;
        // Tables first, so that a new index finds a new table.
        let (gone, here): (Vec<_>, Vec<_>) = locked.into_iter().partition(|l| l.state.is_none());
        let files: Vec<_> =
            gone.iter().filter_map(|locked| self.known.get(&locked.oid)?.file).collect();
        gone.into_iter().for_each(|locked| self.note_dropped(&locked, &mut measured));
        let (indexes, tables): (Vec<_>, Vec<_>) = here.into_iter().partition(is_index);
        for locked in tables.into_iter().chain(indexes) {
            self.note_lock(&locked, &mut measured);
            if let Some(after) = locked.state {
                self.note_state(&after, &files, &mut measured);
            }
        }
        Ok(measured)
    }

    /// What has changed since the last look, locks and scans left out: for what was done outside
    /// of a transaction, whose locks are gone. One query, of all relations.
    ///
    /// # Errors
    ///
    /// The catalog cannot be read.
    pub fn recount(&mut self, conn: &mut PgConnection) -> QueryResult<Measured> {
        let mut measured = Measured::default();
        let now = read::all(conn)?;
        let gone: Vec<_> =
            self.known.keys().filter(|oid| !now.contains_key(*oid)).copied().collect();
        let gone: Vec<_> = gone.iter().filter_map(|oid| self.known.remove(oid)).collect();
        let files: Vec<_> = gone.iter().filter_map(|state| state.file).collect();
        measured.dropped.extend(gone.into_iter().map(|state| state.relation));
        let (indexes, tables): (Vec<_>, Vec<_>) =
            now.into_values().partition(|state| state.relation.table.is_some());
        for state in tables.iter().chain(&indexes) {
            self.note_state(state, &files, &mut measured);
        }
        measured.scanned.clear();
        Ok(measured)
    }

    /// Everything that is there, as far as it was looked at.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.known.values().map(|state| &state.relation)
    }

    /// The relation `oid`, as it was when it was last looked at.
    pub fn relation(&self, oid: u32) -> Option<&Relation> {
        self.known.get(&oid).map(|state| &state.relation)
    }

    /// The columns of the relation `oid`.
    pub fn columns(&self, oid: u32) -> &[Column] {
        self.known.get(&oid).map_or(&[], |state| &state.columns)
    }

    fn note_dropped(&mut self, locked: &Locked, measured: &mut Measured) {
        // A lock on what was made and dropped between two looks tells nothing.
        let Some(state) = self.known.remove(&locked.oid) else { return };
        self.held.insert(locked.oid, locked.mode);
        measured.locks.push(Lock { relation: state.relation.clone(), mode: locked.mode });
        measured.dropped.push(state.relation);
    }

    fn note_lock(&mut self, locked: &Locked, measured: &mut Measured) {
        let before = self.held.insert(locked.oid, locked.mode);
        if let Some(state) = locked.state.as_ref().filter(|_| before < Some(locked.mode)) {
            measured.locks.push(Lock { relation: state.relation.clone(), mode: locked.mode });
        }
    }

    fn note_state(&mut self, after: &State, dropped: &[u32], measured: &mut Measured) {
        match self.known.insert(after.relation.oid, after.clone()) {
            Some(before) => note_change(&before, after, measured),
            // An index that took over the file of another one was not built: the type of its
            // column has changed in name only.
            None if after.file.is_some_and(|file| dropped.contains(&file)) => {}
            None => self.note_new(after, measured),
        }
    }

    fn note_new(&self, after: &State, measured: &mut Measured) {
        let relation = after.relation.clone();
        match relation.table.and_then(|table| self.relation(table)) {
            Some(table) => measured.built.push(Built { index: relation, table: table.clone() }),
            None => measured.created.push(relation),
        }
    }
}

fn is_index(locked: &Locked) -> bool {
    locked.state.as_ref().is_some_and(|state| state.relation.table.is_some())
}

fn note_change(before: &State, after: &State, measured: &mut Measured) {
    let relation = &after.relation;
    if before.file != after.file {
        let anew = match relation.table {
            Some(_) => &mut measured.rebuilt,
            None => &mut measured.rewritten,
        };
        anew.push(relation.clone());
    }
    if before.scans < after.scans {
        measured.scanned.push(relation.clone());
    }
    if before.relation != *relation {
        measured.renamed.push((before.relation.clone(), relation.clone()));
    }
    let changes = column_changes(&before.columns, &after.columns);
    measured.columns.extend(changes.into_iter().map(|change| (relation.clone(), change)));
}

fn column_changes(before: &[Column], after: &[Column]) -> Vec<ColumnChange> {
    let find = |columns: &[Column], number: i16| {
        columns.iter().find(|column| column.number == number).cloned()
    };
    let gone = before.iter().filter_map(|column| match find(after, column.number) {
        None => Some(ColumnChange::Dropped(column.clone())),
        Some(now) if now != *column => Some(ColumnChange::Changed(column.clone(), now)),
        Some(_) => None,
    });
    let new = after.iter().filter(|column| find(before, column.number).is_none());
    gone.chain(new.map(|column| ColumnChange::Added(column.clone()))).collect()
}
