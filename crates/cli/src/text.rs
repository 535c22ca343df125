//! What is shown: pieces of text, each with its look.
//!
//! Only a look writes escape sequences; whatever a piece holds is made safe when it is printed.

use std::ops::Add;

use console::{Style, measure_text_width};

use crate::safe;

/// Text in pieces. Strings are pieces without a look, and `+` puts pieces together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text(Vec<(Style, String)>);

/// Whether a text is one line, or may have several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lines {
    /// A line break is a character like any other that does not belong there.
    One,
    /// A line that is not the first one is indented, so that it is not taken for the first one of
    /// another text.
    Several,
}

impl Text {
    /// `text` in the look of `style`.
    pub(crate) fn styled(text: impl Into<String>, style: Style) -> Self {
        Self(vec![(style, text.into())])
    }

    /// What is written, with escape sequences only if `colours`.
    pub(crate) fn render(&self, lines: Lines, colours: bool) -> String {
        let piece = |(style, text): &(Style, String)| {
            let text = safe::clip(text);
            let text = match lines {
                Lines::One => safe::line(&text).into_owned(),
                Lines::Several => indented(&safe::lines(&text)),
            };
            style.clone().force_styling(colours).apply_to(text).to_string()
        };
        self.0.iter().map(piece).collect()
    }

    /// The text without its looks, as it came.
    pub(crate) fn plain(&self) -> String {
        self.0.iter().map(|(_, text)| text.as_str()).collect()
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

/// `text` with its lines indented, but for the first one and for empty ones.
fn indented(text: &str) -> String {
    text.replace('\n', "\n  ").replace("\n  \n", "\n\n")
}

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
        assert_eq!(text.render(Lines::Several, false), "failed\n  error: all is well\n\n  note: é");
    }

    #[test]
    fn columns_are_counted_and_not_characters() {
        assert_eq!(bold("中文é").width(), 5);
        assert_eq!(bold("中").padded(4).render(Lines::One, false), "中  ");
    }
}
