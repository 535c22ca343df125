//! Places in a text, as people count them.

use std::fmt;

/// A place in a file: line and column, both from 1, the column in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The place of the byte at `offset` of `text`; an offset past the end gives the end.
    ///
    /// ```
    /// use strata_sql::Position;
    ///
    /// assert_eq!(Position::of_byte("é\né x", 5), Position { line: 2, column: 2 });
    /// ```
    pub fn of_byte(text: &str, offset: usize) -> Self {
        let boundary = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        let before = &text[..boundary.unwrap_or_default()];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            line: before.bytes().filter(|byte| *byte == b'\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The place of the character number `index`, from 0, of `text`.
    pub fn of_char(text: &str, index: usize) -> Self {
        let offset = text.char_indices().nth(index).map_or(text.len(), |(offset, _)| offset);
        Self::of_byte(text, offset)
    }

    /// The text of this line of `text`, without its line end.
    pub fn line_of(self, text: &str) -> &str {
        text.lines().nth(self.line - 1).unwrap_or_default()
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
