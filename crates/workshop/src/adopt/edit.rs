//! Statements taken out of a text.

use std::ops::Range;

use strata_sql::Statement;

/// Changes of a text, each of a part that no other one touches.
#[derive(Debug, Default)]
pub(crate) struct Edits(Vec<(Range<usize>, String)>);

impl Edits {
    /// Takes `statement` out, with its semicolon, and with its line where nothing else is on it.
    pub(crate) fn remove(&mut self, text: &str, statement: &Statement<'_>) {
        self.0.push((whole(text, statement), String::new()));
    }

    /// Puts the comment `comment` in the place of `statement`.
    pub(crate) fn replace(&mut self, text: &str, statement: &Statement<'_>, comment: &str) {
        let range = whole(text, statement);
        self.0.push((range, format!("{comment}\n")));
    }

    /// Puts `new` in the place of the first word of `statement` that is `old`, in any case.
    pub(crate) fn reword(&mut self, statement: &Statement<'_>, old: &str, new: &str) {
        let lower = statement.text.to_ascii_lowercase();
        if let Some(at) = lower.find(&old.to_ascii_lowercase()) {
            let start = statement.offset + at;
            self.0.push((start..start + old.len(), new.to_owned()));
        }
    }

    /// `text` with all of them made.
    pub(crate) fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|(range, _)| range.start);
        let mut edited = String::with_capacity(text.len());
        let mut at = 0;
        for (range, new) in &self.0 {
            edited.push_str(&text[at..range.start]);
            edited.push_str(new);
            at = range.end;
        }
        edited.push_str(&text[at..]);
        edited
    }
}

/// Where `statement` stands with its semicolon, and with its line where it has that for itself.
fn whole(text: &str, statement: &Statement<'_>) -> Range<usize> {
    let mut end = statement.offset + statement.text.len();
    let rest = &text[end..];
    let space = rest.len() - rest.trim_start().len();
    if rest[space..].starts_with(';') {
        end += space + 1;
    }
    let before = &text[..statement.offset];
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let after = &text[end..];
    let line_end = after.find('\n').map_or(after.len(), |newline| newline + 1);
    let alone = before[line..].trim().is_empty() && after[..line_end].trim().is_empty();
    match alone {
        true => line..end + line_end,
        false => statement.offset..end,
    }
}

#[cfg(test)]
mod tests {
    use strata_sql::split_statements;

    use super::*;

    #[test]
    fn a_statement_goes_with_its_semicolon_and_with_its_line_where_it_is_alone() {
        for (text, expected) in [
            ("BEGIN;\nSELECT 1;\nCOMMIT;\n", "SELECT 1;\n"),
            ("BEGIN ;\r\nSELECT 1;\r\nCOMMIT", "SELECT 1;\r\n"),
            ("BEGIN; SELECT 1; COMMIT;", " SELECT 1; "),
            ("BEGIN; -- é\nSELECT 1;\n  COMMIT\n  ;\n-- end", " -- é\nSELECT 1;\n-- end"),
        ] {
            let statements = split_statements(text).unwrap();
            let mut edits = Edits::default();
            edits.remove(text, &statements[0]);
            edits.remove(text, statements.last().unwrap());
            assert_eq!(edits.apply(text), expected);
        }
    }
}
