//! Whether two sources say the same, however they are laid out.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Whether `one` and `other` are the same Rust but for layout, comments and commas that end a list.
/// What is not Rust is the same as nothing.
pub(super) fn are_same(one: &str, other: &str) -> bool {
    match (tokens(one), tokens(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

fn tokens(text: &str) -> Option<Vec<String>> {
    // A formatter takes blanks off the ends of lines, those of documentation comments too.
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let stream: TokenStream = lines.join("\n").parse().ok()?;
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    Some(tokens)
}

fn flatten(stream: TokenStream, tokens: &mut Vec<String>) {
    let trees: Vec<_> = stream.into_iter().collect();
    let last = trees.len().wrapping_sub(1);
    for (index, tree) in trees.into_iter().enumerate() {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = marks(group.delimiter());
                tokens.push(open.to_owned());
                flatten(group.stream(), tokens);
                tokens.push(close.to_owned());
            }
            TokenTree::Punct(punct) if index == last && punct.as_char() == ',' => {}
            other => tokens.push(other.to_string()),
        }
    }
}

fn marks(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout_comments_and_last_commas_do_not_count() {
        let raw =
            "// One.\r\ntable! { a (id) { id -> Int4, } }\n\nappear!(a, b);\n/// Doc. \nmod x {}";
        let formatted = "table! {\n    a (id) {\n        id -> Int4\n    }\n}\nappear!(\n    a,\n    b,\n);\n/// Doc.\nmod x {}\n";
        assert!(are_same(raw, formatted));
        for other in [
            raw.replace("Int4", "Int8"),
            raw.replace("a, b", "b, a"),
            raw.replace("Doc", "Dog"),
            raw.replace("(id)", "[id]"),
            raw.replace("appear!(a, b);", ""),
            "not Rust (".to_owned(),
        ] {
            assert!(!are_same(&other, formatted), "{other}");
        }
        assert!(!are_same("(", "("), "what cannot be read is not said to be the same");
    }
}
