//! The same migrations, embedded by each tool's own macro.

use sqlx::migrate::Migrator;

/// One sequence, in the form that each tool has for it.
pub struct Embedded {
    /// How many migrations it has.
    pub count: usize,
    pub strata: diesel_strata::EmbeddedMigrations,
    pub diesel: fn() -> diesel_migrations::EmbeddedMigrations,
    pub sqlx: &'static Migrator,
    pub refinery: fn() -> refinery::Runner,
}

/// The sequence of `count` migrations.
pub fn embedded(count: usize) -> &'static Embedded {
    let found = written::EVERY.iter().find(|embedded| embedded.count == count);
    found.unwrap_or_else(|| panic!("the build script writes no sequence of {count}"))
}

/// What the statement of the migration numbered `n` is.
pub fn statement(n: usize) -> String {
    format!("CREATE TABLE t{n} (id int);")
}

pub use written::of_40;

mod written {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}
