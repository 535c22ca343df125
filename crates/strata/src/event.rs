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
    /// A migration did not get a lock in time, was rolled back, and is tried again.
    Blocked {
        /// Which.
        migration: &'a Migration,
        /// Who was in its way, as far as that was seen.
        blocker: Option<&'a str>,
        /// How long it has tried.
        waited: Duration,
    },
    /// An index that an earlier, failed run left invalid was dropped and is built again.
    IndexRebuilt {
        /// The migration that builds it.
        migration: &'a Migration,
        /// The index.
        index: &'a str,
    },
}

/// The same, for another thread.
#[derive(Debug, Clone)]
pub(crate) enum OwnedEvent {
    Waiting(String),
    Planned(usize),
    Started(Migration),
    Finished(Migration, Duration),
    Blocked(Migration, Option<String>, Duration),
    IndexRebuilt(Migration, String),
}

impl From<Event<'_>> for OwnedEvent {
    fn from(event: Event<'_>) -> Self {
        match event {
            Event::Waiting { holder } => Self::Waiting(holder.to_owned()),
            Event::Planned { count } => Self::Planned(count),
            Event::Started { migration } => Self::Started(migration.clone()),
            Event::Finished { migration, elapsed } => Self::Finished(migration.clone(), elapsed),
            Event::Blocked { migration, blocker, waited } => {
                Self::Blocked(migration.clone(), blocker.map(str::to_owned), waited)
            }
            Event::IndexRebuilt { migration, index } => {
                Self::IndexRebuilt(migration.clone(), index.to_owned())
            }
        }
    }
}

impl OwnedEvent {
    pub(crate) fn borrow(&self) -> Event<'_> {
        match self {
            Self::Waiting(holder) => Event::Waiting { holder },
            Self::Planned(count) => Event::Planned { count: *count },
            Self::Started(migration) => Event::Started { migration },
            Self::Finished(migration, elapsed) => Event::Finished { migration, elapsed: *elapsed },
            Self::Blocked(migration, blocker, waited) => {
                Event::Blocked { migration, blocker: blocker.as_deref(), waited: *waited }
            }
            Self::IndexRebuilt(migration, index) => Event::IndexRebuilt { migration, index },
        }
    }
}
