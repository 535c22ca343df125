//! Names of SQL as names of Rust.

use std::fmt;

/// Words that cannot be names in Rust, and those that `table!` has taken.
const RESERVED: [&str; 55] = [
    "_",
    "abstract",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "pub",
    "ref",
    "return",
    "Self",
    "self",
    "static",
    "struct",
    "super",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "table",
    "columns",
    "is_nullable",
];

/// A table's name, in SQL and in Rust.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TableName {
    pub sql: String,
    pub rust: String,
    /// Where it is not the default schema.
    pub schema: Option<String>,
}

impl TableName {
    pub(crate) fn new(schema: &str, name: &str) -> Self {
        let schema = Some(schema).filter(|schema| *schema != DEFAULT_SCHEMA);
        Self {
            sql: name.to_owned(),
            rust: rust_name(name, None),
            schema: schema.map(str::to_owned),
        }
    }

    /// The name in SQL with its schema, unquoted.
    pub(crate) fn full_sql(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{schema}.{}", self.sql),
            None => self.sql.clone(),
        }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", rust_name(schema, None))?;
        }
        f.write_str(&self.rust)
    }
}

/// The schema whose name is left out.
pub(crate) const DEFAULT_SCHEMA: &str = "public";

/// The name in Rust of what is called `sql`, within `table` where it is a column.
pub(crate) fn rust_name(sql: &str, table: Option<&TableName>) -> String {
    let name = identifier(sql);
    let taken = table.is_some_and(|table| table.rust == name);
    if taken || is_reserved(&name) { format!("{name}_") } else { name }
}

/// A trailing underscore always frees a name.
fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || (name.starts_with("__") && !name.ends_with('_'))
}

/// `sql` with each run of other characters than ASCII letters, digits and underscores as one
/// underscore, and one before a leading digit.
fn identifier(sql: &str) -> String {
    let mut name = String::with_capacity(sql.len() + 1);
    let mut replaced = sql.starts_with(|c: char| c.is_ascii_digit());
    if replaced {
        name.push('_');
    }
    for c in sql.chars() {
        let fits = c.is_ascii_alphanumeric() || c == '_';
        if fits || !replaced {
            name.push(if fits { c } else { '_' });
        }
        replaced = !fits;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        for (sql, rust) in [
            ("users", "users"),
            ("type", "type_"),
            ("Self", "Self_"),
            ("columns", "columns_"),
            ("__a", "__a_"),
            ("__a_", "__a_"),
            ("a b--c", "a_b_c"),
            ("größe", "gr_e"),
            ("é", "__"),
            ("1a", "_1a"),
            ("1 a", "_1_a"),
            (" 1", "_1"),
            ("a_ b", "a__b"),
            ("\"); evil(", "_evil_"),
        ] {
            assert_eq!(rust_name(sql, None), rust, "{sql}");
        }
        let table = TableName::new("public", "users");
        assert_eq!(rust_name("users", Some(&table)), "users_");
        assert_eq!(TableName::new("my schema", "type").to_string(), "my_schema.type_");
    }
}
