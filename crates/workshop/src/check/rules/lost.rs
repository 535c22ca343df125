//! Names that running code uses and that are gone at the end of a file: tables, views, columns.

use strata_sql::Position;

use super::super::production::Production;
use super::super::seen::Note;
use crate::measure::{Column, ColumnChange, Kind, Measured, Meter, Relation};

/// What a statement took away under its name.
#[derive(Debug)]
pub(crate) enum Lost {
    Relation(Relation),
    RelationName(Relation, Relation),
    Column(Relation, Column),
    ColumnName(Relation, Column, Column),
}

/// What of production's names `measured` has taken away, to be judged at the end of the file.
pub(crate) fn of(measured: &Measured, production: &Production) -> Vec<Lost> {
    let queried = |relation: &&Relation| relation.kind.is_queried() && production.has(relation);
    let dropped = measured.dropped.iter().filter(queried).cloned().map(Lost::Relation);
    let renamed = measured.renamed.iter().filter(|(before, _)| queried(&before));
    let renamed = renamed.map(|(old, new)| Lost::RelationName(old.clone(), new.clone()));
    let columns = measured.columns.iter().filter(|(table, _)| queried(&table));
    let columns = columns.filter_map(|(table, change)| match change {
        ColumnChange::Dropped(column) => Some(Lost::Column(table.clone(), column.clone())),
        ColumnChange::Changed(old, new) if old.name != new.name => {
            Some(Lost::ColumnName(table.clone(), old.clone(), new.clone()))
        }
        _ => None,
    });
    let known = |lost: &Lost| match lost {
        Lost::Column(table, column) | Lost::ColumnName(table, column, _) => {
            production.has_column(table, column.number)
        }
        _ => true,
    };
    dropped.chain(renamed).chain(columns).filter(known).collect()
}

/// What there is to say of `lost` now that the file has ended.
pub(crate) fn judge(lost: &Lost, meter: &Meter, production: &Production) -> Option<Note> {
    match lost {
        Lost::Relation(relation) => {
            let replaced = relation.kind != Kind::Table && is_there(meter, relation);
            (!replaced).then(|| dropped(relation, production))
        }
        Lost::RelationName(old, new) => {
            let swapped = production.named(&new.schema, &new.name).is_some();
            let kept = is_there(meter, old) || swapped;
            (!kept).then(|| renamed(old, new))
        }
        Lost::Column(table, column) => {
            let heir = meter.columns(table.oid).iter().find(|now| now.name == column.name);
            let swapped = heir.is_some_and(|heir| production.has_column(table, heir.number));
            (!swapped).then(|| column_dropped(table, column, production))
        }
        Lost::ColumnName(table, old, new) => {
            let still = meter.columns(table.oid).iter().any(|now| now.name == old.name);
            let swapped = production.has_column_named(table, &new.name);
            (!still && !swapped).then(|| column_renamed(table, old, new))
        }
    }
}

fn is_there(meter: &Meter, relation: &Relation) -> bool {
    let same = |now: &Relation| now.schema == relation.schema && now.name == relation.name;
    meter.relations().any(|now| same(now) && now.kind.is_queried())
}

fn dropped(relation: &Relation, production: &Production) -> Note {
    let rule = match relation.kind {
        Kind::View => "ban-drop-view",
        _ => "ban-drop-table",
    };
    let message = format!(
        "the {} {} is dropped: running code that uses it fails from now on, and what it holds is \
         gone; drop it once no code names it",
        relation.kind.word(),
        production.told(relation)
    );
    Note::new(rule, message)
}

fn renamed(old: &Relation, new: &Relation) -> Note {
    let message = format!(
        "{old} is {new} from now on: running code that uses the old name fails; leave a view under \
         it until no code does (CREATE VIEW {old} AS SELECT * FROM {new})"
    );
    Note::new("renaming-table", message)
}

fn column_dropped(table: &Relation, column: &Column, production: &Production) -> Note {
    let message = format!(
        "{}.{} is dropped, of {}: running code that names it fails from now on, a compiled \
         schema.rs too; take it out of the code first, and allow this here once that is deployed",
        table,
        column.name,
        production.told(table)
    );
    Note::new("ban-drop-column", message)
}

fn column_renamed(table: &Relation, old: &Column, new: &Column) -> Note {
    let message = format!(
        "{table}.{} is {} from now on: running code that uses the old name fails; add the new \
         column, write both, and drop the old one later",
        old.name, new.name
    );
    Note::new("renaming-column", message)
}

/// A loss and where it was.
#[derive(Debug)]
pub(crate) struct Placed {
    pub lost: Lost,
    pub position: Position,
}
