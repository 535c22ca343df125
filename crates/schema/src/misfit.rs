//! Where a compiled schema does not fit the live one.

use std::fmt;

/// A place where a `table!` does not fit the database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misfit {
    /// The table, as the code calls it.
    pub table: String,
    /// The column, by its name in SQL; none where the table is missing.
    pub column: Option<String>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a `table!`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The database has no such table or column.
    Missing,
    /// It has another type.
    Type {
        /// As the code declares it.
        declared: String,
        /// As `schema.rs` would declare it.
        actual: String,
    },
    /// The database allows NULL where the code does not, or the other way round.
    Nullability {
        /// Whether the database allows NULL.
        nullable: bool,
    },
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "table {}", self.table)?;
        if let Some(column) = &self.column {
            write!(f, ", column {column}")?;
        }
        match &self.fault {
            Fault::Missing => write!(f, ": the database has none"),
            Fault::Type { declared, actual } => {
                write!(f, ": declared as {declared}, and the database has {actual}")
            }
            Fault::Nullability { nullable: true } => {
                write!(f, ": declared as never NULL, and the database allows NULL")
            }
            Fault::Nullability { nullable: false } => {
                write!(f, ": declared as Nullable, and the database does not allow NULL")
            }
        }
    }
}
