//! Passwords that a schema holds, blotted out of its text, which is committed and shown.

/// Words in the name of an option whose value lets somebody in.
const SECRETS: [&str; 4] = ["password", "passwd", "secret", "token"];

/// The attribute `name` of a thing of this kind, as it may be shown.
pub(crate) fn shown(kind: &str, name: &str, value: &str) -> String {
    match (kind, name) {
        ("server" | "user mapping", "options") => without_secrets(value),
        ("subscription", "connection") => connection(value).to_owned(),
        _ => value.to_owned(),
    }
}

/// `options` of a foreign server or a user mapping (`user 'u', password 'p'`) without their secrets.
fn without_secrets(options: &str) -> String {
    let mut shown = String::with_capacity(options.len());
    let mut rest = options;
    while let Some((name, value)) = rest.split_once('\'') {
        let end = end_of_literal(value);
        let (literal, behind) = value.split_at(end);
        let shown_value = if is_secret(name) { "***'" } else { literal };
        shown.extend([name, "'", shown_value]);
        rest = behind;
    }
    shown + rest
}

/// A subscription's connection string, which is shown whole or not at all.
fn connection(value: &str) -> &str {
    if is_secret(value) || value.contains("://") { "'***'" } else { value }
}

fn is_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SECRETS.iter().any(|word| text.contains(word))
}

/// Where a literal that has been opened ends, in bytes, its closing quote included; a quote in it
/// is doubled.
fn end_of_literal(text: &str) -> usize {
    let mut quotes = text.match_indices('\'').map(|(at, _)| at).peekable();
    while let Some(at) = quotes.next() {
        if quotes.next_if_eq(&(at + 1)).is_none() {
            return at + 1;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_no_text() {
        for (options, shown) in [
            ("user 'u', password 'p', host 'h'", "user 'u', password '***', host 'h'"),
            ("password 'it''s, host ''x''', port '1'", "password '***', port '1'"),
            ("\"SSLPassword\" 'é'", "\"SSLPassword\" '***'"),
            ("host 'password'", "host 'password'"),
            ("", ""),
        ] {
            assert_eq!(without_secrets(options), shown);
        }
        assert_eq!(connection("'host=h password=p'"), "'***'");
        assert_eq!(connection("'postgres://u:p@h/d'"), "'***'");
        assert_eq!(connection("'host=h dbname=d'"), "'host=h dbname=d'");
    }
}
