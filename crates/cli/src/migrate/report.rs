//! What a run did, when it is over.

use std::time::Duration;

use serde::Serialize;

use crate::printer::Printer;
use crate::text::{Text, bold};
use crate::words::{migrations, time};
use diesel_strata::{Ran, Report};

/// So many names are listed; more are counted.
const NAMES: usize = 5;

pub(super) fn print(printer: &Printer, report: &Report, elapsed: Duration, target: &str) {
    if printer.is_json() {
        return printer.json(&JsonReport::from(report));
    }
    print_notes(printer, report);
    printer.say(summary(report, elapsed) + ": " + target);
    if !report.above_target.is_empty() {
        printer.say(format!("still pending above that: {}", list(&report.above_target)));
    }
}

fn summary(report: &Report, elapsed: Duration) -> Text {
    match report.applied.len() {
        0 if report.above_target.is_empty() => bold("nothing is pending"),
        0 => bold("nothing is pending up to there"),
        number => {
            let done = format!("{} applied", migrations(number));
            Text::styled(done, console::Style::new().green().bold()) + " in " + time(elapsed)
        }
    }
}

fn print_notes(printer: &Printer, report: &Report) {
    if !report.unknown.is_empty() {
        printer.note(format!(
            "the ledger also holds {}, unknown here and left alone",
            list(&report.unknown)
        ));
    }
    if !report.out_of_order.is_empty() {
        printer.note(format!(
            "numbered below what was applied before: {}",
            list(&report.out_of_order)
        ));
    }
    if !report.elsewhere.is_empty() {
        let number = migrations(report.elsewhere.len());
        printer.note(format!("applied meanwhile by another session: {number}"));
    }
}

/// `names`, the first of them and how many more there are.
fn list(names: &[String]) -> String {
    let more = names.len().saturating_sub(NAMES);
    let listed = names[..names.len() - more].join(", ");
    if more == 0 { listed } else { format!("{listed} and {more} more") }
}

#[derive(Serialize)]
struct JsonReport<'a> {
    applied: Vec<JsonRan<'a>>,
    elsewhere: &'a [String],
    unknown: &'a [String],
    out_of_order: &'a [String],
    above_target: &'a [String],
}

#[derive(Serialize)]
pub(super) struct JsonRan<'a> {
    name: &'a str,
    /// Milliseconds.
    elapsed_ms: f64,
}

impl<'a> From<&'a Ran> for JsonRan<'a> {
    fn from(ran: &'a Ran) -> Self {
        Self::new(&ran.name, ran.elapsed)
    }
}

impl<'a> JsonRan<'a> {
    pub(super) fn new(name: &'a str, elapsed: Duration) -> Self {
        Self { name, elapsed_ms: elapsed.as_secs_f64() * 1000.0 }
    }
}

impl<'a> From<&'a Report> for JsonReport<'a> {
    fn from(report: &'a Report) -> Self {
        Self {
            applied: report.applied.iter().map(JsonRan::from).collect(),
            elsewhere: &report.elsewhere,
            unknown: &report.unknown,
            out_of_order: &report.out_of_order,
            above_target: &report.above_target,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_short() {
        let names: Vec<_> = (1..=7).map(|n| n.to_string()).collect();
        assert_eq!(list(&names[..5]), "1, 2, 3, 4, 5");
        assert_eq!(list(&names), "1, 2, 3, 4, 5 and 2 more");
    }
}
