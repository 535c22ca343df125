//! The way that is safe, as SQL.

use std::fmt;

/// One migration of a safe way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Whether its statements run each on its own.
    pub no_transaction: bool,
    /// What it does, in a word or two: `validate`.
    pub name: &'static str,
    /// Its statements.
    pub sql: String,
}

impl Step {
    /// A step that is one transaction.
    pub(crate) fn new(name: &'static str, sql: impl Into<String>) -> Self {
        Self { no_transaction: false, name, sql: sql.into() }
    }

    /// A step whose statements run each on its own.
    pub(crate) fn outside(name: &'static str, sql: impl Into<String>) -> Self {
        Self { no_transaction: true, name, sql: sql.into() }
    }
}

/// Migrations, one after the other, that come to what one statement does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The migrations.
    pub steps: Vec<Step>,
    /// Whether they stand for the statement as they are. Else they are a sketch, with names or
    /// values to be filled in.
    pub whole: bool,
}

impl Way {
    /// Steps that stand for the statement as they are.
    pub(crate) fn whole(steps: impl Into<Vec<Step>>) -> Option<Self> {
        Some(Self { steps: steps.into(), whole: true })
    }

    /// Steps with something to be filled in.
    pub(crate) fn sketch(steps: impl Into<Vec<Step>>) -> Option<Self> {
        Some(Self { steps: steps.into(), whole: false })
    }
}

impl fmt::Display for Way {
    /// The statements, each step under a comment that says where it goes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            match (step.no_transaction, self.steps.len()) {
                (true, _) => writeln!(f, "-- in a migration of its own, which opens with this:")
                    .and_then(|()| writeln!(f, "-- strata: no-transaction"))?,
                (false, 1) => {}
                (false, _) if index == 0 => writeln!(f, "-- in this migration:")?,
                (false, _) => writeln!(f, "-- in a later migration:")?,
            }
            write!(f, "{}", step.sql)?;
        }
        Ok(())
    }
}
