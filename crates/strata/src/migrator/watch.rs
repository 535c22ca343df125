//! A run on a thread of its own, so that a server that does not answer can be given up, and a
//! statement that takes long can be cancelled: libpq waits without end, and for nobody else.

use std::panic::resume_unwind;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use strata_sql::literal;

use crate::error::Error;
use crate::event::{Event, OwnedEvent};
use crate::session::{Asked, Reach, Side};

/// How often the watcher looks up.
const TICK: Duration = Duration::from_millis(50);
/// How often a statement is cancelled that is to stop.
const CANCEL_EVERY: Duration = Duration::from_millis(500);
/// How many looks in a row must see that the server owes nothing before it is given up.
const LOOKS: usize = 3;

enum Said<T> {
    Event(Box<OwnedEvent>),
    /// Whether the session is still at work, if that could be seen.
    Seen(Option<bool>),
    Done(Result<T, Error>),
}

#[derive(QueryableByName)]
struct State {
    #[diesel(sql_type = Text)]
    state: String,
}

#[derive(QueryableByName)]
struct Cancelled {
    #[diesel(sql_type = Bool)]
    #[expect(dead_code, reason = "the run itself tells whether it ended")]
    cancelled: bool,
}

/// What `work` returns, which runs on another thread and tells `on_event` what happens. A server
/// that owes the answer to a short question for longer than `patience` is given up, and with it the
/// thread; so is one that does not work any more on a migration whose answer never came.
pub(super) fn watch<T: Send + 'static>(
    reach: &Reach,
    patience: Duration,
    on_event: &mut dyn FnMut(Event<'_>),
    work: impl FnOnce(&Reach, &mut dyn FnMut(Event<'_>)) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (sender, receiver) = mpsc::channel();
    let thread = spawn(reach.clone(), sender.clone(), work);
    Watch { reach, patience, sender, looks: 0, looked: Instant::now(), cancelled: None }
        .until_done(&receiver, thread, on_event)
}

fn spawn<T: Send + 'static>(
    reach: Reach,
    sender: Sender<Said<T>>,
    work: impl FnOnce(&Reach, &mut dyn FnMut(Event<'_>)) -> Result<T, Error> + Send + 'static,
) -> JoinHandle<()> {
    // Whoever listens to events on this thread hears those of the other one.
    let listener = tracing::dispatcher::get_default(Clone::clone);
    let span = tracing::Span::current();
    thread::spawn(move || {
        tracing::dispatcher::with_default(&listener, || {
            let _span = span.enter();
            let mut tell = |event: Event<'_>| {
                let _ = sender.send(Said::Event(Box::new(event.into())));
            };
            let done = work(&reach, &mut tell);
            let _ = sender.send(Said::Done(done));
        });
    })
}

struct Watch<'r, T> {
    reach: &'r Reach,
    patience: Duration,
    sender: Sender<Said<T>>,
    /// How many looks in a row saw a server that owes nothing, or none at all.
    looks: usize,
    looked: Instant,
    cancelled: Option<Instant>,
}

impl<T: Send + 'static> Watch<'_, T> {
    fn until_done(
        mut self,
        receiver: &Receiver<Said<T>>,
        thread: JoinHandle<()>,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<T, Error> {
        let mut thread = Some(thread);
        loop {
            match receiver.recv_timeout(TICK) {
                Ok(Said::Event(event)) => on_event(event.borrow()),
                Ok(Said::Seen(works)) => {
                    self.looks = if works == Some(true) { 0 } else { self.looks + 1 }
                }
                Ok(Said::Done(done)) => return done,
                Err(RecvTimeoutError::Timeout) | Err(RecvTimeoutError::Disconnected) => {
                    let ended = thread.take_if(|thread| thread.is_finished());
                    if let Some(Err(panic)) = ended.map(JoinHandle::join) {
                        resume_unwind(panic);
                    }
                    self.look_up()?;
                }
            }
        }
    }

    fn look_up(&mut self) -> Result<(), Error> {
        if self.reach.stop.is_requested()
            && self.cancelled.is_none_or(|at| at.elapsed() > CANCEL_EVERY)
        {
            self.cancelled = Some(Instant::now());
            self.aside(|side, pid, started| {
                let _ = cancel(side, pid, started);
                None
            });
        }
        let Some((since, asked)) = self.reach.beat().asked.clone() else {
            return Ok(());
        };
        let waited = since.elapsed();
        match asked {
            _ if waited < self.patience => self.looks = 0,
            Asked::Question(doing) => {
                return Err(Error::NoAnswer { doing: doing.to_owned(), waited });
            }
            Asked::Migration(name) if self.looks >= LOOKS => {
                return Err(Error::NoAnswer { doing: format!("the migration {name}"), waited });
            }
            Asked::Migration(_) if self.looked.elapsed() > self.patience / 3 => {
                self.looked = Instant::now();
                self.aside(|side, pid, started| Some(works(side, pid, started)));
            }
            Asked::Migration(_) => {}
        }
        Ok(())
    }

    /// Does `what` on a second connection, which may itself never answer.
    fn aside(
        &self,
        what: impl FnOnce(&mut Side, i32, &str) -> Option<Option<bool>> + Send + 'static,
    ) {
        let (reach, sender) = (self.reach.clone(), self.sender.clone());
        let Some((pid, started)) = reach.beat().session.clone().filter(|_| !reach.is_none()) else {
            return;
        };
        thread::spawn(move || {
            let seen = match reach.open() {
                Some(mut side) => what(&mut side, pid, &started),
                None => Some(None),
            };
            if let Some(works) = seen {
                let _ = sender.send(Said::Seen(works));
            }
        });
    }
}

/// Whether the session is at work; `None` where nobody can be asked.
fn works(side: &mut Side, pid: i32, started: &str) -> Option<bool> {
    let state = diesel::sql_query(format!(
        "SELECT coalesce(state, 'active') AS state FROM pg_catalog.pg_stat_activity \
         WHERE pid = {pid} AND backend_start::text = {}",
        literal(started)
    ));
    let states = state.load::<State>(&mut ***side).ok()?;
    Some(states.iter().any(|row| row.state == "active"))
}

fn cancel(side: &mut Side, pid: i32, started: &str) -> QueryResult<()> {
    let cancel = diesel::sql_query(format!(
        "SELECT pg_catalog.pg_cancel_backend(pid) AS cancelled FROM pg_catalog.pg_stat_activity \
         WHERE pid = {pid} AND backend_start::text = {} AND state = 'active'",
        literal(started)
    ));
    cancel.load::<Cancelled>(&mut ***side).map(drop)
}
