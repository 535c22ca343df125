//! The schema as pictures: tables with their neighbours, groups of tables, all groups, as SVG that
//! is the same for the same schema.
//!
//! Nothing that a database says is ever markup, and no text is wider than its box: see
//! [`Pictures`].

mod card;
mod groups;
mod layout;
mod model;
mod picture;
mod quoted;
mod read;
mod relations;
mod svg;
mod text;

#[cfg(test)]
mod geometry;

pub use groups::{Group, groups};
pub use model::{Column, Constraint, Object, Part, Reference, Schema, Table};
pub use picture::{Pictures, Target};
pub use read::read_schema;
pub use relations::{Relation, Relations};
pub use text::{escape, shown};
