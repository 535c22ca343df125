//! The safe way to what would otherwise be done under a lock.

use super::super::super::alter::{Action, Alter, Words};
use super::super::super::seen::Seen;
use super::super::super::way::{Step, Way};
use super::cause::Cause;
use crate::measure::ColumnChange;

pub(super) fn of(seen: &Seen<'_>, cause: Cause) -> Option<Way> {
    match cause {
        Cause::Index => index(&seen.words),
        Cause::UniqueConstraint => unique(&seen.words),
        Cause::PrimaryKey => primary_key(&seen.words),
        Cause::NotNull => not_null(&seen.words),
        Cause::ForeignKey | Cause::Check => not_valid(&seen.words),
        Cause::Reindex => concurrently(&seen.words, 2),
        Cause::Refresh => concurrently(&seen.words, 3),
        Cause::ColumnType => column_type(seen),
        Cause::AddedColumn => added_column(seen),
        Cause::AttachPartition => attach(&seen.words),
        _ => None,
    }
}

/// The statement with CONCURRENTLY before its token number `at`.
fn concurrently(words: &Words<'_>, at: usize) -> Option<Way> {
    Way::whole([Step::outside("concurrently", words.with(at, "CONCURRENTLY"))])
}

fn index(words: &Words<'_>) -> Option<Way> {
    let at = words.position("INDEX")? + 1;
    let named = !words.is(at, "ON");
    match named && !words.is(at, "IF") {
        true => concurrently(words, at)
            .map(|way| with_text(way, "CONCURRENTLY", "CONCURRENTLY IF NOT EXISTS")),
        false => concurrently(words, at),
    }
}

fn with_text(mut way: Way, from: &str, to: &str) -> Way {
    for step in &mut way.steps {
        step.sql = step.sql.replacen(from, to, 1);
    }
    way
}

/// `ADD CONSTRAINT name UNIQUE (…)` as an index and a constraint that uses it.
fn unique(words: &Words<'_>) -> Option<Way> {
    let alter = Alter::of(words)?;
    let (name, definition) = alter.only()?.added_constraint()?;
    let columns = definition.get("UNIQUE".len()..)?.trim();
    by_index(&alter, name, "UNIQUE", columns)
}

fn primary_key(words: &Words<'_>) -> Option<Way> {
    let alter = Alter::of(words)?;
    let action = alter.only()?;
    let (name, definition) = match action.added_constraint() {
        Some(named) => named,
        None => ("", action.text().get("ADD ".len()..)?),
    };
    let columns = definition.find('(').map(|at| definition[at..].trim())?;
    match name {
        "" => by_index(&alter, &format!("{}_pkey", last_name(alter.table)), "PRIMARY KEY", columns),
        name => by_index(&alter, name, "PRIMARY KEY", columns),
    }
}

fn by_index(alter: &Alter<'_, '_>, name: &str, kind: &str, columns: &str) -> Option<Way> {
    if !columns.starts_with('(') || columns.contains("DEFERRABLE") {
        return None;
    }
    let table = alter.table;
    Way::whole([
        Step::outside(
            "index",
            format!("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {table} {columns};"),
        ),
        Step::new(
            "constraint",
            format!("ALTER TABLE {table} ADD CONSTRAINT {name} {kind} USING INDEX {name};"),
        ),
    ])
}

/// `ADD CONSTRAINT …` unchecked, and the check later, under a lock that lets writers through.
fn not_valid(words: &Words<'_>) -> Option<Way> {
    let alter = Alter::of(words)?;
    let table = alter.table;
    let action = alter.only()?;
    if action.opens_with("VALIDATE") {
        return Way::sketch([Step::new(
            "validate",
            format!("ALTER TABLE {table} {}; -- alone in its migration", action.text()),
        )]);
    }
    let (name, definition) = action.added_constraint()?;
    if action.has("NOT VALID") {
        return None;
    }
    Way::whole([
        Step::new(
            "add",
            format!("ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID;"),
        ),
        Step::new("validate", format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name};")),
    ])
}

