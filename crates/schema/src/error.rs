//! What can go wrong, in words that end with what to do.

#[cfg(feature = "print")]
use std::path::PathBuf;

#[cfg(feature = "verify")]
use crate::misfit::Misfit;

/// Why a schema could not be read, printed or verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// The catalog could not be read.
    #[error("failed to {doing}")]
    Database {
        /// What the query was for.
        doing: &'static str,
        /// What Diesel returned.
        source: diesel::result::Error,
    },
    /// A table that is to be declared has no primary key; in diesel CLI's words.
    #[cfg(feature = "print")]
    #[error("Diesel only supports tables with primary keys. Table `{table}` has no primary key")]
    NoPrimaryKey {
        /// The table, by its name in Rust.
        table: String,
    },
    /// The file of a schema cannot be used.
    #[cfg(feature = "print")]
    #[error("cannot {doing} {}", path.display())]
    File {
        /// What was to be done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
    /// A patch does not fit the schema any more.
    #[cfg(feature = "print")]
    #[error(
        "the patch {} does not apply ({reason}), and schema.rs is as it was; print the schema \
         without it, correct that by hand, and write the difference to the patch file",
        path.display()
    )]
    Patch {
        /// The patch.
        path: PathBuf,
        /// What is wrong with it, with the hunk's number.
        reason: String,
    },
    /// There are facts that no statement is known for.
    #[cfg(feature = "snapshot")]
    #[error(
        "no SQL is known for {}; write it by hand, and compare again",
        facts.join(", ")
    )]
    NotModelled {
        /// Their addresses.
        facts: Vec<String>,
    },
    /// Statements that wait for one another.
    #[cfg(feature = "snapshot")]
    #[error(
        "no order of statements was found, which is a fault of strata's own: these wait for one \
         another: {}; please report it, and write the SQL by hand",
        facts.join(", ")
    )]
    Cycle {
        /// The addresses of what they are about.
        facts: Vec<String>,
    },
    /// The compiled schema does not fit the database.
    #[cfg(feature = "verify")]
    #[error(
        "this program was built for another schema than the database has; migrate the database, \
         or build the program with a schema.rs of it:{}",
        misfits.iter().map(|misfit| format!("\n  {misfit}")).collect::<String>()
    )]
    Misfit {
        /// Every table and column that does not fit.
        misfits: Vec<Misfit>,
    },
    /// What should be the text of schema.rs is not Rust.
    #[cfg(feature = "verify")]
    #[error("this is not the text of a schema.rs: {message}")]
    NoSchemaSource {
        /// Where, and why not.
        message: String,
    },
    /// The settings of `print_schema` are not valid.
    #[cfg(feature = "print")]
    #[error("{} is not valid: {message}", path.display())]
    Config {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A key of the settings is that of a newer Diesel.
    #[cfg(feature = "print")]
    #[error(
        "{}: `{key}` of [print_schema] is not known to diesel CLI 2.3, and so not supported; \
         remove it",
        path.display()
    )]
    NewerKey {
        /// The file.
        path: PathBuf,
        /// The key.
        key: String,
    },
}

/// Gives an error of a query its purpose.
#[cfg(any(feature = "print", feature = "snapshot", feature = "verify"))]
pub(crate) trait Doing<T> {
    /// Says what failed.
    fn doing(self, doing: &'static str) -> Result<T, SchemaError>;
}

#[cfg(any(feature = "print", feature = "snapshot", feature = "verify"))]
impl<T> Doing<T> for diesel::QueryResult<T> {
    fn doing(self, doing: &'static str) -> Result<T, SchemaError> {
        self.map_err(|source| SchemaError::Database { doing, source })
    }
}
