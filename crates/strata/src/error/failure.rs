//! A statement that failed: where, why, and what to do.

use std::fmt;
use std::path::PathBuf;

use strata_sql::Position;
use unicode_width::UnicodeWidthStr;

use super::cause::Kind;
use super::clean::{clean, clean_line};

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
    /// Where it failed; `None` where it did at its commit, or where nothing tells.
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

/// What became of a migration that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing of it was applied.
    RolledBack,
    /// It runs outside a transaction: what it did before it failed stays.
    Outside,
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
        // The server writes in the encoding that the session has just then.
        let message = match self.message.is_empty() {
            true => "the server's message cannot be read: does it set client_encoding?".to_owned(),
            false => clean(&self.message),
        };
        writeln!(f, "migration {} failed: {message}", clean_line(&self.name))?;
        let file = clean_line(&self.file.to_string_lossy());
        match &self.place {
            Some(place) => place.write(f, &file)?,
            None => writeln!(f, "  --> {file}")?,
        }
        for (label, text) in [("detail", &self.detail), ("hint", &self.hint)] {
            if let Some(text) = text {
                writeln!(f, "  {label}: {}", clean(text))?;
            }
        }
        write!(f, "  {}: {}", self.outcome, self.remedy())
    }
}

impl SqlFailure {
    fn remedy(&self) -> String {
        let again = "\n  so that it can run again from the top (IF NOT EXISTS)";
        match (self.kind, self.outcome) {
            (Kind::Other | Kind::Constraint, Outcome::Partial { .. } | Outcome::Outside) => {
                format!("correct the file{again}, and migrate again")
            }
            (kind, _) => kind.remedy().to_owned(),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RolledBack => f.write_str("nothing of it was applied"),
            Self::Outside => f.write_str(
                "it runs outside a transaction, so that what it did before stays, and it is not \
                 recorded",
            ),
            Self::Partial { done, of } => {
                write!(f, "{done} of its {of} statements are done and stay done, not recorded")
            }
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
    let line: String = line.chars().map(harmless).collect();
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

/// A character as a line shows it, in as many columns as it would have.
fn harmless(c: char) -> char {
    match c {
        '\t' => ' ',
        _ if clean_line(c.encode_utf8(&mut [0; 4])).chars().count() > 1 => '\u{fffd}',
        _ => c,
    }
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
