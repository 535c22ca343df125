//! Practice: statements that can run again, where PostgreSQL has a word for that.

use super::super::alter::{Alter, Words};
use super::super::seen::{Note, Seen};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let words = &seen.words;
    let missing = of_create(words).or_else(|| of_drop(words)).or_else(|| of_alter(words));
    let note = |word: &str| {
        let message = format!("this fails where it was done before; write {word}");
        Note::new("prefer-robust-stmts", message)
    };
    missing.map(note).into_iter().collect()
}

fn of_create<'a>(words: &Words<'_>) -> Option<&'a str> {
    if !words.open_with("CREATE") {
        return None;
    }
    let skipped = ["UNIQUE", "UNLOGGED", "TEMP", "TEMPORARY", "CONSTRAINT", "RECURSIVE"];
    let at = words.behind(1, &skipped);
    let is = |kinds: &[&str]| kinds.iter().any(|kind| words.is(at, kind));
    let if_not_exists = words.have("IF NOT EXISTS");
    let unnamed = is(&["INDEX"]) && words.is(words.behind(at + 1, &["CONCURRENTLY"]), "ON");
    let constraint_trigger = words.open_with("CREATE CONSTRAINT");
    match () {
        () if unnamed || constraint_trigger => None,
        () if is(&["TABLE", "INDEX", "SEQUENCE", "SCHEMA", "EXTENSION", "MATERIALIZED"]) => {
            (!if_not_exists).then_some("IF NOT EXISTS")
        }
        () if is(&["FUNCTION", "PROCEDURE", "VIEW", "TRIGGER", "RULE", "AGGREGATE"]) => {
            Some("CREATE OR REPLACE")
        }
        () => None,
    }
}

fn of_drop<'a>(words: &Words<'_>) -> Option<&'a str> {
    (words.open_with("DROP") && !words.have("IF EXISTS")).then_some("IF EXISTS")
}

fn of_alter<'a>(words: &Words<'_>) -> Option<&'a str> {
    if words.open_with("ALTER TYPE") && words.have("ADD VALUE") {
        return (!words.have("IF NOT EXISTS")).then_some("ADD VALUE IF NOT EXISTS");
    }
    Alter::of(words)?.actions().find_map(|action| {
        let adds_column = action.opens_with("ADD COLUMN") && !action.has("IF NOT EXISTS");
        let drops = action.opens_with("DROP COLUMN") || action.opens_with("DROP CONSTRAINT");
        match () {
            () if adds_column => Some("ADD COLUMN IF NOT EXISTS"),
            () if drops && !action.has("IF EXISTS") => Some("IF EXISTS"),
            () => None,
        }
    })
}
