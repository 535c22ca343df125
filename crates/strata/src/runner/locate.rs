//! Where in a file a statement failed: from the server's position, or by a second look.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use strata_sql::{Position, Statement};

use crate::error::Place;

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Located {
    /// The character, from 0, that the server named.
    Character(usize),
    /// The statement: its number, from 0, and where it starts in bytes.
    Statement { index: usize, offset: usize },
}

impl Located {
    /// Where the server says that `error` is in `text`, which was sent behind `prefix` characters.
    pub(crate) fn from_server(text: &str, prefix: usize, error: &DieselError) -> Option<Self> {
        // The server counts characters, from 1.
        let character = position(error)?.checked_sub(1 + prefix)?;
        (character <= text.chars().count()).then_some(Self::Character(character))
    }

    /// Where `error` is in `text`, of which only the statement number `index` was sent.
    pub(crate) fn in_statement(
        text: &str,
        statements: &[Statement<'_>],
        index: usize,
        error: &DieselError,
    ) -> Self {
        let offset = statements[index].offset;
        match position(error) {
            Some(position) => {
                Self::Character(text[..offset].chars().count() + position.saturating_sub(1))
            }
            None => Self::Statement { index, offset },
        }
    }

    pub(crate) fn place(self, text: &str) -> Place {
        let (position, statement) = match self {
            Self::Character(index) => (Position::of_char(text, index), None),
            Self::Statement { index, offset } => (Position::of_byte(text, offset), Some(index + 1)),
        };
        Place { position, line: position.line_of(text).to_owned(), statement }
    }
}

fn position(error: &DieselError) -> Option<usize> {
    let DieselError::DatabaseError(_, info) = error else {
        return None;
    };
    info.statement_position().and_then(|position| usize::try_from(position).ok())
}

/// Which of `statements` fails with the message of `error`, found by running them one after the
/// other in a transaction that is rolled back. `None` where none does: a deferred constraint, a
/// deadlock, a time-out.
pub(crate) fn locate(
    conn: &mut PgConnection,
    opening: &str,
    statements: &[Statement<'_>],
    error: &DieselError,
) -> Option<Located> {
    let place = |index: usize| Located::Statement { index, offset: statements[index].offset };
    if statements.len() == 1 {
        return Some(place(0));
    }
    let mut failed = None;
    // Always ends in an error, and so rolls back.
    let _ = conn.transaction(|conn| {
        conn.batch_execute(opening)?;
        for (index, statement) in statements.iter().enumerate() {
            if let Err(again) = conn.batch_execute(statement.text) {
                failed = (again.to_string() == error.to_string()).then_some(index);
                break;
            }
        }
        Err::<(), _>(DieselError::RollbackTransaction)
    });
    failed.map(place)
}
