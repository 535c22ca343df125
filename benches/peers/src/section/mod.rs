//! Kinds of work that are measured: one file a kind.

mod apply;
mod at_once;
mod nothing_pending;
mod print_schema;
mod test_database;

use crate::embedded::Embedded;
use crate::measure::{Effort, Subject};
use crate::record::{Case, Measured};
use crate::start::Start;

/// One kind of work.
pub struct Section {
    /// How it is called on the command line, in the record and in the name of its plot.
    pub key: &'static str,
    pub title: &'static str,
    pub measure: fn(Effort) -> Vec<Case>,
}

pub const SECTIONS: [Section; 5] = [
    nothing_pending::SECTION,
    apply::SECTION,
    at_once::SECTION,
    print_schema::SECTION,
    test_database::SECTION,
];

fn case(section: &Section, name: &str, measured: Vec<Measured>) -> Case {
    Case { section: section.key.to_owned(), name: name.to_owned(), measured }
}

/// A start that must succeed.
fn start<W>(
    name: &'static str,
    start: Start,
    embedded: &'static Embedded,
    url: impl Fn(&W) -> String + 'static,
) -> Subject<'static, W> {
    Subject::new(name, move |world| {
        start(embedded, &url(world)).unwrap_or_else(|error| panic!("{name}: {error}"));
        0
    })
}
