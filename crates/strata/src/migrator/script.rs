//! What a run would send, as SQL for psql.

use std::fmt::Write as _;

use diesel::pg::PgConnection;
use strata_sql::split_statements;

use super::Migrator;
use crate::error::Error;
use crate::migrations::Migration;
use crate::row::COLUMNS;
use crate::runner::limits;

impl Migrator {
    /// What [`Self::migrate`] would run, as SQL that psql can run in its place: each migration with
    /// its row in the ledger, checked as it would check it. Nothing runs. Empty where nothing is
    /// pending.
    ///
    /// A Rust migration is a comment there, since only the program has it.
    ///
    /// # Errors
    ///
    /// What would make [`Self::migrate`] refuse to begin.
    pub fn script(&self, conn: &mut PgConnection) -> Result<String, Error> {
        let rows = self.rows(conn)?;
        let plan = self.plan(&rows)?;
        self.check_bodies(&plan, false)?;
        let mut script = String::new();
        if plan.pending.is_empty() {
            return Ok(script);
        }
        script.push_str("\\set ON_ERROR_STOP on\n");
        if self.ledger.rows(conn)?.is_none() {
            // OK because a text takes whatever is written to it, here and below.
            let _ = writeln!(script, "CREATE TABLE IF NOT EXISTS {} ({COLUMNS});", self.ledger);
        }
        for migration in &plan.pending {
            let row = self.ledger.insert(&plan.row_name(migration));
            script.push_str(&of_migration(migration, &row)?);
        }
        Ok(script)
    }
}

/// One migration and its `row`.
fn of_migration(migration: &Migration, row: &str) -> Result<String, Error> {
    let name = migration.name();
    let header = migration.header()?;
    if migration.up()?.is_some() {
        return Ok(format!(
            "\n-- {name} is a Rust migration: let the program apply it here.\n\\quit\n"
        ));
    }
    let text = migration.sql()?;
    let (set, reset) = match header.no_transaction {
        true => ("SET", "RESET ALL;\n"),
        false => ("SET LOCAL", if sets(&text) { "RESET ALL;\n" } else { "" }),
    };
    let limits: String = limits(header)
        .into_iter()
        .map(|(name, limit)| format!("{set} {name} = {limit};\n"))
        .collect();
    let body = terminated(&text);
    Ok(match header.no_transaction {
        true => format!("\n-- {name}\n{limits}{body}{reset}{row};\n"),
        false => format!("\n-- {name}\nBEGIN;\n{limits}{row};\n{body}COMMIT;\n{reset}"),
    })
}

/// Whether a statement of `text` may set something for the session.
fn sets(text: &str) -> bool {
    let statements = split_statements(text).unwrap_or_default();
    statements.iter().any(|statement| {
        matches!(statement.opening(1).as_str(), "SET" | "RESET" | "SELECT" | "DO" | "CALL")
    })
}

/// `text` with a semicolon behind its last statement, and a line end behind that.
fn terminated(text: &str) -> String {
    let statements = split_statements(text).unwrap_or_default();
    let end = statements.last().map_or(0, |last| last.offset + last.text.len());
    let (body, rest) = text.split_at(end);
    let semicolon = if rest.trim_start().starts_with(';') { "" } else { ";" };
    format!("{body}{semicolon}{}\n", rest.trim_end())
}
