//! What a run tells of itself.

use std::time::Duration;

use crate::migrations::Migration;

/// What happens during a run, as it happens.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another session holds the lock; said once.
    Waiting {
        /// Who it is.
        holder: &'a str,
    },
    /// The lock is held, and so many migrations are about to run.
    Planned {
        /// How many.
        count: usize,
    },
    /// A migration begins.
    Started {
        /// Which.
        migration: &'a Migration,
    },
    /// A migration has run and is committed.
    Finished {
        /// Which.
        migration: &'a Migration,
        /// How long it took.
        elapsed: Duration,
    },
    /// An index that an earlier, failed run left invalid was dropped and is built again.
    IndexRebuilt {
        /// The migration that builds it.
        migration: &'a Migration,
        /// The index.
        index: &'a str,
    },
}
