//! A run under the lock: what is pending, group by group.

use std::time::{Duration, Instant};

use super::group::{SMALL, Size};
use crate::error::{Error, Outcome, Unfinished};
use crate::event::Event;
use crate::migrations::{Migration, Up};
use crate::plan::Plan;
use crate::report::{Ran, Report};
use crate::row::Row;
use crate::runner::{
    Applied, Blocker, End, FIRST, Ladder, Part, Runner, UpError, can_be_undone, limits,
};

/// What plans anew, from the rows of the ledger.
type Planner<'m, 'a> = &'a dyn Fn(&[Row]) -> Result<Plan<'m>, Error>;

pub(super) struct Run<'m, 'a> {
    planner: Planner<'m, 'a>,
    runner: Runner<'a>,
    plan: Plan<'m>,
    report: Report,
    /// How many of the pending ones are done, here or elsewhere.
    done: usize,
    size: Size,
    /// Until when a lock is asked for; `None` without the steps.
    until: Option<Instant>,
    ladder: Option<Ladder>,
}

impl<'m, 'a> Run<'m, 'a> {
    /// A run of what is pending now; whether it may run where another tool has.
    pub(super) fn new(
        planner: Planner<'m, 'a>,
        other_tools: bool,
        until: Option<Instant>,
        mut runner: Runner<'a>,
    ) -> Result<Self, Error> {
        let rows = runner.rows()?;
        let plan = planner(&rows)?;
        if rows.is_empty() && !other_tools {
            runner.refuse_other_tools()?;
        }
        let report = plan.report(&rows);
        Ok(Self {
            planner,
            runner,
            plan,
            report,
            done: 0,
            size: Size::default(),
            until,
            ladder: None,
        })
    }

