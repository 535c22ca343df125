//! `COPY … FROM stdin` with its rows, as psql and Flyway take it, to `INSERT`.

use std::sync::LazyLock;

use regex::Regex;
use strata_sql::literal;

/// A COPY statement on lines of its own, up to its semicolon.
static COPY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?mis)^[ \t]*COPY\s+([^;]*?)\s+FROM\s+STDIN\b([^;]*);[ \t]*\r?\n").ok()
});

/// `sql` with every COPY from stdin as an INSERT of its rows, and how many there were.
///
/// # Errors
///
/// The options of one that are not carried over.
pub(crate) fn to_inserts(sql: &str) -> Result<(String, usize), String> {
    let mut text = String::with_capacity(sql.len());
    let (mut rest, mut count) = (sql, 0);
    while let Some(found) = COPY.as_ref().and_then(|copy| copy.captures(rest)) {
        let (Some(whole), Some(target)) = (found.get(0), found.get(1)) else { break };
        let Some((rows, behind)) = rows(&rest[whole.end()..]) else { break };
        let options = found.get(2).map_or("", |options| options.as_str()).trim();
        if !options.is_empty() && !options.to_ascii_lowercase().contains("text") {
            return Err(options.to_owned());
        }
        text.push_str(&rest[..whole.start()]);
        text.push_str(&insert(target.as_str(), &rows));
        rest = &rest[whole.end() + behind..];
        count += 1;
    }
    text.push_str(rest);
    Ok((text, count))
}

/// The rows up to the line `\.`, and where the text goes on behind it.
fn rows(text: &str) -> Option<(Vec<&str>, usize)> {
    let (mut rows, mut at) = (Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        at += line.len();
        match line.trim_end_matches(['\r', '\n']) {
            r"\." => return Some((rows, at)),
            row => rows.push(row),
        }
    }
    None
}

/// So many rows a statement: each is planned whole.
const ROWS: usize = 500;

fn insert(target: &str, rows: &[&str]) -> String {
    let row = |row: &&str| {
        let values: Vec<_> = row.split('\t').map(value).collect();
        format!("    ({})", values.join(", "))
    };
    let statement = |rows: &[&str]| {
        let values: Vec<_> = rows.iter().map(row).collect();
        format!("INSERT INTO {target} OVERRIDING SYSTEM VALUE VALUES\n{};\n", values.join(",\n"))
    };
    rows.chunks(ROWS).map(statement).collect()
}

/// One field of COPY's text format as an SQL literal.
fn value(field: &str) -> String {
    if field == r"\N" {
        return "NULL".to_owned();
    }
    let mut text = String::with_capacity(field.len());
    let mut rest = field.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '\\' => text.push(match rest.next() {
                Some('n') => '\n',
                Some('t') => '\t',
                Some('r') => '\r',
                Some('b') => '\u{8}',
                Some('f') => '\u{c}',
                Some('v') => '\u{b}',
                Some(other) => other,
                None => '\\',
            }),
            other => text.push(other),
        }
    }
    literal(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_values_and_the_rest_stays() {
        let sql = "-- é\nCOPY public.t (id, \"a b\") FROM stdin;\n1\tit's\\tso\n2\t\\N\n3\tC:\\\\x\n\\.\n\n\
                   COPY empty FROM STDIN;\n\\.\nSELECT 1;\n";
        let (text, count) = to_inserts(sql).unwrap();
        assert_eq!(count, 2);
        assert_eq!(
            text,
            "-- é\nINSERT INTO public.t (id, \"a b\") OVERRIDING SYSTEM VALUE VALUES\n    \
             ('1', 'it''s\tso'),\n    ('2', NULL),\n    ('3', E'C:\\\\x');\n\nSELECT 1;\n"
        );
    }

    #[test]
    fn what_is_none_stays_and_what_cannot_be_read_is_said() {
        let sql = "COPY t FROM '/x';\nSELECT 'COPY t FROM stdin;\n';\n";
        assert_eq!(to_inserts(sql).unwrap(), (sql.to_owned(), 0));
        assert_eq!(to_inserts("COPY t FROM stdin CSV;\n1\n\\.\n").unwrap_err(), "CSV");
    }
}
