//! What interrupts a run: Ctrl-C, SIGTERM, a terminal that is closed.

use std::process;

use diesel_strata::Stop;

/// The exit code of a process that would not wait for the server.
const IMPATIENT: i32 = 130;

/// A stop that is requested by the first signal. The second one ends the process at once; what the
/// server does then, it does alone.
pub(super) fn stop_on_signal() -> Stop {
    let stop = Stop::default();
    let requested = stop.clone();
    // An application that has a handler of its own keeps it.
    let _ = ctrlc::try_set_handler(move || {
        if requested.is_requested() {
            process::exit(IMPATIENT);
        }
        requested.request();
    });
    stop
}