/// `SET NOT NULL` by way of a constraint that is checked under a lock that lets writers through.
fn not_null(words: &Words<'_>) -> Option<Way> {
    let alter = Alter::of(words)?;
    let table = alter.table;
    let columns: Option<Vec<_>> = alter.actions().map(|action| set_not_null(&action)).collect();
    let columns = columns?;
    let name = |column: &str| format!("{}_not_null", column.trim_matches('"'));
    let quoted = |column: &str| strata_sql::identifier(&name(column));
    let each = |line: &dyn Fn(&str) -> String| {
        columns.iter().map(|column| line(column)).collect::<Vec<_>>().join(",\n    ")
    };
    let add = each(&|column| {
        format!("ADD CONSTRAINT {} CHECK ({column} IS NOT NULL) NOT VALID", quoted(column))
    });
    let validate = each(&|column| format!("VALIDATE CONSTRAINT {}", quoted(column)));
    let set = each(&|column| format!("ALTER COLUMN {column} SET NOT NULL"));
    let drop = each(&|column| format!("DROP CONSTRAINT {}", quoted(column)));
    Way::whole([
        Step::new("add", format!("ALTER TABLE {table}\n    {add};")),
        Step::new("validate", format!("ALTER TABLE {table}\n    {validate};")),
        Step::new(
            "set",
            format!("ALTER TABLE {table}\n    {set};\nALTER TABLE {table}\n    {drop};"),
        ),
    ])
}

fn set_not_null<'a>(action: &Action<'_, 'a>) -> Option<&'a str> {
    action.altered_column().filter(|_| action.has("SET NOT NULL"))
}

fn column_type(seen: &Seen<'_>) -> Option<Way> {
    let (table, before, after) = seen.measured.columns.iter().find_map(|(table, change)| {
        let ColumnChange::Changed(before, after) = change else { return None };
        (before.type_name != after.type_name).then_some((table, before, after))
    })?;
    let (column, type_name) = (strata_sql::identifier(&before.name), &after.type_name);
    let new = strata_sql::identifier(&format!("{}_new", before.name));
    if before.type_name.starts_with("timestamp") && type_name.ends_with("with time zone") {
        return Way::sketch([Step::new(
            "in-utc",
            format!(
                "-- Costs nothing where the values are UTC and the session says so:\n\
                 SET LOCAL TimeZone = 'UTC';\n\
                 ALTER TABLE {table} ALTER COLUMN {column} TYPE {type_name};"
            ),
        )]);
    }
    Way::sketch([
        Step::new(
            "column",
            format!(
                "ALTER TABLE {table} ADD COLUMN {new} {type_name};\n\
                 -- and a trigger that writes both columns"
            ),
        ),
        Step::outside(
            "rows",
            format!("-- in batches: UPDATE {table} SET {new} = {column} WHERE …;"),
        ),
        Step::new(
            "swap",
            format!(
                "ALTER TABLE {table} DROP COLUMN {column};\n\
                 ALTER TABLE {table} RENAME COLUMN {new} TO {column};"
            ),
        ),
    ])
}

fn added_column(seen: &Seen<'_>) -> Option<Way> {
    let (table, column) =
        seen.measured.columns.iter().find_map(|(table, change)| match change {
            ColumnChange::Added(column) => Some((table, column)),
            _ => None,
        })?;
    let name = strata_sql::identifier(&column.name);
    Way::sketch([
        Step::new("column", format!("ALTER TABLE {table} ADD COLUMN {name} {};", column.type_name)),
        Step::new(
            "default",
            format!("ALTER TABLE {table} ALTER COLUMN {name} SET DEFAULT …; -- for new rows"),
        ),
        Step::outside(
            "rows",
            format!("-- in batches: UPDATE {table} SET {name} = … WHERE {name} IS NULL AND …;"),
        ),
    ])
}

fn attach(words: &Words<'_>) -> Option<Way> {
    let at = words.position("ATTACH PARTITION")? + 2;
    let (partition, _) = words.name(at);
    Way::sketch([
        Step::new(
            "bounds",
            format!("ALTER TABLE {partition} ADD CONSTRAINT bounds CHECK (…) NOT VALID;"),
        ),
        Step::new("validate", format!("ALTER TABLE {partition} VALIDATE CONSTRAINT bounds;")),
        Step::new("attach", format!("{};", words.text(0, words.tokens.len()))),
    ])
}

/// A name without what qualifies it, as it can stand before `_pkey`.
fn last_name(table: &str) -> String {
    table.rsplit('.').next().unwrap_or(table).trim_matches('"').to_owned()
}
