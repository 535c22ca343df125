#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "async")]
mod asynchronous;
#[cfg(feature = "server")]
#[doc(hidden)]
pub mod env_file;
mod error;
mod event;
mod forget;
#[cfg(feature = "harness")]
mod harness;
mod ledger;
mod migrations;
mod migrator;
mod plan;
mod record;
mod replaced;
mod report;
mod row;
mod runner;
mod session;
#[cfg(feature = "snapshot")]
mod snapshot;
mod source;
mod status;
mod stop;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "async")]
pub use asynchronous::migrate_async;
pub use error::{Error, Fate, Kind as FailureKind, Outcome, Place, SqlFailure, Unfinished};
pub use event::Event;
pub use forget::Forgettable;
#[cfg(feature = "harness")]
pub use harness::Harness;
pub use ledger::Ledger;
#[doc(hidden)]
pub use migrations::{EmbeddedBody, EmbeddedMigration};
pub use migrations::{EmbeddedMigrations, Migration, Sequence, Up};
pub use migrator::{Migrator, migrate, migrate_pool};
pub use record::Record;
pub use report::{Ran, Report};
pub use session::{connect, database_of, target, with_database};
#[cfg(feature = "snapshot")]
pub use snapshot::{schema_drift, schema_facts, schema_snapshot};
pub use status::{MigrationStatus, State, Status};
pub use stop::Stop;
pub use strata_macros::embed_migrations;
#[cfg(feature = "testing")]
pub use strata_macros::test;
#[cfg(any(feature = "snapshot", feature = "verify"))]
pub use strata_schema::SchemaError;
#[cfg(feature = "schema")]
pub use strata_schema::schema_rs;
#[cfg(feature = "verify")]
pub use strata_schema::{Fault, Misfit, verify_schema};
#[cfg(feature = "snapshot")]
pub use strata_schema::{diff, facts, schema_difference};
pub use strata_sequence::{Header, Kind, Problem, SequenceError, Timeout};
#[cfg(all(feature = "server", unix))]
pub use strata_server as server;
pub use strata_sql::Position;
