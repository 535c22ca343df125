//! The tools to come from.

use std::fmt;

/// A tool whose folder and ledger can be taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Diesel's own migrations.
    Diesel,
    /// sqlx.
    Sqlx,
    /// refinery.
    Refinery,
    /// dbmate.
    Dbmate,
    /// goose.
    Goose,
    /// golang-migrate.
    GolangMigrate,
    /// Flyway.
    Flyway,
}

impl Tool {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Diesel,
        Self::Sqlx,
        Self::Refinery,
        Self::Dbmate,
        Self::Goose,
        Self::GolangMigrate,
        Self::Flyway,
    ];

    /// The table in which it records what ran, unless it was told otherwise.
    pub fn table(self) -> &'static str {
        match self {
            Self::Diesel => "__diesel_schema_migrations",
            Self::Sqlx => "_sqlx_migrations",
            Self::Refinery => "refinery_schema_history",
            Self::Dbmate | Self::GolangMigrate => "schema_migrations",
            Self::Goose => "goose_db_version",
            Self::Flyway => "flyway_schema_history",
        }
    }

    /// How its people write its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Diesel => "Diesel",
            Self::Sqlx => "sqlx",
            Self::Refinery => "refinery",
            Self::Dbmate => "dbmate",
            Self::Goose => "goose",
            Self::GolangMigrate => "golang-migrate",
            Self::Flyway => "Flyway",
        }
    }

    /// Its name as it is typed.
    pub fn word(self) -> &'static str {
        match self {
            Self::Diesel => "diesel",
            Self::Flyway => "flyway",
            _ => self.name(),
        }
    }

    /// Whether a setting that one file makes holds for the files after it. Flyway sets the
    /// session back after each.
    pub(crate) fn keeps_settings(self) -> bool {
        self != Self::Flyway
    }

    /// Whether it opens no transaction of its own around a file.
    pub(crate) fn opens_no_transaction(self) -> bool {
        self == Self::GolangMigrate
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
