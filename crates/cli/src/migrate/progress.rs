//! What a run shows while it runs: a line for each migration, and on a terminal a bar.

use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::clock::Clock;
use super::report::JsonRan;
use crate::printer::Printer;
use crate::safe;
use crate::text::Text;
use crate::words::{migrations, time};
use diesel_strata::Event;

/// Where times begin, as far as names leave them room.
const TIMES: usize = 58;

/// How long a lock is waited for before it is said that nobody is seen who holds it.
const UNSEEN: Duration = Duration::from_secs(2);

/// How often a clock moves.
const TICK: Duration = Duration::from_millis(250);

pub(super) struct Progress<'a> {
    pub(super) printer: &'a Printer,
    bar: ProgressBar,
    /// Runs while another session is waited for, where there is no bar to show it.
    clock: Option<Clock>,
    planned: usize,
    done: Vec<(String, Duration)>,
    blocker: Option<String>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(printer: &'a Printer) -> Self {
        Self {
            printer,
            bar: ProgressBar::hidden(),
            clock: None,
            planned: 0,
            done: Vec::new(),
            blocker: None,
        }
    }

    pub(super) fn show(&mut self, event: Event<'_>) {
        match event {
            Event::Waiting { holder } => self.wait(holder),
            Event::Planned { count } => self.begin(count),
            Event::Started { migration } => {
                self.bar.set_message(safe::line(migration.name()).into_owned());
            }
            Event::Finished { migration, elapsed } => self.finished(migration.name(), elapsed),
            Event::Blocked { migration, blocker, waited } => {
                self.blocked(migration.name(), blocker, waited);
            }
            Event::IndexRebuilt { index, .. } => {
                let note = format!("index {index} was left invalid by a failed run; rebuilding it");
                self.bar.suspend(|| self.printer.note(note));
            }
            _ => {}
        }
    }

    /// Says who holds what a migration needs, once for each of them.
    fn blocked(&mut self, name: &str, blocker: Option<&str>, waited: Duration) {
        let who = blocker.unwrap_or("a session that was not seen");
        let text = format!("{name} needs a lock that is held by {who}");
        if self.blocker.as_ref() != Some(&text) && (blocker.is_some() || waited > UNSEEN) {
            self.bar.suspend(|| self.printer.note(text.as_str()));
            self.blocker = Some(text);
        }
    }

    /// Says who is waited for, and for how long.
    fn wait(&mut self, holder: &str) {
        let text = format!("waiting for another session that migrates: {holder}");
        self.bar.suspend(|| self.printer.note(text));
        if !self.is_live() {
            self.clock = (!self.printer.is_quiet()).then(Clock::start);
            return;
        }
        if let Ok(clock) = ProgressStyle::with_template("  {spinner} waiting for {elapsed}") {
            self.bar.finish_and_clear();
            self.bar = ProgressBar::new_spinner().with_style(clock);
            self.bar.enable_steady_tick(TICK);
        }
    }

    fn begin(&mut self, count: usize) {
        self.planned = count;
        // Nobody is waited for any more.
        self.clear();
        if !self.is_live() {
            return;
        }
        let template = "  {bar:24} {pos}/{len} {wide_msg}";
        if let Ok(bar_style) = ProgressStyle::with_template(template) {
            self.bar = ProgressBar::new(count as u64).with_style(bar_style);
        }
    }

    /// Whether somebody watches.
    fn is_live(&self) -> bool {
        Term::stderr().is_term() && !self.printer.is_quiet() && !self.printer.is_json()
    }

    fn finished(&mut self, name: &str, elapsed: Duration) {
        self.bar.inc(1);
        let line =
            Text::from(format!("  {name}")).padded(TIMES) + format!(" {:>10}", time(elapsed));
        self.bar.suspend(|| self.printer.say(line));
        self.done.push((name.to_owned(), elapsed));
    }

    pub(super) fn clear(&mut self) {
        self.clock = None;
        self.bar.finish_and_clear();
    }

    pub(super) fn has_done_any(&self) -> bool {
        !self.done.is_empty()
    }

    /// Says how far a run came that failed, if it had begun.
    pub(super) fn print_what_was_done(&self) {
        if self.planned == 0 {
            return;
        }
        let not_run = self.planned.saturating_sub(self.done.len() + 1);
        if self.printer.is_json() {
            let ran = self.done.iter().map(|(name, elapsed)| JsonRan::new(name, *elapsed));
            self.printer.json(&JsonPart { applied: ran.collect(), not_run });
        } else if self.planned > 1 {
            let done = migrations(self.done.len());
            self.printer.say(format!("{done} applied, 1 failed, {not_run} not run"));
        }
    }
}

#[derive(Serialize)]
struct JsonPart<'a> {
    applied: Vec<JsonRan<'a>>,
    not_run: usize,
}
