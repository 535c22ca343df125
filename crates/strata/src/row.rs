//! A row of the ledger, to those who read it and to those who plan by it.

/// A row of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// The name as it stands there, perhaps with an extension.
    pub name: String,
}

/// A name without the extension of a migration's file.
pub(crate) fn stem(name: &str) -> &str {
    name.strip_suffix(".sql").or_else(|| name.strip_suffix(".rs")).unwrap_or(name)
}

/// The columns of a ledger that is created.
pub(crate) const COLUMNS: &str = "id SERIAL PRIMARY KEY, migration_name TEXT NOT NULL UNIQUE, \
                                  applied_at TIMESTAMP DEFAULT NOW()";
