//! Tables, indexes and views as a measurement names them.

use std::fmt;

/// What a relation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A table, a partitioned one included.
    Table,
    /// An index.
    Index,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A table of another server.
    ForeignTable,
    /// A sequence.
    Sequence,
}

impl Kind {
    /// The kind that `pg_class.relkind` calls `letter`.
    pub(super) fn of(letter: &str) -> Option<Self> {
        Some(match letter {
            "r" | "p" => Self::Table,
            "i" | "I" => Self::Index,
            "v" => Self::View,
            "m" => Self::MaterializedView,
            "f" => Self::ForeignTable,
            "S" => Self::Sequence,
            _ => return None,
        })
    }

    /// Whether it has columns that applications name.
    pub fn is_queried(self) -> bool {
        !matches!(self, Self::Index | Self::Sequence)
    }

    /// What people call it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Index => "index",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::ForeignTable => "foreign table",
            Self::Sequence => "sequence",
        }
    }
}

/// A table, an index or a view of one database.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Relation {
    /// Its object identifier, which a rewrite or a new name leaves as it is.
    pub oid: u32,
    /// Its schema.
    pub schema: String,
    /// Its name within the schema.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The table that an index is of.
    pub table: Option<u32>,
}

impl fmt::Display for Relation {
    /// The name as people say it: `leads`, but `crm.leads` outside of `public`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.schema.as_str() {
            "public" => f.write_str(&self.name),
            schema => write!(f, "{schema}.{}", self.name),
        }
    }
}

/// A column of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Column {
    /// Its number, which a new name leaves as it is.
    pub number: i16,
    /// Its name.
    pub name: String,
    /// Its type as PostgreSQL writes it, such as `character varying(20)`.
    pub type_name: String,
    /// Whether it refuses NULL.
    pub not_null: bool,
    /// Whether a row that does not name it gets a value: a default, an identity, an expression.
    pub has_default: bool,
    /// Whether it is (part of) the primary key.
    pub is_key: bool,
}
