//! What a migration is to the engine, and where migrations come from.

mod migration;
mod sequence;

#[cfg(test)]
pub(crate) use migration::{Body, Text};
pub use migration::{Migration, Up};
pub use sequence::{EmbeddedBody, EmbeddedMigration, EmbeddedMigrations, Sequence};
