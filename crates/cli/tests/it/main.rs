//! The program `strata` against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
#![expect(clippy::too_many_lines, reason = "a test may be a long table")]

mod adopt;
mod baseline;
mod check;
mod command_line;
mod database;
mod docs;
mod hostile;
mod json;
mod many;
mod mounted;
mod new;
mod poolers;
mod private_server;
mod random_schemas;
mod rehearse;
mod replicas;
mod schema_rs;
mod settings;
mod squash;
mod status;
mod sum;
mod support;
mod target;
