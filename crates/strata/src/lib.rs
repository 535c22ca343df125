#![doc = include_str!("../README.md")]

#[cfg(feature = "schema")]
mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
mod concurrent_index;
mod connect;
mod error;
mod failure;
mod harness;
mod ledger;
mod locate;
mod lock;
mod migration;
mod migrator;
mod plan;
mod runner;
#[cfg(feature = "schema")]
pub mod schema_rs;
mod sequence;
#[cfg(all(feature = "server", unix))]
pub mod server;
mod settings;
#[cfg(feature = "schema")]
mod snapshot;
mod status;
#[cfg(all(feature = "testing", unix))]
pub mod testing;

pub use connect::connect;
pub use diesel_strata_macros::embed_migrations;
#[cfg(all(feature = "testing", unix))]
pub use diesel_strata_macros::test;
pub use error::Error;
pub use failure::{Kind as FailureKind, Outcome, Place, SqlFailure};
pub use harness::Harness;
pub use ledger::Ledger;
pub use migration::{Migration, Up};
pub use migrator::{Event, Migrator, Ran, Report, migrate, migrate_pool};
#[cfg(feature = "schema")]
pub use schema_rs::verify_schema;
#[doc(hidden)]
pub use sequence::{EmbeddedBody, EmbeddedMigration};
pub use sequence::{EmbeddedMigrations, Sequence};
#[cfg(feature = "schema")]
pub use snapshot::{schema_difference, schema_snapshot};
pub use status::{MigrationStatus, State, Status};
pub use strata_sequence::{Header, Kind, Position, Problem, SequenceError, Timeout};
