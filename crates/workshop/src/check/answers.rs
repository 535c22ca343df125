//! Statements that are not for a scratch database, and what a server answers to others.

use diesel::result::Error as DieselError;
use strata_sql::Statement;

use super::alter::Words;

/// Whether `statement` changes the server and not the database, so that it is not tried.
pub(super) fn is_of_the_server(statement: &Statement<'_>) -> bool {
    let words = Words::of(*statement);
    let openings = [
        "CREATE DATABASE",
        "DROP DATABASE",
        "ALTER DATABASE",
        "CREATE TABLESPACE",
        "DROP TABLESPACE",
        "ALTER TABLESPACE",
        "ALTER SYSTEM",
        "DROP ROLE",
        "DROP USER",
        "CREATE SUBSCRIPTION",
    ];
    openings.iter().any(|opening| words.open_with(opening))
}

pub(super) fn cannot_be_in_transaction(error: &DieselError) -> bool {
    let message = error.to_string();
    message.contains("cannot run inside a transaction block")
        || message.contains("cannot be executed from a function")
}

/// The role that `error` says is missing.
pub(super) fn missing_role(error: &DieselError) -> Option<String> {
    let message = error.to_string();
    let rest = message.split_once("role \"")?.1;
    let (role, rest) = rest.split_once('"')?;
    rest.starts_with(" does not exist").then(|| role.to_owned())
}
