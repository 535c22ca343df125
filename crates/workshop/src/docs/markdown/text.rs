//! Text from the database in Markdown: never markup, and never more than a line.

use std::fmt::Write;

use strata_schema::pictures::shown;

/// `text` as a line of prose.
pub(super) fn prose(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars: Vec<char> = shown(&line).chars().collect();
    let mut escaped = String::new();
    for (place, c) in chars.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| chars[place]);
        let after = chars.get(place + 1).copied();
        // At the beginning of a line, a number makes it an item of a list.
        let counts =
            matches!(c, '.' | ')') && place > 0 && chars[..place].iter().all(char::is_ascii_digit);
        if counts || means_something(*c, before, after) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "&#{};", u32::from(*c));
        } else {
            escaped.push(*c);
        }
    }
    escaped
}

/// Whether `c` would be read as markup where it stands.
fn means_something(c: char, before: Option<char>, after: Option<char>) -> bool {
    let within_word =
        || before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
    match c {
        '&' | '<' | '>' | '\\' | '`' | '*' | '[' | ']' | '|' | '~' | '#' | '@' | '$' | '!' => true,
        '_' => !within_word(),
        ':' => after == Some('/'),
        '.' => before == Some('w') && within_word(),
        // At the beginning of a line, a list, a heading, a rule.
        _ => before.is_none() && c.is_ascii() && !c.is_ascii_alphanumeric() && c != '(',
    }
}

/// `text` as code.
pub(super) fn code(text: &str) -> String {
    let line = shown(&text.split_whitespace().collect::<Vec<_>>().join(" "));
    match line.is_empty() || line.contains(['`', '|']) {
        true => format!("<code>{}</code>", prose(&line)),
        false => format!("`{line}`"),
    }
}

/// A row of a table.
pub(super) fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// The head of a table.
pub(super) fn head(cells: &[&str]) -> String {
    let rule = cells.iter().map(|_| "---".to_owned()).collect::<Vec<_>>();
    let cells: Vec<_> = cells.iter().map(|cell| (*cell).to_owned()).collect();
    row(&cells) + &row(&rule)
}

/// A block of code that nothing within it can end.
pub(super) fn block(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let lines: Vec<_> = text.lines().map(shown).collect();
    format!("{fence}sql\n{}\n{fence}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(prose("a <b> *c* user_id _d_"), "a &#60;b&#62; &#42;c&#42; user_id &#95;d&#95;");
        assert_eq!(prose("1. a"), "1&#46; a");
        assert_eq!(prose("2025-09-30"), "2025-09-30");
        assert_eq!(prose("- a\n- b | c"), "&#45; a - b &#124; c");
        assert_eq!(
            prose("see https://example.org, www.example.org"),
            "see https&#58;//example.org, www&#46;example.org"
        );
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`|b"), "<code>a&#96;&#124;b</code>");
    }

    #[test]
    fn a_block_cannot_be_ended_from_within() {
        assert_eq!(block("a\n````\nb"), "`````sql\na\n````\nb\n`````\n");
    }
}
