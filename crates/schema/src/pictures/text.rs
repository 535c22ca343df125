//! Text in a picture: what can be shown of a name, how wide it is, and how it is written so that
//! it is never markup.

use std::borrow::Cow;
use std::fmt::Write;

use unicode_width::UnicodeWidthChar;

/// What a character of ordinary width takes of twelve pixels, in tenths of a pixel: a little more than
/// in the widest of the usual fonts.
const WIDTH: usize = 74;

/// Returns `text` with what cannot be seen replaced by a sign: controls, and what would turn the direction
/// of what follows.
pub fn shown(text: &str) -> String {
    text.chars().map(visible).collect()
}

fn visible(c: char) -> char {
    match c {
        '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\x7f' => '\u{2421}',
        '\u{80}'..='\u{9f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{fffe}'
        | '\u{ffff}' => '\u{fffd}',
        _ => c,
    }
}

/// How many pixels `text` has room in.
pub(super) fn width(text: &str) -> i32 {
    let of = |c: char| match c {
        ' '..='~' | '\u{a1}'..='\u{24f}' | '…' | '→' => 1,
        // A mark above a letter has no width of its own, and some fonts draw it beside the letter.
        c => c.width_cjk().unwrap_or(2).max(1) * 2,
    };
    let tenths: usize = text.chars().map(of).sum::<usize>() * WIDTH;
    i32::try_from(tenths.div_ceil(10)).unwrap_or(i32::MAX)
}

/// Whether every font that has letters of one width gives `text` the width that is expected.
pub(super) fn is_plain(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' '..='~'))
}

/// `text` as text or as an attribute of HTML and SVG.
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' | '\'' => {
                // Writing to a string cannot fail.
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            _ => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(escape("<b a='\"'>&"), "&lt;b a=&#39;&#34;&#39;&gt;&amp;");
        assert_eq!(escape("é 中"), "é 中");
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        assert_eq!(shown("a\nb\t\u{202e}c\u{7f}"), "a␊b␉\u{fffd}c␡");
        assert_eq!(shown("é 中 😀"), "é 中 😀");
    }

    #[test]
    fn wide_letters_have_more_room() {
        assert!(width("中中") > width("aa"));
        assert!(width("e\u{301}") > width("e"));
        assert_eq!(width(""), 0);
    }
}
