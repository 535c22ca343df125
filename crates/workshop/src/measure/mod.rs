//! What a statement does to the tables that are there, asked of the server and not of a list.
//!
//! Inside a transaction three counters tell it of any statement: the locks that the session holds,
//! the file of each relation before and after (another file is a rewrite, of an index a rebuild),
//! and the sequential scans that the transaction has begun. All of them count on empty tables as
//! they do on full ones, so that a scratch database is enough.
//!
//! ```no_run
//! use diesel::connection::SimpleConnection;
//! use strata_workshop::measure::Meter;
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let mut conn = diesel_strata::connect("postgres://localhost/scratch")?;
//! conn.batch_execute("BEGIN")?;
//! let mut meter = Meter::start(&mut conn)?;
//! conn.batch_execute("ALTER TABLE leads ALTER COLUMN score TYPE bigint")?;
//! let measured = meter.look(&mut conn)?;
//! assert_eq!(measured.rewritten[0].name, "leads");
//! # Ok(())
//! # }
//! ```

mod lock;
mod meter;
mod outside;
mod read;
mod relation;

pub use lock::{Lock, LockMode};
pub use meter::{Built, ColumnChange, Measured, Meter};
pub use outside::outside;
pub use relation::{Column, Kind, Relation};
