//! What is the application's own, as conditions of SQL.

/// The condition that a namespace `n` is not one of the server's own.
pub(super) const OURS: &str = "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'";

/// Whether the object `oid` of the catalog `class` was made by an extension.
pub(super) fn of_extension(class: &str, oid: &str) -> String {
    format!(
        "EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{class}'::regclass AND \
         e.objid = {oid} AND e.deptype = 'e')"
    )
}
