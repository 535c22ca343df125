//! Text from outside, made safe to show.
//!
//! A file's name, a server's message, a row of the ledger may hold anything. On a terminal a control
//! character moves the cursor or hides what follows, and a mark of writing direction turns a word
//! around; a line break can forge a message of ours.

use std::borrow::Cow;

/// How many characters of one message are shown. What is left out stands in its middle: messages
/// end with what to do.
const SHOWN: usize = 8_000;
/// How many of them are its end.
const TAIL: usize = 2_000;

/// `text` as a part of one line.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    escape(text, is_unsafe)
}

/// `text` with its lines and tabs.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    escape(text, |c| is_unsafe(c) && !matches!(c, '\n' | '\t'))
}

/// `text` without its middle, where it is longer than anybody reads.
pub(crate) fn clip(text: &str) -> Cow<'_, str> {
    let count = text.chars().count();
    if count <= SHOWN {
        return Cow::Borrowed(text);
    }
    let head: String = text.chars().take(SHOWN - TAIL).collect();
    let tail: String = text.chars().skip(count - TAIL).collect();
    Cow::Owned(format!("{head} … {} characters left out … {tail}", count - SHOWN))
}

/// JSON in which what a terminal would act upon is escaped too.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut units = [0; 2];
    let escaped = text.chars().map(|c| match is_unsafe(c) {
        // Such a character stands in strings only.
        true => c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
        false => c.to_string(),
    });
    Cow::Owned(escaped.collect())
}

fn escape(text: &str, is_unsafe: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_unsafe) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().map(|c| match c {
        _ if !is_unsafe(c) => c.to_string(),
        '\n' | '\r' | '\t' => c.escape_default().to_string(),
        _ => c.escape_unicode().to_string(),
    });
    Cow::Owned(escaped.collect())
}

/// Whether a terminal acts upon `c`, or does not show that it is there.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Directions, and the ends of lines and paragraphs.
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Nothing to see.
            | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_upon_is_spelled_out() {
        for (text, shown) in [
            ("001_Größe 中文 é", "001_Größe 中文 é"),
            ("a\x1b[2Jb", r"a\u{1b}[2Jb"),
            ("a\nerror: b\r\n", r"a\nerror: b\r\n"),
            ("a\u{9b}31m\u{7f}", r"a\u{9b}31m\u{7f}"),
            ("\u{202e}lqs.\u{2069}", r"\u{202e}lqs.\u{2069}"),
            ("a\u{2028}b\u{200b}", r"a\u{2028}b\u{200b}"),
        ] {
            assert_eq!(line(text), shown);
        }
        assert_eq!(lines("a\n\tb\r"), "a\n\tb\\r");
    }

    #[test]
    fn json_stays_json() {
        let value = serde_json::json!({ "a": "\x1b\u{202e}\u{e0041}\u{7f}é\n" });
        let text = value.to_string();
        let shown = json(&text);
        assert!(!shown.contains(is_unsafe), "{shown}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    #[test]
    fn a_long_message_keeps_its_ends() {
        let text = format!("begin{}end", "é".repeat(20_000_000));
        let shown = clip(&text);
        assert!(shown.starts_with("begin") && shown.ends_with("end"));
        assert!(shown.contains("characters left out") && shown.chars().count() < 9_000);
    }
}