    /// Runs it to its end.
    pub(super) fn all(mut self, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Report, Error> {
        on_event(Event::Planned { count: self.plan.pending.len() });
        tracing::info!(pending = self.plan.pending.len(), "migrating");
        while self.done < self.plan.pending.len() {
            let next = self.plan.pending[self.done];
            if self.runner.reach.stop.is_requested() {
                return Err(self.unfinished(Error::Stopped { name: next.name().to_owned() }));
            }
            self.runner.reach.migration(next.name());
            if let Err(error) = self.step(next, on_event) {
                return Err(self.unfinished(error));
            }
        }
        self.runner.reach.question("end the run");
        Ok(self.report)
    }

    fn unfinished(self, source: Error) -> Error {
        let mut rest = self.plan.pending.iter().skip(self.done).map(|m| m.name().to_owned());
        let failed = match source {
            Error::Stopped { .. } | Error::LockLost { .. } => None,
            _ => rest.next(),
        };
        Error::Unfinished(Box::new(Unfinished {
            report: self.report,
            failed,
            not_run: rest.collect(),
            source,
        }))
    }

    fn step(
        &mut self,
        next: &'m Migration,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Error> {
        if self.ladder.is_none() {
            on_event(Event::Started { migration: next });
        }
        let (up, header) = (next.up()?, next.header()?);
        if up.is_none() && !header.no_transaction {
            return self.group(on_event);
        }
        let start = Instant::now();
        let row = self.plan.row_name(next);
        let applied = match up {
            Some(up) if !header.no_transaction => self.call(next, up, &row)?,
            up => self.runner.outside(next, up, &row, on_event)?,
        };
        match applied {
            Applied::Here => self.finished(next, start.elapsed(), on_event),
            Applied::Elsewhere => self.elsewhere(next),
        }
        Ok(())
    }

    fn call(&mut self, next: &Migration, up: Up, row: &str) -> Result<Applied, Error> {
        let limits = limits(next.header()?);
        let done = self.runner.in_transaction(next.name(), &limits, row, up);
        let restored = self.runner.restore_settings();
        let done = done.map_err(|cause| match cause {
            UpError::Engine(error) => error,
            UpError::Up(source, outcome) => rust_error(next, outcome, source),
        })?;
        restored.map(|()| done)
    }

    /// Applies the next ones in one message.
    fn group(&mut self, on_event: &mut dyn FnMut(Event<'_>)) -> Result<(), Error> {
        let parts = self.parts()?;
        self.runner.step = self.lock_step();
        // The first step is too short to be looked at.
        let lookout = self.ladder.as_ref().map(|_| self.runner.lookout());
        let start = Instant::now();
        let sent = match parts.as_slice() {
            [part] if self.goes_stepwise(part.migration)? => self.runner.apply_stepwise(part)?,
            parts => self.runner.apply_parts(parts)?,
        };
        self.size = self.size.after(parts.len(), start.elapsed());
        for (index, (part, elapsed)) in parts.iter().zip(&sent.done).enumerate() {
            if index > 0 {
                on_event(Event::Started { migration: part.migration });
            }
            self.finished(part.migration, *elapsed, on_event);
        }
        match sent.end {
            End::Whole => Ok(()),
            End::Failed(error) => {
                let part = parts.get(sent.done.len());
                self.blocked(part, lookout.and_then(|lookout| lookout.seen()), error, on_event)
            }
            End::Elsewhere => self.replan(),
        }
    }

    /// How long the next message asks for a lock. Where the server's messages cannot be told
    /// apart, a lock that is missed could not be told from a fault, and is waited for.
    fn lock_step(&self) -> Option<Duration> {
        let steps =
            self.until.is_some() && !self.runner.nested && self.runner.facts.speaks_english();
        steps.then(|| self.ladder.as_ref().map_or(FIRST, |ladder| ladder.step))
    }

    /// After the failure of `part`: nothing, if it may be tried again, or its error.
    fn blocked(
        &mut self,
        part: Option<&Part<'m>>,
        seen: Option<Blocker>,
        error: Error,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), Error> {
        let (Some(part), Some(until)) = (part, self.until.filter(|_| self.runner.step.is_some()))
        else {
            return Err(error);
        };
        let mut ladder = self.ladder.take().unwrap_or_else(|| Ladder::new(until));
        ladder.blocker = seen.or(ladder.blocker);
        let again = !part.names("lock_timeout")
            && can_be_undone(&part.text)
            && !self.runner.reach.stop.is_requested()
            && ladder.climb(&error);
        if !again {
            return Err(ladder.account(error));
        }
        let blocker = ladder.blocker.as_ref().map(ToString::to_string);
        let waited = ladder.climbed();
        tracing::info!(migration = part.migration.name(), blocker, ?waited, "waiting for a lock");
        on_event(Event::Blocked { migration: part.migration, blocker: blocker.as_deref(), waited });
        self.ladder = Some(ladder);
        Ok(())
    }

    fn goes_stepwise(&self, migration: &Migration) -> Result<bool, Error> {
        Ok(self.runner.facts.citus || migration.header()?.statement_by_statement)
    }

    /// The next ones that may share a message.
    fn parts(&self) -> Result<Vec<Part<'m>>, Error> {
        let mut parts: Vec<Part<'m>> = Vec::new();
        let mut size = 0;
        // What waits for a lock goes alone.
        let alone = self.runner.nested || self.ladder.is_some();
        let most = if alone { 1 } else { self.size.limit() };
        for (index, migration) in self.plan.pending.iter().enumerate().skip(self.done).take(most) {
            if migration.up()?.is_some() || migration.header()?.no_transaction {
                break;
            }
            if !parts.is_empty() && self.goes_stepwise(migration)? {
                break;
            }
            let durable = must_be_durable(self.plan.pending.get(index + 1).copied())?;
            let part = Part::new(migration, self.plan.row_name(migration), durable)?;
            size += part.text.len();
            if size > SMALL && !parts.is_empty() {
                break;
            }
            parts.push(part);
            if parts.last().is_some_and(Part::prepares) || self.goes_stepwise(migration)? {
                break;
            }
        }
        Ok(parts)
    }

    /// Looks anew at what is pending, since another session has applied something.
    fn replan(&mut self) -> Result<(), Error> {
        let rows = self.runner.rows()?;
        self.plan = (self.planner)(&rows)?;
        self.done = 0;
        Ok(())
    }

    fn finished(
        &mut self,
        migration: &Migration,
        elapsed: Duration,
        on_event: &mut dyn FnMut(Event<'_>),
    ) {
        tracing::info!(migration = migration.name(), ?elapsed, "applied");
        on_event(Event::Finished { migration, elapsed });
        self.report.applied.push(Ran { name: migration.name().to_owned(), elapsed });
        self.ladder = None;
        self.done += 1;
    }

    fn elsewhere(&mut self, migration: &Migration) {
        tracing::info!(migration = migration.name(), "applied elsewhere");
        self.done += 1;
    }
}

fn rust_error(
    migration: &Migration,
    outcome: Outcome,
    source: Box<dyn std::error::Error + Send + Sync>,
) -> Error {
    Error::Rust {
        name: migration.name().to_owned(),
        number: migration.number(),
        file: migration.file().to_owned(),
        outcome,
        source,
    }
}

/// Whether the commit before `next` must be on disk: before the end, and before what does more
/// than its own transaction.
fn must_be_durable(next: Option<&Migration>) -> Result<bool, Error> {
    let Some(next) = next else { return Ok(true) };
    Ok(next.up()?.is_some() || next.header()?.no_transaction)
}
