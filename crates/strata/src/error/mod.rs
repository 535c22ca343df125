//! What can go wrong, in words that end with what to do.

mod cause;
mod clean;
mod failure;
mod unfinished;

use std::error::Error as StdError;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use strata_sequence::SequenceError;

pub use cause::Kind;
pub(crate) use clean::clean;
pub use failure::{Outcome, Place, SqlFailure};
pub use unfinished::Unfinished;

/// Why the engine could not do what it was asked.
///
/// `Debug` writes what `Display` writes, with the sources below it, so that an application whose
/// `main` returns this error shows it as it is meant to be read.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder of migrations, or a file in it, breaks a rule.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
    /// A statement of an SQL migration failed.
    #[error("{0}")]
    Sql(Box<SqlFailure>),
    /// A Rust migration returned an error.
    #[error(
        "migration {name} (number {number}) failed in {}; {outcome}: correct it and migrate again",
        file.display()
    )]
    Rust {
        /// The migration.
        name: String,
        /// Its number.
        number: u64,
        /// Its file.
        file: PathBuf,
        /// What became of it.
        outcome: Outcome,
        /// What it returned.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A migration of another Diesel source failed.
    #[error("migration {name} failed; {outcome}: correct it and migrate again")]
    Foreign {
        /// The migration.
        name: String,
        /// What became of it.
        outcome: Outcome,
        /// What it returned.
        source: Box<dyn StdError + Send + Sync>,
    },
    /// A Rust migration ended the transaction that it was given.
    #[error(
        "migration {name} ended the transaction that it ran in{}, and it is not recorded: undo by \
         hand what it did, take COMMIT and ROLLBACK out of it, and migrate again",
        if *committed { "; what it did before that stays" } else { ", and with it what it had done" }
    )]
    LeftTransaction {
        /// The migration.
        name: String,
        /// Whether it committed it.
        committed: bool,
        /// What it returned, if it failed.
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// A no-transaction migration left a transaction open.
    #[error(
        "migration {name} runs outside a transaction and left one open, which was rolled back; it \
         is not recorded: commit what it begins, and migrate again"
    )]
    LeftOpen {
        /// The migration.
        name: String,
    },
    /// The lock is not held any more, and another session may be migrating.
    #[error(
        "the migration lock was given away in the middle of the run (by DISCARD ALL or \
         pg_advisory_unlock_all()), and another session has it now; {name} was not begun: migrate \
         again"
    )]
    LockLost {
        /// The migration that was next.
        name: String,
    },
    /// The server is a standby.
    #[error("this server is a standby, which takes no changes; migrate on the primary")]
    Standby,
    /// The ledger has no place.
    #[error(
        "there is no schema on the search_path in which {ledger} could be created; create one \
         (CREATE SCHEMA public), or set the search_path of the role"
    )]
    NoSchema {
        /// The ledger.
        ledger: String,
    },
    /// The ledger cannot be created, read or written.
    #[error(
        "failed to {doing} {ledger}{}: {}",
        detail_of(source),
        ledger_remedy(source, doing, ledger)
    )]
    Ledger {
        /// What was tried.
        doing: &'static str,
        /// The ledger.
        ledger: String,
        /// What Diesel returned.
        source: diesel::result::Error,
    },
    /// Another tool has migrated this database, and the ledger is empty.
    #[error(
        "another tool has migrated this database ({}), and {ledger} holds nothing; to run \
         everything again would break it: adopt that tool's history, or record what is applied, \
         first", tables.join(", ")
    )]
    OtherTool {
        /// The ledger.
        ledger: String,
        /// The other tool's tables.
        tables: Vec<String>,
    },
    /// The run was stopped from outside.
    #[error("stopped before {name}; migrate again to go on")]
    Stopped {
        /// The migration that was next.
        name: String,
    },
    /// A run ended before its end.
    #[error(transparent)]
    Unfinished(Box<Unfinished>),
    /// The server does not answer.
    #[error(
        "the server has not answered for {}s (to {doing}); look whether it and the network are up, \
         and migrate again: what was committed is in the ledger", waited.as_secs()
    )]
    NoAnswer {
        /// What was asked for.
        doing: String,
        /// How long was waited.
        waited: Duration,
    },
    /// A pending Rust migration has no function in this program.
    #[error(
        "{name} is a Rust migration, which only the application's own program can run ({}); run \
         the application, or its own command line, to apply it",
        file.display()
    )]
    RustNotLinked {
        /// The migration.
        name: String,
        /// Its file.
        file: PathBuf,
    },
    /// The server could not be reached, or refused the connection.
    #[error("cannot connect to {target}: {message}")]
    Connect {
        /// Host, port and database; never the password.
        target: String,
        /// What libpq said.
        message: String,
    },
    /// `.env` names a database in a line that cannot be read.
    #[cfg(feature = "server")]
    #[error(
        "cannot read {name} from {}{}; put the value in single quotes, and look for a quote that \
         is left open above it",
        line.map(|line| format!("line {line} of ")).unwrap_or_default(),
        path.display()
    )]
    EnvFile {
        /// The variable.
        name: String,
        /// The file.
        path: PathBuf,
        /// The line, counted from 1; none where the file itself cannot be read.
        line: Option<usize>,
    },
    /// The role may not create databases.
    #[cfg(feature = "testing")]
    #[error(
        "the role of the server for tests may not create databases; have an administrator run \
         ALTER ROLE … CREATEDB for it, name another server in TEST_DATABASE_URL, or leave \
         TEST_DATABASE_URL and DATABASE_URL unset for a private one"
    )]
    MayNotCreate,
    /// A pool gave no connection.
    #[error("the pool gave no connection; is the database up, and the pool large enough?")]
    Pool(#[source] diesel::r2d2::PoolError),
    /// A query of the engine's own failed.
    #[error("failed to {doing}{}", detail_of(source))]
    Database {
        /// What the query was for.
        doing: &'static str,
        /// What Diesel returned.
        source: diesel::result::Error,
    },
    /// The connection was lost while a migration ran.
    #[error(
        "the connection was lost while {name} ran{}; {fate}: migrate again once the server is back",
        lost_because(source)
    )]
    ConnectionLost {
        /// The migration.
        name: String,
        /// What is known of it.
        fate: Fate,
        /// What Diesel returned.
        source: diesel::result::Error,
    },
    /// Strict order was asked for.
    #[error(
        "{} numbered below {highest}, which is applied, and strict order was asked for; give it a \
         higher number, or run without strict order",
        are(names)
    )]
    OutOfOrder {
        /// The pending migrations that come late.
        names: Vec<String>,
        /// The highest migration that is applied.
        highest: String,
    },
    /// The ledger holds rows that no migration answers to, and the caller refuses that.
    #[error(
        "the ledger holds {}, which this program does not have; deploy a newer program, or allow \
         unknown rows",
        names.join(", ")
    )]
    UnknownRows {
        /// The rows' names.
        names: Vec<String>,
    },
    /// The target of a run is no migration.
    #[error(
        "there is no migration number {target}{}",
        highest.as_ref().map(|name| format!("; the last one is {name}")).unwrap_or_default()
    )]
    NoSuchTarget {
        /// The number that was asked for.
        target: u64,
        /// The last migration of the sequence.
        highest: Option<String>,
    },
    /// A squash meets a database that has only a part of what it replaces.
    #[error(
        "{name} replaces migrations of which this database lacks {}; migrate it with the last \
         release that has them, then again with this one",
        missing.join(", ")
    )]
    PartlyReplaced {
        /// The squash.
        name: String,
        /// What the database lacks.
        missing: Vec<String>,
    },
    /// The lock was not free before the deadline.
    #[error(
        "another session has been migrating this database for longer than {}s: {holder}; wait for \
         it and migrate again, or end it if it hangs{}",
        waited.as_secs(),
        pid.map(|pid| format!(": SELECT pg_terminate_backend({pid})")).unwrap_or_default()
    )]
    Locked {
        /// Who holds the lock.
        holder: String,
        /// Its server process.
        pid: Option<i32>,
        /// How long was waited.
        waited: Duration,
    },
    /// The session changed under the lock: a pooler gave out another server connection.
    #[error(
        "the connection goes through a pooler that gives every transaction another session \
         (PgBouncer's pool_mode = transaction), which cannot hold a migration lock; give the \
         migrating program the server's own address, or a pool with pool_mode = session"
    )]
    Pooled,
    /// The connection was closed as a transaction began.
    #[error(
        "the connection was closed as a transaction began, which a pooler does that has none \
         (PgBouncer's pool_mode = statement): give the migrating program the server's own address, \
         or a pool with pool_mode = session; if the server has only just gone down, migrate again \
         when it is up"
    )]
    ClosedAtBegin {
        /// What Diesel returned.
        source: diesel::result::Error,
    },
    /// A no-transaction migration meets a connection with an open transaction.
    #[error(
        "{name} must run outside a transaction, and this connection is inside one; migrate on a \
         connection of its own"
    )]
    InsideTransaction {
        /// The migration.
        name: String,
    },
    /// An index is being built by somebody else.
    #[error(
        "index {index} of migration {name} is being built by another session (pid {pid}); wait \
         for it and migrate again"
    )]
    IndexInProgress {
        /// The migration.
        name: String,
        /// The index.
        index: String,
        /// The server process that builds it.
        pid: i32,
    },
    /// There is no such row to forget.
    #[error(
        "{}; `status` lists what it holds",
        match pending {
            true => format!("{name} is pending, and not in the ledger"),
            false => format!("the ledger holds no {name}"),
        }
    )]
    NotInLedger {
        /// The name that was asked for.
        name: String,
        /// Whether the sequence has it.
        pending: bool,
    },
    /// Several rows could be meant.
    #[error("{name} may be any of {}; name one of them", rows.join(", "))]
    SeveralInLedger {
        /// The name that was asked for.
        name: String,
        /// The rows.
        rows: Vec<String>,
    },
    /// There is no such migration to record.
    #[error("the sequence holds no migration {name}; `status` lists what it holds")]
    NotInSequence {
        /// The name that was given.
        name: String,
    },
    /// One-way migrations are not reverted.
    #[error(
        "migrations are one-way: write a new one that undoes {name}, or undo it by hand and \
         `forget {name}`"
    )]
    OneWay {
        /// The migration.
        name: String,
    },
    /// The runtime ended before the run began.
    #[cfg(feature = "async")]
    #[error("the runtime is shutting down, so that nothing was migrated; migrate before it does")]
    RuntimeEnded,
    /// The schema could not be read, printed or verified.
    #[cfg(any(feature = "snapshot", feature = "verify"))]
    #[error(transparent)]
    Schema(#[from] strata_schema::SchemaError),
    /// Tests were given no server, and a private one needs Unix.
    #[cfg(all(feature = "testing", not(unix)))]
    #[error("tests need a server here: set TEST_DATABASE_URL to a URL of one")]
    NoTestServer,
    /// The private server could not be run.
    #[cfg(all(feature = "server", unix))]
    #[error(transparent)]
    Server(#[from] strata_server::ServerError),
}

/// What is known of a migration whose connection was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// A second connection saw that its session is gone, and that it is not in the ledger.
    NotApplied,
    /// It is one transaction, applied whole or not at all; which of them was not seen.
    WholeOrNot,
    /// It runs outside a transaction, and is not recorded.
    Outside,
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotApplied => "nothing of it was applied",
            Self::WholeOrNot => "it is applied whole or not at all, and the ledger will tell",
            Self::Outside => {
                "it runs outside a transaction, so that what it did before stays, and it is not \
                 recorded"
            }
        })
    }
}

