//! Where in a file a statement failed.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use strata_sql::Position;

use super::message::position;
use crate::error::{Error, Fate, Kind, Outcome, Place, SqlFailure};
use crate::migrations::Migration;

/// A place in a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Located {
    /// The place that the server named.
    Byte(usize),
    /// The statement: its number, from 0, and where it starts.
    Statement { index: usize, offset: usize },
}

impl Located {
    /// Where `error` is, that came of a statement sent alone: the one numbered `index`, which is
    /// at `offset` of its file.
    pub(crate) fn alone(statement: &str, index: usize, offset: usize, error: &DieselError) -> Self {
        let Some(position) = position(error).and_then(|position| position.checked_sub(1)) else {
            return Self::Statement { index, offset };
        };
        let within = statement.char_indices().nth(position).map_or(statement.len(), |(at, _)| at);
        Self::Byte(offset + within)
    }

    fn place(self, text: &str) -> Place {
        let (position, statement) = match self {
            Self::Byte(offset) => (Position::of_byte(text, offset), None),
            Self::Statement { index, offset } => (Position::of_byte(text, offset), Some(index + 1)),
        };
        Place { position, line: position.line_of(text).to_owned(), statement }
    }
}

/// The failure of `migration`, whose file holds `text`.
pub(crate) fn failure(
    migration: &Migration,
    text: &str,
    located: Option<Located>,
    error: DieselError,
    outcome: Outcome,
) -> Error {
    let (kind, info) = match error {
        DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _) => {
            let fate = match outcome {
                Outcome::RolledBack => Fate::WholeOrNot,
                _ => Fate::Outside,
            };
            return Error::ConnectionLost {
                name: migration.name().to_owned(),
                fate,
                source: error,
            };
        }
        DieselError::DatabaseError(kind, info) => (kind, info),
        source => return Error::Database { doing: "send a migration", source },
    };
    Error::Sql(Box::new(SqlFailure {
        name: migration.name().to_owned(),
        file: migration.file().to_owned(),
        place: located.map(|located| located.place(text)),
        message: info.message().to_owned(),
        detail: info.details().map(str::to_owned),
        hint: info.hint().map(str::to_owned),
        kind: Kind::of(&kind, info.message()),
        outcome,
    }))
}
