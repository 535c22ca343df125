//! Differences: two lists of facts to the statements that turn the one into the other.
//!
//! One table of rules says for each kind of fact how it is created, altered and dropped; one graph
//! of what needs what orders the statements. Nothing here reads SQL to understand it.

mod change;
mod graph;
mod list;
mod others;
mod plan;
mod privileges;
mod reparse;
mod rule;
mod rules;
mod statement;
mod tables;
mod types;
mod written;

pub use list::{Difference, Way, differences};
pub use plan::{Plan, plan};
pub use statement::Statement;
