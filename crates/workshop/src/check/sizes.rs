//! How large tables are.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use crate::error::{Doing, WorkshopError};

/// How large one table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// With indexes and what is stored out of line.
    pub bytes: u64,
    /// As the server estimates it.
    pub rows: u64,
}

impl Size {
    /// The bytes as people say them: `48 GB`.
    pub fn bytes_said(self) -> String {
        bytes(self.bytes)
    }

    /// The rows as people say them: `91 M rows`.
    pub fn rows_said(self) -> String {
        rows(self.rows)
    }
}

/// How large the tables of a database are, by `schema.name`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sizes(BTreeMap<String, Size>);

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

impl Sizes {
    /// The sizes of the database that `conn` is connected to; a partitioned table has those of
    /// its partitions together. One query.
    ///
    /// # Errors
    ///
    /// The catalog cannot be read.
    pub fn of(conn: &mut PgConnection) -> Result<Self, WorkshopError> {
        let rows: Vec<Row> = diesel::sql_query(
            "SELECT n.nspname || '.' || c.relname AS name, \
             coalesce(t.bytes, pg_catalog.pg_total_relation_size(c.oid))::bigint AS bytes, \
             coalesce(t.rows, greatest(c.reltuples, 0))::bigint AS rows \
             FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             LEFT JOIN LATERAL (SELECT sum(pg_catalog.pg_total_relation_size(p.relid)) AS bytes, \
             sum(greatest(l.reltuples, 0)) AS rows FROM pg_catalog.pg_partition_tree(c.oid) p \
             JOIN pg_catalog.pg_class l ON l.oid = p.relid WHERE p.isleaf) t \
             ON c.relkind = 'p' WHERE c.relkind IN ('r', 'm', 'p') \
             AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'",
        )
        .load(conn)
        .doing("read the sizes of the tables")?;
        let size = |row: &Row| Size {
            bytes: row.bytes.try_into().unwrap_or_default(),
            rows: row.rows.try_into().unwrap_or_default(),
        };
        Ok(Self(rows.iter().map(|row| (row.name.clone(), size(row))).collect()))
    }

    /// The size of the table `schema.name`; none where it is not known.
    pub fn get(&self, schema: &str, name: &str) -> Option<Size> {
        self.0.get(&format!("{schema}.{name}")).copied()
    }

    /// Every table, as `schema.name`, and its size.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Size)> {
        self.0.iter().map(|(name, size)| (name.as_str(), *size))
    }

    /// Whether nothing is known of any table.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text of a file that holds them, a table a line: bytes and rows, to two digits, so that
    /// it changes when a table has grown and not every day.
    pub fn to_text(&self) -> String {
        let mut text = "# How large the tables are: bytes, rows, table. Written by `strata sizes \
                        --write-sizes`.\n"
            .to_owned();
        for (name, size) in &self.0 {
            let line =
                writeln!(text, "{} {} {name}", two_digits(size.bytes), two_digits(size.rows));
            // OK because a text takes whatever is written to it.
            line.unwrap_or_default();
        }
        text
    }

    /// The sizes in `text`.
    ///
    /// # Errors
    ///
    /// The number, from 1, of the first line that is none.
    pub fn parse(text: &str) -> Result<Self, usize> {
        let lines = text.lines().enumerate();
        let meant = lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let sizes = meant.map(|(index, line)| {
            let mut words = line.trim().splitn(3, ' ');
            let mut number = || words.next()?.parse::<u64>().ok();
            let size = number().zip(number()).map(|(bytes, rows)| Size { bytes, rows });
            let name = words.next().map(str::to_owned);
            name.zip(size).ok_or(index + 1)
        });
        Ok(Self(sizes.collect::<Result<_, _>>()?))
    }
}

/// `number` with all digits but the first two set to 0.
fn two_digits(number: u64) -> u64 {
    let factor = 10_u64.pow(number.checked_ilog10().unwrap_or(0).saturating_sub(1));
    number / factor * factor
}

/// A number of bytes as people say it: `48 GB`.
pub(crate) fn bytes(number: u64) -> String {
    scaled(number, 1024, &["bytes", "kB", "MB", "GB", "TB", "PB"])
}

/// A number of rows as people say it: `91 M rows`.
pub(crate) fn rows(number: u64) -> String {
    match number {
        1 => "1 row".to_owned(),
        0..1_000 => format!("{number} rows"),
        _ => format!("{} rows", scaled(number, 1000, &["", "k", "M", "G", "T", "P"])),
    }
}

fn scaled(number: u64, base: u64, units: &[&str]) -> String {
    let mut rest = number;
    let mut unit = 0;
    while rest >= base && unit + 1 < units.len() {
        rest /= base;
        unit += 1;
    }
    format!("{rest} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_sizes_is_read_as_it_was_written() {
        let sizes = [("public.leads", 51_539_607_552, 91_234_567), ("größe.a b", 8192, 4)]
            .map(|(name, bytes, rows)| (name.to_owned(), Size { bytes, rows }));
        let text = Sizes(sizes.into()).to_text();
        assert!(text.contains("8100 4 größe.a b\n51000000000 91000000 public.leads"), "{text}");
        let read = Sizes::parse(&text).unwrap();
        assert_eq!(read.get("größe", "a b"), Some(Size { bytes: 8100, rows: 4 }));
        assert_eq!(Sizes::parse("# x\n\n12 public.leads"), Err(3));
    }

    #[test]
    fn sizes_are_said_in_words() {
        assert_eq!(bytes(51_539_607_552), "48 GB");
        assert_eq!(bytes(12), "12 bytes");
        assert_eq!(rows(91_234_567), "91 M rows");
        assert_eq!(rows(4), "4 rows");
        assert_eq!(rows(1), "1 row");
    }
}
