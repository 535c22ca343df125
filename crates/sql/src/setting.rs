//! The settings that a text may change.

/// The names of the settings that `text` seems to set, in it or in code that it holds: what stands
/// behind `SET` and before `=` or `TO`, and what `set_config` is given. Names that only look so,
/// as columns in an `UPDATE`, are among them.
///
/// ```
/// let text = "SET app.tenant = 'x'; SELECT set_config('Work_Mem', '1MB', false)";
/// assert_eq!(strata_sql::named_settings(text), ["app.tenant", "work_mem"]);
/// ```
pub fn named_settings(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut words = words(text).peekable();
    while let Some((word, _)) = words.next() {
        let function = word.rsplit('.').next().unwrap_or_default();
        if function.eq_ignore_ascii_case("set_config") {
            names.extend(words.peek().map(|(name, _)| name.to_ascii_lowercase()));
        }
        if !word.eq_ignore_ascii_case("set") {
            continue;
        }
        let scope = |word: &&str| {
            word.eq_ignore_ascii_case("session") || word.eq_ignore_ascii_case("local")
        };
        let next = words.peek().copied();
        let next = match next.filter(|(word, _)| scope(word)) {
            Some(_) => {
                words.next();
                words.peek().copied()
            }
            None => next,
        };
        let Some((name, rest)) = next else { continue };
        let after = words.clone().nth(1).map_or("", |(word, _)| word);
        if rest.trim_start().starts_with('=') || after.eq_ignore_ascii_case("to") {
            names.push(name.to_ascii_lowercase());
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The words of `text`, each with what follows it; quotes and signs part them.
fn words(text: &str) -> impl Iterator<Item = (&str, &str)> + Clone {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(is_word)?;
        let word = &rest[start..];
        let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
        rest = &word[end..];
        Some((&word[..end], rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_found_wherever_it_is_set() {
        for (text, expected) in [
            ("set search_path to s", &["search_path"][..]),
            ("SET LOCAL app.x='1'", &["app.x"]),
            ("SET SESSION work_mem = '1MB'", &["work_mem"]),
            ("DO $$BEGIN EXECUTE 'SET app.y = 2'; END$$", &["app.y"]),
            ("select pg_catalog.set_config('a.b', 'x', true)", &["a.b"]),
            ("select set_config('a.b', 'x', true)", &["a.b"]),
            ("SET TIME ZONE 'UTC'; RESET x; SET ROLE y; offset = 1", &[]),
            ("SET", &[]),
        ] {
            assert_eq!(named_settings(text), expected, "{text}");
        }
    }
}
