//! What a test leaves: a database that the next test gets, or that is dropped, or kept for a look.

use strata_sql::identifier;

use super::admin::{KEPT, execute};
use super::names::unique;
use super::pool;
use super::private;
use super::recycle::Baseline;
use crate::session::{connect, with_database};

/// Whose copy a database is, and what it was like.
#[derive(Debug)]
pub(super) struct Again {
    pub template: String,
    pub baseline: Baseline,
}

/// The database of a test that is over.
pub(super) struct Left {
    pub name: String,
    /// A URL of the server.
    pub server: String,
    /// How it can serve another test; none where it cannot.
    pub again: Option<Again>,
    /// Whether somebody is to look at it.
    pub is_kept: bool,
}

impl Left {
    /// Keeps it, hands it on or drops it.
    pub(super) fn clear_away(mut self) {
        if self.is_kept {
            self.keep();
        } else if !self.recycle() {
            self.drop_database();
        }
    }

    /// Leaves it to the next test, if it is as it was; says whether it does.
    fn recycle(&mut self) -> bool {
        let Some(Again { template, baseline }) = self.again.take() else {
            return false;
        };
        let restored = connect(&with_database(&self.server, &self.name))
            .map(|mut conn| baseline.restore(&mut conn));
        matches!(restored, Ok(Ok(true))) && pool::give(&self.server, &template, &self.name)
    }

    fn keep(&self) {
        let kept = format!("{KEPT}{}", unique());
        let rename = format!("ALTER DATABASE {} RENAME TO {}", identifier(&self.name), kept);
        let renamed = connect(&self.server).and_then(|mut admin| execute(&mut admin, &rename));
        // A database that somebody is connected to keeps its name.
        let name = if renamed.is_ok() { &kept } else { &self.name };
        let url = with_database(&self.server, name);
        if !private::is_used() {
            return report(&format!("the test's database is kept: {url}"));
        }
        pool::forget(&self.server, &self.name);
        private::stay();
        report(&format!(
            "the test's database is kept for a day: strata server psql --database {name}\n\
             and for an hour its server runs: {url}"
        ));
    }

    fn drop_database(&self) {
        if private::is_used() {
            pool::forget(&self.server, &self.name);
        }
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", identifier(&self.name));
        let dropped = connect(&self.server).and_then(|mut admin| execute(&mut admin, &drop));
        if let Err(error) = dropped {
            report(&format!("the test's database was not dropped: {error}"));
        }
    }
}

#[expect(clippy::print_stderr, reason = "it is said to whoever runs the test")]
fn report(text: &str) {
    eprintln!("{text}");
}
