//! The lock's key, and who holds it.

/// The first half of the lock's key; the second is that of the ledger's schema and table.
/// PostgreSQL itself keeps the locks of one database apart from those of another.
pub(crate) const CLASS: i32 = 0x5354_5241;

/// A query of the sessions that hold the lock with `key`.
pub(crate) fn holders(columns: &str, key: &str) -> String {
    format!(
        "SELECT {columns} FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted \
         AND database = (SELECT oid FROM pg_catalog.pg_database \
         WHERE datname = pg_catalog.current_database()) \
         AND classid = {CLASS} AND objid = ({key})::oid AND objsubid = 2"
    )
}