impl Error {
    /// What went wrong, without the account of the run that it ended.
    pub fn cause(&self) -> &Self {
        match self {
            Self::Unfinished(unfinished) => unfinished.source.cause(),
            other => other,
        }
    }

    /// The same, as a value.
    #[must_use]
    pub fn into_cause(self) -> Self {
        match self {
            Self::Unfinished(unfinished) => unfinished.source.into_cause(),
            other => other,
        }
    }

    /// What the run had done when it went wrong; `None` where it had not begun.
    pub fn report(&self) -> Option<&crate::report::Report> {
        match self {
            Self::Unfinished(unfinished) => Some(&unfinished.report),
            _ => None,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut source = self.source();
        while let Some(cause) = source {
            write!(f, "\ncaused by: {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl From<std::convert::Infallible> for Error {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// Gives an error of the engine's own queries its purpose.
pub(crate) trait Doing<T> {
    /// Says what failed.
    fn doing(self, doing: &'static str) -> Result<T, Error>;
}

impl<T> Doing<T> for diesel::QueryResult<T> {
    fn doing(self, doing: &'static str) -> Result<T, Error> {
        self.map_err(|source| Error::Database { doing, source })
    }
}

fn are(names: &[String]) -> String {
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", names.join(", "))
}

/// The server's detail and hint, which Diesel's message leaves out.
fn detail_of(error: &diesel::result::Error) -> String {
    match error {
        diesel::result::Error::DatabaseError(_, info) => {
            let parts = [info.details(), info.hint()];
            parts.into_iter().flatten().map(|part| format!(" ({})", clean(part))).collect()
        }
        _ => String::new(),
    }
}

fn lost_because(error: &diesel::result::Error) -> &'static str {
    match Kind::of_error(error) {
        Kind::Ended => " (an administrator ended the session)",
        _ => "",
    }
}

fn ledger_remedy(error: &diesel::result::Error, doing: &str, ledger: &str) -> String {
    match Kind::of_error(error) {
        Kind::Permission if doing == "create the ledger" => format!(
            "grant CREATE on its schema to the role that migrates, or have it created by whoever \
             may: CREATE TABLE {ledger} ({})",
            crate::row::COLUMNS
        ),
        Kind::Permission => format!(
            "GRANT SELECT, INSERT ON {ledger} and USAGE on its sequence to the role that migrates"
        ),
        kind => match kind.remedy() {
            "correct the file and migrate again" => "correct that and migrate again".to_owned(),
            remedy => remedy.to_owned(),
        },
    }
}
