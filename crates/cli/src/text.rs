//! What is shown: pieces of text, each with its look.
//!
//! Only a look writes escape sequences; whatever a piece holds is made safe when it is printed.

use std::ops::Add;

use console::{Style, measure_text_width};

use crate::safe;

/// Text in pieces. Strings are pieces without a look, and `+` puts pieces together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text(Vec<Piece>);

#[derive(Debug, Clone)]
struct Piece {
    style: Style,
    text: String,
    /// Whether its line stays one line, however long it is: a line of a file.
    is_fixed: bool,
}

/// Whether a text is one line, or may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    /// A line break is a character like any other that does not belong there.
    One,
    /// A line that is not the first one is indented, so that it is not taken for the first one of
    /// another text. Longer ones than `width` are broken at blanks.
    Several {
        /// In columns; none where nobody counts them.
        width: Option<usize>,
    },
}

impl Text {
    /// `text` in the look of `style`.
    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self(vec![Piece { style, text: text.into(), is_fixed: false }])
    }

    /// The same, in a line that is not broken.
    pub(crate) fn fixed(text: impl Into<String>, style: Style) -> Self {
        Self(vec![Piece { style, text: text.into(), is_fixed: true }])
    }

    /// What is written, with escape sequences only if `colours`.
    pub(crate) fn render(&self, lines: Lines, colours: bool) -> String {
        let mut wrap = Wrap::default();
        let piece = |Piece { style, text, is_fixed }: &Piece| {
            let text = safe::clip(text);
            let text = match lines {
                Lines::One => safe::line(&text).into_owned(),
                Lines::Several { width } => {
                    let width = width.filter(|_| !is_fixed).unwrap_or(usize::MAX);
                    wrap.wrapped(&safe::lines(&text), width)
                }
            };
            style.clone().force_styling(colours).apply_to(text).to_string()
        };
        self.0.iter().map(piece).collect()
    }

    /// The text without its looks, as it came.
    pub(crate) fn plain(&self) -> String {
        self.0.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// How many columns it takes in one line.
    pub(crate) fn width(&self) -> usize {
        measure_text_width(&self.render(Lines::One, false))
    }

    /// As it is, and blanks up to `width` columns.
    pub(crate) fn padded(self, width: usize) -> Self {
        let missing = width.saturating_sub(self.width());
        self + " ".repeat(missing)
    }
}

/// Where a text has come to, from piece to piece.
#[derive(Default)]
struct Wrap {
    column: usize,
    /// Whether a blank came last, so that the next word may begin a line.
    may_break: bool,
}

impl Wrap {
    /// `text` with its lines indented, but for the first one, and broken where they are too long.
    fn wrapped(&mut self, text: &str, width: usize) -> String {
        let mut out = String::new();
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.begin_line(&mut out);
            }
            for word in line.split_inclusive(' ') {
                let columns = measure_text_width(word.trim_end());
                if self.may_break && self.column.saturating_add(columns) > width {
                    self.begin_line(&mut out);
                }
                out.push_str(word);
                self.column += measure_text_width(word);
                self.may_break = word.ends_with(' ') && self.column > INDENT.len();
            }
        }
        out.replace("\n  \n", "\n\n")
    }

    fn begin_line(&mut self, out: &mut String) {
        let end = out.trim_end_matches(' ').len();
        out.truncate(end);
        out.push('\n');
        out.push_str(INDENT);
        self.column = INDENT.len();
        self.may_break = false;
    }
}

const INDENT: &str = "  ";

impl<T: AsRef<str>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::styled(text.as_ref(), Style::new())
    }
}

impl<T: Into<Text>> Add<T> for Text {
    type Output = Self;

    fn add(mut self, other: T) -> Self {
        self.0.extend(other.into().0);
        self
    }
}

pub(crate) fn bold(text: impl Into<String>) -> Text {
    Text::styled(text, Style::new().bold())
}

pub(crate) fn dim(text: impl Into<String>) -> Text {
    Text::styled(text, Style::new().dim())
}

pub(crate) fn green(text: impl Into<String>) -> Text {
    Text::styled(text, Style::new().green())
}

pub(crate) fn yellow(text: impl Into<String>) -> Text {
    Text::styled(text, Style::new().yellow())
}

pub(crate) fn magenta(text: impl Into<String>) -> Text {
    Text::styled(text, Style::new().magenta())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_look_writes_escape_sequences() {
        let text = green("a\x1b[0m") + " \x1b[8mb\n" + String::from("c");
        let shown = text.render(Lines::One, true);
        assert_eq!(shown, "\x1b[32ma\\u{1b}[0m\x1b[0m \\u{1b}[8mb\\nc");
        assert_eq!(text.render(Lines::One, false), r"a\u{1b}[0m \u{1b}[8mb\nc");
    }

    #[test]
    fn no_line_of_a_text_looks_like_another_text() {
        let text = Text::from("failed\nerror: all is well\n\nnote: é");
        let shown = text.render(Lines::Several { width: None }, false);
        assert_eq!(shown, "failed\n  error: all is well\n\n  note: é");
    }

    #[test]
    fn a_long_line_is_broken_at_a_blank() {
        let text = bold("note:") + " one " + green("two") + " three, fourfivesix\n  seven é";
        let shown = text.render(Lines::Several { width: Some(12) }, false);
        assert_eq!(shown, "note: one \n  two three,\n  fourfivesix\n    seven é");
        let narrow = text.render(Lines::Several { width: Some(1) }, false);
        assert_eq!(narrow.split_whitespace().count(), 7, "{narrow}");
    }

    #[test]
    fn columns_are_counted_and_not_characters() {
        assert_eq!(bold("中文é").width(), 5);
        assert_eq!(bold("中").padded(4).render(Lines::One, false), "中  ");
    }
}
