//! A run that is to end before its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A way to stop a run from outside, from a signal handler for instance. Clones are one and the
/// same.
///
/// The statement that runs is cancelled on the server, and no other migration begins.
///
/// ```
/// let stop = diesel_strata::Stop::default();
/// let handler = stop.clone();
/// handler.request();
/// assert!(stop.is_requested());
/// ```
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the run to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
