//! A statement that failed: where, why, and what to do.

use std::fmt;
use std::path::PathBuf;

use diesel::result::DatabaseErrorKind;
use strata_sql::Position;
use unicode_width::UnicodeWidthStr;

/// Why an SQL migration failed, and where in its file.
///
/// PostgreSQL's SQLSTATE is not among the fields, since Diesel does not hand it out; `kind` is
/// what Diesel makes of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SqlFailure {
    /// The migration.
    pub name: String,
    /// Its file.
    pub file: PathBuf,
    /// Where it failed; `None` where neither the server nor a second look could tell.
    pub place: Option<Place>,
    /// The server's message.
    pub message: String,
    /// The server's DETAIL.
    pub detail: Option<String>,
    /// The server's HINT.
    pub hint: Option<String>,
    /// The class of the error.
    pub kind: Kind,
    /// What became of the migration.
    pub outcome: Outcome,
}

/// Where in a file a statement failed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The position that the server named, or the start of the statement.
    pub position: Position,
    /// The text of that line.
    pub line: String,
    /// The statement's number in the file, from 1, where only the statement is known.
    pub statement: Option<usize>,
}

/// The class of an error, as Diesel tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A constraint of the database was violated.
    Constraint,
    /// Transactions got into each other's way.
    Serialization,
    /// Everything else.
    Other,
}

impl From<&DatabaseErrorKind> for Kind {
    fn from(kind: &DatabaseErrorKind) -> Self {
        match kind {
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::ExclusionViolation => Self::Constraint,
            DatabaseErrorKind::SerializationFailure => Self::Serialization,
            _ => Self::Other,
        }
    }
}

/// What became of a migration that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing of it was applied.
    RolledBack,
    /// Its statements run one by one, and these were done.
    Partial {
        /// How many statements were done.
        done: usize,
        /// How many the file has.
        of: usize,
    },
}

/// How much of a line is shown, in columns.
const SHOWN: usize = 72;

impl fmt::Display for SqlFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "migration {} failed: {}", self.name, self.message)?;
        match &self.place {
            Some(place) => place.write(f, &self.file.display().to_string())?,
            None => writeln!(f, "  --> {}", self.file.display())?,
        }
        for (label, text) in [("detail", &self.detail), ("hint", &self.hint)] {
            if let Some(text) = text {
                writeln!(f, "  {label}: {}", text.replace('\n', "\n    "))?;
            }
        }
        match self.outcome {
            Outcome::RolledBack => {
                write!(f, "  nothing of it was applied: correct the file and migrate again")
            }
            Outcome::Partial { done, of } => write!(
                f,
                "  {done} of its {of} statements are done and stay done, and it is not recorded: \
                 correct the file so that\n  it can run again from the top (IF NOT EXISTS), and \
                 migrate again"
            ),
        }
    }
}

impl std::error::Error for SqlFailure {}

impl Place {
    fn write(&self, f: &mut fmt::Formatter<'_>, file: &str) -> fmt::Result {
        let number = self.position.line.to_string();
        let margin = " ".repeat(number.len());
        let (line, before) = clip(&self.line, self.position.column - 1);
        writeln!(f, "{margin}--> {file}:{}", self.position)?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {line}")?;
        write!(f, "{margin} | {}^", " ".repeat(before))?;
        match self.statement {
            Some(statement) => writeln!(f, " in statement {statement}, which begins here"),
            None => writeln!(f),
        }
    }
}

/// The part of `line` around its character number `index`, and how many columns of it come before
/// that character. A tab is shown as a space.
fn clip(line: &str, index: usize) -> (String, usize) {
    let line = line.replace('\t', " ");
    let start = match index > SHOWN * 3 / 4 && line.chars().count() > SHOWN {
        true => index - SHOWN / 2,
        false => 0,
    };
    let mut shown: String = line.chars().skip(start).take(SHOWN).collect();
    if start + shown.chars().count() < line.chars().count() {
        shown.push('…');
    }
    let before: String = shown.chars().take(index - start).collect();
    let mut columns = before.width();
    if start > 0 {
        shown.insert(0, '…');
        columns += 1;
    }
    (shown, columns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str, column: usize) -> String {
        let place = Place {
            position: Position { line: 12, column },
            line: line.to_owned(),
            statement: None,
        };
        SqlFailure {
            name: "004_X".into(),
            file: "migrations/004_X.sql".into(),
            place: Some(place),
            message: "no".into(),
            detail: None,
            hint: None,
            kind: Kind::Other,
            outcome: Outcome::RolledBack,
        }
        .to_string()
    }

    /// The character that the caret stands under, in terminal columns.
    fn marked(shown: &str) -> char {
        let lines: Vec<_> = shown.lines().collect();
        let caret = lines[4].find('^').unwrap();
        let mut columns = 0;
        for c in lines[3].chars() {
            if columns == caret {
                return c;
            }
            columns += c.to_string().width();
        }
        panic!("no character above the caret:\n{shown}")
    }

    #[test]
    fn the_caret_stands_under_the_fault() {
        assert_eq!(marked(&shown("SELECT x", 8)), 'x');
        assert_eq!(marked(&shown("\tSELECT é, 中文, x", 16)), 'x');
        let long = format!("{}x{}", "é".repeat(500), "中".repeat(500));
        let shown = shown(&long, 501);
        assert_eq!(marked(&shown), 'x');
        assert!(shown.lines().all(|line| line.chars().count() < 100), "{shown}");
    }
}
