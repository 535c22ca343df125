//! The rows that migrations have put into their tables, as text.

use std::collections::{BTreeMap, BTreeSet};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Nullable, Text};
use strata_sql::identifier;

use crate::error::{Doing, WorkshopError};

/// The rows of every table that has some, by the table's name as SQL writes it, and where the
/// sequences are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    tables: BTreeMap<String, Table>,
    sequences: BTreeMap<String, i64>,
}

/// The rows of a table, in the order in which they lie there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Option<String>>>,
}

/// Columns whose values are others at each run, by table and column.
pub(crate) type Volatile = BTreeSet<(String, String)>;

#[derive(QueryableByName)]
struct TableRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Array<Text>)]
    columns: Vec<String>,
}

#[derive(QueryableByName)]
struct ValueRow {
    #[diesel(sql_type = Array<Nullable<Text>>)]
    row: Vec<Option<String>>,
}

#[derive(QueryableByName)]
struct SequenceRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Tables of the application's with the columns that can be written, without those of extensions
/// and the ledger.
const TABLES: &str = "
    SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
        ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid
            AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ '^pg_'
        AND n.nspname <> 'information_schema' AND c.relname <> $1
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_class'::regclass
            AND d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1";

const SEQUENCES: &str = "
    SELECT pg_catalog.format('%I.%I', s.schemaname, s.sequencename) AS name, s.last_value AS value
    FROM pg_catalog.pg_sequences s WHERE s.last_value IS NOT NULL
        AND s.sequencename <> $1 || '_id_seq' ORDER BY 1";

impl Rows {
    /// The rows in the database of `conn`, without those of the table `ledger`.
    pub(crate) fn read(conn: &mut PgConnection, ledger: &str) -> Result<Self, WorkshopError> {
        let tables: Vec<TableRow> = diesel::sql_query(TABLES)
            .bind::<Text, _>(ledger)
            .load(conn)
            .doing("list the tables of a scratch database")?;
        let mut all = Self::default();
        for table in tables {
            if let Some((name, table)) = read_table(conn, table)? {
                all.tables.insert(name, table);
            }
        }
        let sequences: Vec<SequenceRow> = diesel::sql_query(SEQUENCES)
            .bind::<Text, _>(ledger)
            .load(conn)
            .doing("look at the sequences of a scratch database")?;
        all.sequences = sequences.into_iter().map(|row| (row.name, row.value)).collect();
        Ok(all)
    }

    /// The columns whose values differ between this build and `other` of the same migrations.
    pub(crate) fn volatile(&self, other: &Self) -> Volatile {
        let mut volatile = Volatile::new();
        for (name, table) in &self.tables {
            let Some(again) = other.tables.get(name) else { continue };
            for (index, column) in table.columns.iter().enumerate() {
                let pairs = table.rows.iter().zip(&again.rows);
                let differs = pairs.into_iter().any(|(a, b)| a.get(index) != b.get(index));
                if differs {
                    volatile.insert((name.clone(), column.clone()));
                }
            }
        }
        volatile
    }

    /// How these rows differ from those of `other`, a line a table or a sequence; `volatile`
    /// columns are not looked at.
    pub(crate) fn difference(&self, other: &Self, volatile: &Volatile) -> Vec<String> {
        let names: BTreeSet<_> = self.tables.keys().chain(other.tables.keys()).collect();
        let tables = names.into_iter().flat_map(|name| {
            let of = |rows: &Self| rows.lines(name, volatile);
            let (left, right) = (of(self), of(other));
            let gone = only_in(&left, &right).map(|row| format!("- row of {name}: {row}"));
            let new = only_in(&right, &left).map(|row| format!("+ row of {name}: {row}"));
            gone.chain(new).collect::<Vec<_>>()
        });
        let tables: Vec<_> = tables.collect();
        tables.into_iter().chain(self.sequence_difference(other)).collect()
    }

    fn sequence_difference(&self, other: &Self) -> Vec<String> {
        let names: BTreeSet<_> = self.sequences.keys().chain(other.sequences.keys()).collect();
        let shown = |value: Option<&i64>| value.map_or("not used".to_owned(), i64::to_string);
        let of = |name: &String| (self.sequences.get(name), other.sequences.get(name));
        let differing = names.into_iter().filter(|name| of(name).0 != of(name).1);
        differing
            .map(|name| {
                let (left, right) = of(name);
                format!("- sequence {name}: {} (+ {})", shown(left), shown(right))
            })
            .collect()
    }

    /// The rows of the table `name`, sorted, without `volatile` columns.
    fn lines(&self, name: &str, volatile: &Volatile) -> Vec<String> {
        let Some(table) = self.tables.get(name) else { return Vec::new() };
        let stays = |column: &&String| !volatile.contains(&(name.to_owned(), (*column).clone()));
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "NULL".to_owned());
        let line = |row: &Vec<Option<String>>| {
            let pairs = table.columns.iter().zip(row).filter(|(column, _)| stays(column));
            pairs
                .map(|(column, of)| format!("{column} {}", value(of)))
                .collect::<Vec<_>>()
                .join(", ")
        };
        let mut lines: Vec<_> = table.rows.iter().map(line).collect();
        lines.sort();
        lines
    }
}

fn read_table(
    conn: &mut PgConnection,
    table: TableRow,
) -> Result<Option<(String, Table)>, WorkshopError> {
    let TableRow { name, columns } = table;
    let texts: Vec<_> =
        columns.iter().map(|column| format!("{}::text", identifier(column))).collect();
    let query =
        format!("SELECT ARRAY[{}]::text[] AS row FROM ONLY {name} ORDER BY ctid", texts.join(", "));
    let rows: Vec<ValueRow> =
        diesel::sql_query(query).load(conn).doing("read the rows of a scratch database")?;
    let rows: Vec<_> = rows.into_iter().map(|row| row.row).collect();
    Ok((!rows.is_empty()).then_some((name, Table { columns, rows })))
}

/// The lines of `left`, sorted, that `right`, sorted, does not have as often.
fn only_in<'a>(left: &'a [String], right: &'a [String]) -> impl Iterator<Item = &'a String> {
    let mut rest = right.iter().peekable();
    left.iter().filter(move |line| {
        while rest.next_if(|other| other < line).is_some() {}
        rest.next_if(|other| other == line).is_none()
    })
}
