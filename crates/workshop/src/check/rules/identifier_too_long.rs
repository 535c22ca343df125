//! Names that PostgreSQL cuts off without a word.

use super::super::seen::{Note, Seen};

/// How many bytes of a name are kept.
const KEPT: usize = 63;

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let is_name = |token: &str| {
        token.starts_with('"')
            || token.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
                && !token.contains('\'')
    };
    let names = seen.words.tokens.iter().filter(|token| is_name(token));
    let names = names.map(|token| token.trim_matches('"'));
    let Some(name) = names.into_iter().find(|name| name.len() > KEPT) else { return Vec::new() };
    let message = format!(
        "the name {name} has {} bytes, of which PostgreSQL keeps {KEPT}: give it a shorter one",
        name.len()
    );
    vec![Note::new("identifier-too-long", message)]
}
