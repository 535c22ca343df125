//! The whole schema as text: for a review, for a snapshot test, for a comparison.

use similar::{ChangeTag, TextDiff};

/// How two snapshots differ: a line for each thing that only one has, with what it belongs to,
/// behind `-` for `before` and `+` for `after`. Empty where they are the same.
///
/// ```
/// let before = "table public.users\n  column id: integer\n  index i: btree (id)\n";
/// let after = "table public.users\n  column id: integer\n";
/// let difference = strata_schema::schema_difference(before, after);
/// assert_eq!(difference, ["- table public.users / index i: btree (id)"]);
/// ```
pub fn schema_difference(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (with_owners(before), with_owners(after));
    let before: Vec<_> = before.iter().map(String::as_str).collect();
    let after: Vec<_> = after.iter().map(String::as_str).collect();
    TextDiff::from_slices(&before, &after)
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal)
        .map(|change| format!("{} {}", change.tag(), change.value()))
        .collect()
}

/// The lines of a snapshot, each with what it belongs to; without the remarks above it.
fn with_owners(snapshot: &str) -> Vec<String> {
    let mut above: Vec<&str> = Vec::new();
    let mut lines = Vec::new();
    for line in snapshot.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let part = line.trim_start_matches(' ');
        let depth = (line.len() - part.len()) / 2;
        above.truncate(depth);
        let owner = above.join(" / ");
        let is_continued = part.starts_with('|');
        lines.push(match (owner.is_empty(), is_continued) {
            (true, _) => part.to_owned(),
            (false, true) => format!("{owner}: {part}"),
            (false, false) => format!("{owner} / {part}"),
        });
        if !is_continued {
            above.push(without_value(part));
        }
    }
    lines
}

/// `column id` of `column id: integer`; a colon within quotes is part of a name.
fn without_value(line: &str) -> &str {
    let mut quoted = false;
    for (index, c) in line.char_indices() {
        quoted ^= c == '"';
        if !quoted && line[index..].starts_with(": ") {
            return &line[..index];
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_told_with_all_that_it_belongs_to() {
        let before =
            "# PostgreSQL 15\n\ntable \"a: b\": unlogged\n  column c: integer\n    default: 1\n";
        let after =
            "# PostgreSQL 15\n\ntable \"a: b\": unlogged\n  column c: integer\n    default: 2\n";
        assert_eq!(
            schema_difference(before, after),
            [
                "- table \"a: b\" / column c / default: 1",
                "+ table \"a: b\" / column c / default: 2"
            ]
        );
    }

    #[test]
    fn a_line_of_a_body_is_told_with_its_function() {
        let before = "function f()\n  | BEGIN\n  | END\n  owner: a\n";
        let after = "function f()\n  | BEGIN\n  |   x\n  | END\n  owner: a\n";
        assert_eq!(schema_difference(before, after), ["+ function f(): |   x"]);
    }
}
