//! Placeholders in a text, filled as their tool would.

use std::env;

use regex::{Captures, Regex};

use crate::adopt::options::Options;

/// `text` with every match of `pattern` in it as `value` says, and the names that have none.
pub(super) fn fill(
    text: &str,
    pattern: &str,
    value: impl Fn(&Captures<'_>) -> Result<String, String>,
) -> (String, Vec<String>) {
    let Ok(pattern) = Regex::new(pattern) else {
        return (text.to_owned(), Vec::new());
    };
    let mut missing = Vec::new();
    let filled = pattern.replace_all(text, |found: &Captures<'_>| match value(found) {
        Ok(value) => value,
        Err(name) => {
            if !missing.contains(&name) {
                missing.push(name);
            }
            String::new()
        }
    });
    (filled.into_owned(), missing)
}

/// The value of `name`: one that was given, else the environment's.
pub(super) fn value(name: &str, options: &Options) -> Option<String> {
    let given = options.placeholders.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
    given.map(|(_, value)| value.clone()).or_else(|| env::var(name).ok())
}

/// Says that `names` have no value in the file shown as `file`.
pub(super) fn missing(file: &str, names: &[String]) -> String {
    let options: Vec<_> = names.iter().map(|name| format!("--placeholder {name}=…")).collect();
    format!("{file} has placeholders without a value: pass {}", options.join(" "))
}
