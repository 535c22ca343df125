//! The text of a squash: what the old migrations run, one after the other.

use strata_sequence::{Header, Kind, MigrationFile, Problem, check_sql, parse_header, read_sql};
use strata_sql::{Statement, split_statements};

use crate::adopt::carried::{Settings, after};
use crate::error::WorkshopError;

/// The statements of `files`, each file's behind its name, and whether some cannot run in a
/// transaction.
pub(super) fn written(files: &[MigrationFile]) -> Result<(String, bool), WorkshopError> {
    let (mut text, mut outside) = (String::new(), false);
    for file in files {
        if file.kind == Kind::Rust {
            return Err(WorkshopError::RustInSquash { path: file.path.clone() });
        }
        let (body, _) = read_sql(&file.path).map_err(diesel_strata::Error::from)?;
        text.push_str(&format!("\n-- {}\n", file.name));
        for statement in split_statements(&body).unwrap_or_default() {
            if let Some(statement) = at_once(&statement) {
                outside |= needs_no_transaction(&statement);
                text.push_str(&format!("{statement};\n"));
            }
        }
        // What a migration sets ends with it.
        for setting in after(&body, &Settings::new()).keys() {
            text.push_str(&format!("RESET {setting};\n"));
        }
    }
    Ok((text, outside))
}

/// `statement` as an empty database can take it within a transaction: nobody is there whom it would
/// keep waiting, and nothing to be tidied up.
fn at_once(statement: &Statement<'_>) -> Option<String> {
    if !needs_no_transaction(statement.text) {
        return Some(statement.text.to_owned());
    }
    if statement.opening(1) == "VACUUM" {
        return None;
    }
    let lower = statement.text.to_ascii_lowercase();
    let Some(at) = lower.find("concurrently") else {
        return Some(statement.text.to_owned());
    };
    let (before, behind) = (&statement.text[..at], &statement.text[at + "concurrently".len()..]);
    Some(format!("{}{behind}", before.trim_end()))
}

fn needs_no_transaction(text: &str) -> bool {
    let header = parse_header("", Kind::Sql).unwrap_or_else(|_| Header::default());
    matches!(check_sql(text, &header), Err((_, Problem::NeedsNoTransaction { .. })))
}
