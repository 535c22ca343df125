//! What is the application's own, as conditions of SQL.

/// The condition that a namespace `n` is not one of the server's own.
pub(super) const OURS: &str = "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'";
