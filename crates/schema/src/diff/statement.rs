//! What a plan is made of.

/// One statement of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Statement {
    /// The SQL, without a semicolon at its end.
    pub sql: String,
    /// What is lost for good by it, `table public.users`.
    pub loss: Option<String>,
}
