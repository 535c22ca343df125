//! Says now and then that a wait goes on, where no terminal shows a clock.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::printer::say_meanwhile;
use crate::words::time;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(60);

/// Ticks until it is dropped.
#[derive(Debug)]
pub(super) struct Clock {
    /// What ends the thread when it is dropped.
    running: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Clock {
    pub(super) fn start() -> Self {
        let (running, ended) = channel();
        let start = Instant::now();
        let thread = thread::spawn(move || {
            let mut pause = FIRST;
            while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
                say_meanwhile(&format!("still waiting, for {} now", time(start.elapsed())));
                pause = (pause * 2).min(LONGEST);
            }
        });
        Self { running: Some(running), thread: Some(thread) }
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.running = None;
        // It writes no more once this returns.
        self.thread.take().map(JoinHandle::join);
    }
}
