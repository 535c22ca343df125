//! Names as SQL writes them, read back.

/// The names that `text` begins with, apart by `separator`, as they are without quotes; and what
/// follows them.
pub(super) fn names<'a>(text: &'a str, separator: &str) -> (Vec<String>, &'a str) {
    let mut names = Vec::new();
    let mut rest = text;
    loop {
        let (name, after) = name(rest);
        names.push(name);
        match after.strip_prefix(separator) {
            Some(after) => rest = after,
            None => return (names, after),
        }
    }
}

fn name(text: &str) -> (String, &str) {
    let Some(mut rest) = text.strip_prefix('"') else {
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
        let end = text.find(|c| !plain(c)).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut name = String::new();
    while let Some((before, after)) = rest.split_once('"') {
        name.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return (name, after),
        }
    }
    (name + rest, "")
}

/// A qualified name, as schema and name.
pub(super) fn qualified(text: &str) -> (String, String) {
    let (mut names, _) = names(text, ".");
    let name = names.pop().unwrap_or_default();
    (names.pop().unwrap_or_else(|| "public".to_owned()), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_taken_off() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(qualified("public.users"), pair("public", "users"));
        assert_eq!(qualified("\"a.\"\"b\".\"C, d\""), pair("a.\"b", "C, d"));
        assert_eq!(qualified("größe.x$1"), pair("größe", "x$1"));
        let (list, rest) = names("a, \"b, c\", d) REFERENCES", ", ");
        assert_eq!(
            (list.as_slice(), rest),
            (&["a", "b, c", "d"].map(str::to_owned)[..], ") REFERENCES")
        );
    }
}
