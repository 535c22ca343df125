//! What a server's error is about, and so what there is to do.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// The class of an error, as far as Diesel and the server's message tell it.
///
/// PostgreSQL's SQLSTATE is not handed out by Diesel; where a message must tell and is not in
/// English, the class is [`Kind::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A constraint of the database was violated.
    Constraint,
    /// Transactions got into each other's way.
    Serialization,
    /// Two sessions waited for each other.
    Deadlock,
    /// A lock was not free in time.
    LockTimeout,
    /// A statement took longer than it may.
    StatementTimeout,
    /// Somebody cancelled the statement.
    Cancelled,
    /// The role may not do it.
    Permission,
    /// The session, or the server, takes no changes.
    ReadOnly,
    /// The server has no room left.
    DiskFull,
    /// The session was ended by an administrator.
    Ended,
    /// Everything else.
    Other,
}

/// Beginnings and parts of the server's messages in English.
const SAID: [(&str, Kind); 11] = [
    ("deadlock detected", Kind::Deadlock),
    ("canceling statement due to lock timeout", Kind::LockTimeout),
    ("could not obtain lock on", Kind::LockTimeout),
    ("canceling statement due to statement timeout", Kind::StatementTimeout),
    ("canceling statement due to", Kind::Cancelled),
    ("permission denied", Kind::Permission),
    ("must be owner of", Kind::Permission),
    ("read-only transaction", Kind::ReadOnly),
    ("No space left on device", Kind::DiskFull),
    ("terminating connection due to administrator command", Kind::Ended),
    ("could not serialize access", Kind::Serialization),
];

impl Kind {
    pub(crate) fn of(kind: &DatabaseErrorKind, message: &str) -> Self {
        match kind {
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::RestrictViolation
            | DatabaseErrorKind::ExclusionViolation => Self::Constraint,
            DatabaseErrorKind::SerializationFailure => Self::Serialization,
            DatabaseErrorKind::ReadOnlyTransaction => Self::ReadOnly,
            _ => {
                let said = SAID.iter().find(|(words, _)| message.contains(words));
                said.map_or(Self::Other, |(_, kind)| *kind)
            }
        }
    }

    /// The class of `error`, if the server gave it.
    pub(crate) fn of_error(error: &DieselError) -> Self {
        match error {
            DieselError::DatabaseError(kind, info) => Self::of(kind, info.message()),
            _ => Self::Other,
        }
    }

    /// What there is to do.
    pub(crate) fn remedy(self) -> &'static str {
        match self {
            Self::Constraint | Self::Other => "correct the file and migrate again",
            Self::Serialization | Self::Deadlock => "it met with another session; migrate again",
            Self::LockTimeout => {
                "another session holds what it needs; migrate again when that one has ended"
            }
            Self::StatementTimeout => {
                "raise the limit (`-- strata: statement-timeout 10min`), or do less at once, and \
                 migrate again"
            }
            Self::Cancelled => "it was stopped from outside; migrate again",
            Self::Permission => {
                "grant the privilege to the role that migrates, or migrate as the owner, and \
                 migrate again"
            }
            Self::ReadOnly => {
                "migrate on the primary, in a session that may write (default_transaction_read_only)"
            }
            Self::DiskFull => "make room on the server's disk and migrate again",
            Self::Ended => {
                "an administrator ended the session; migrate again when the server is up"
            }
        }
    }
}
