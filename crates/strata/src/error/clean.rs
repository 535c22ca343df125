//! Text from outside, made fit for a terminal.

/// The longest text from outside that a message shows, in characters.
const LONGEST: usize = 4_000;

/// `text` without what a terminal would obey: control characters and marks that turn the direction
/// of writing are shown as `\u{1b}`; lines stay lines, and none begins at the margin but the first.
/// What is very long is cut.
pub(crate) fn clean(text: &str) -> String {
    let mut clean = String::with_capacity(text.len().min(LONGEST));
    for (index, c) in text.trim_end().chars().enumerate() {
        match c {
            _ if index == LONGEST => {
                clean.push('…');
                break;
            }
            '\n' => clean.push_str("\n    "),
            '\t' => clean.push(' '),
            '\r' => {}
            _ if obeyed(c) => clean.extend(c.escape_unicode()),
            _ => clean.push(c),
        }
    }
    clean
}

/// As [`clean`], in one line.
pub(crate) fn clean_line(text: &str) -> String {
    clean(text).replace("\n    ", "\\n")
}

fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || c == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_finds_nothing_to_obey() {
        for (text, expected) in [
            ("plain é 中", "plain é 中"),
            ("a\x1b[31mred", r"a\u{1b}[31mred"),
            ("a\nerror: forged", "a\n    error: forged"),
            ("a\u{202e}b", r"a\u{202e}b"),
            ("a\tb\r\n", "a b"),
            ("\u{7f}\u{9b}", r"\u{7f}\u{9b}"),
        ] {
            assert_eq!(clean(text), expected);
        }
        assert_eq!(clean_line("001\n_A"), r"001\n_A");
        assert_eq!(clean(&"x".repeat(20_000_000)).chars().count(), LONGEST + 1);
    }
}
