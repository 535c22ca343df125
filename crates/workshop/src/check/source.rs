//! What the text of a file tells that no server can: its purpose, its directive, what it reaches
//! into.

use strata_sequence::Kind;
use strata_sql::{Position, Statement, split_statements};

use super::alter::Words;
use super::file::File;
use super::finding::Finding;

const START: Position = Position { line: 1, column: 1 };

/// What there is to say of the text of `file`.
pub(crate) fn look(file: &File) -> Vec<Finding> {
    let purpose = purpose(file);
    let of_kind = match file.kind {
        Kind::Rust => reaches_into_crate(file),
        Kind::Sql => needless_directive(file),
    };
    purpose.into_iter().chain(of_kind).collect()
}

/// Practice: the comment at the top says what the file is for.
fn purpose(file: &File) -> Option<Finding> {
    let description = file.header.description.trim();
    let unwritten = description.contains("Purpose: say here what this is for.");
    (description.is_empty() || unwritten).then(|| {
        let message = "the comment at the top does not say what this is for".to_owned();
        file.finding(START, "missing-purpose", message, None)
    })
}

/// A Rust migration that uses today's code, which moves on: what it does then changes with it.
fn reaches_into_crate(file: &File) -> Option<Finding> {
    let mut offset = 0;
    for line in file.text.split_inclusive('\n') {
        let code = line.split("//").next().unwrap_or_default();
        let at = code.find("crate::").filter(|at| !code[..*at].ends_with(is_name));
        if let Some(at) = at {
            let message = "crate:: is the code of today, and a migration stays as it is: declare \
                           here what it needs (diesel::table!), frozen"
                .to_owned();
            let position = Position::of_byte(&file.text, offset + at);
            return Some(file.finding(position, "rust-reaches-into-crate", message, None));
        }
        offset += line.len();
    }
    None
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// A file whose statements run one by one, and could run together: half of it may be done.
fn needless_directive(file: &File) -> Option<Finding> {
    if !file.header.no_transaction {
        return None;
    }
    let statements = split_statements(&file.text).ok()?;
    let defines = statements.iter().filter(|statement| !is_setting(statement)).count();
    if defines < 2 || statements.iter().any(needs_it) {
        return None;
    }
    let message = "nothing here needs no-transaction, and without it the file is applied whole or \
                   not at all; take the directive out"
        .to_owned();
    Some(file.finding(START, "needless-no-transaction", message, None))
}

fn is_setting(statement: &Statement<'_>) -> bool {
    matches!(statement.opening(1).as_str(), "SET" | "RESET" | "SELECT")
}

/// Whether `statement` cannot run in a transaction, or writes rows, of which many are better
/// written in several.
fn needs_it(statement: &Statement<'_>) -> bool {
    let words = Words::of(*statement);
    let outside =
        ["VACUUM", "CREATE DATABASE", "DROP DATABASE", "REINDEX", "CLUSTER", "ALTER SYSTEM"];
    let rows = ["UPDATE", "DELETE", "INSERT", "WITH", "DO", "CALL", "COPY", "MERGE"];
    let opens = outside.iter().chain(&rows).any(|opening| words.open_with(opening));
    let label = words.open_with("ALTER TYPE") && words.have("ADD VALUE");
    let validates = words.have("VALIDATE CONSTRAINT");
    opens || label || validates || words.have("CONCURRENTLY") || words.have("SUBSCRIPTION")
}
