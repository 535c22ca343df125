//! Names and strings as SQL writes them.

/// `name` as a quoted identifier.
///
/// ```
/// assert_eq!(strata_sql::identifier("order"), r#""order""#);
/// ```
pub fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `text` as a string literal, which means the same under either setting of
/// `standard_conforming_strings`.
///
/// ```
/// assert_eq!(strata_sql::literal(r"C:\x"), r"E'C:\\x'");
/// ```
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    match quoted.contains('\\') {
        true => format!("E'{}'", quoted.replace('\\', "\\\\")),
        false => format!("'{quoted}'"),
    }
}
