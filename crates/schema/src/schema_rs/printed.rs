//! The text of `schema.rs`.

/// The text of `schema.rs` for the database of `conn`, and what its author should know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Printed {
    /// The text, formatted by the machine's `rustfmt` where there is one.
    pub text: String,
    /// Whether it is formatted.
    pub is_formatted: bool,
    /// Columns whose types will make trouble, a sentence each.
    pub warnings: Vec<String>,
}
