//! A Rust migration stands on its own: what it called elsewhere in the crate would change under it,
//! long after it has run.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// What a migration reaches out of itself by, `crate` or `super`, and the line of it, counted from 1.
/// What is compiled for tests only may do that.
pub(crate) fn reaches_out(text: &str) -> Option<(&'static str, usize)> {
    // What is no Rust is the compiler's to tell.
    let tokens: TokenStream = text.parse().ok()?;
    let word = word_in(tokens, 0)?;
    let is_it = |line: &str| {
        let mut parts = line.split("//").next().unwrap_or_default().split(word).skip(1);
        parts.any(|rest| rest.trim_start().starts_with("::"))
    };
    Some((word, text.lines().position(is_it).map_or(1, |line| line + 1)))
}

/// The same for tokens that lie in so many modules of the migration's own.
fn word_in(tokens: TokenStream, depth: usize) -> Option<&'static str> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut for_tests = false;
    for (at, token) in tokens.iter().enumerate() {
        let before = |count: usize| at.checked_sub(count).and_then(|at| tokens.get(at));
        match token {
            TokenTree::Ident(word) if !for_tests && is_path(&tokens, at) => {
                if word == "crate" && !is_punct(before(1), '$') {
                    return Some("crate");
                }
                if word == "super" && supers(&tokens, at) > depth {
                    return Some("super");
                }
            }
            TokenTree::Group(group) => {
                let is_module = group.delimiter() == Delimiter::Brace && is_word(before(2), "mod");
                let is_attribute = is_punct(before(1), '#');
                if is_attribute {
                    for_tests |= group.stream().to_string().replace(' ', "") == "cfg(test)";
                } else if !(for_tests && group.delimiter() == Delimiter::Brace) {
                    let found = word_in(group.stream(), depth + usize::from(is_module));
                    if found.is_some() {
                        return found;
                    }
                }
                // The body of an item ends what an attribute says of it.
                for_tests &= group.delimiter() != Delimiter::Brace;
            }
            TokenTree::Punct(punct) => for_tests &= punct.as_char() != ';',
            TokenTree::Ident(_) | TokenTree::Literal(_) => {}
        }
    }
    None
}

/// How many modules up a path leads that begins at `at`.
fn supers(tokens: &[TokenTree], at: usize) -> usize {
    let steps = (at..).step_by(3);
    steps.take_while(|at| is_word(tokens.get(*at), "super") && is_path(tokens, *at)).count()
}

/// Whether `::` follows.
fn is_path(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at + 1), ':') && is_punct(tokens.get(at + 2), ':')
}

fn is_punct(token: Option<&TokenTree>, punct: char) -> bool {
    matches!(token, Some(TokenTree::Punct(found)) if found.as_char() == punct)
}

fn is_word(token: Option<&TokenTree>, word: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(found)) if found == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_out_of_the_migration_is_found_with_its_line() {
        for (text, expected) in [
            ("use diesel::prelude::*;\nuse crate::schema::users;", Some(("crate", 2))),
            ("// crate::a\nfn up() { é(super :: b()) }", Some(("super", 2))),
            ("use {std::fs, crate::a};", Some(("crate", 1))),
            ("mod a { use super::super::b; }", Some(("super", 1))),
            ("#[cfg(test)]\nuse std::a;\nuse crate::b;", Some(("crate", 3))),
            ("#[cfg(test)] mod a {} fn up() { crate::a() }", Some(("crate", 1))),
        ] {
            assert_eq!(reaches_out(text), expected, "{text}");
        }
    }

    #[test]
    fn what_stays_inside_is_let_be() {
        for text in [
            "//! crate::a\npub(crate) fn up() { \"super::b\" }",
            "mod a { use super::b; mod c { use super::super::b; } }",
            "#[cfg(test)] mod tests { use crate::MIGRATIONS; }",
            "#[cfg(test)] use crate::MIGRATIONS;",
            "macro_rules! m { () => { $crate::a() } }",
            "fn up( {",
        ] {
            assert_eq!(reaches_out(text), None, "{text}");
        }
    }
}
