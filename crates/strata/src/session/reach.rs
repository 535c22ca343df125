//! What a run has beside its connection: a second way to the server, somebody who watches that it
//! answers, somebody who may stop it.

use std::fmt;
use std::ops::DerefMut;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use super::connect::connect_as;
use crate::stop::Stop;

/// Another connection to the same database.
pub(crate) type Side = Box<dyn DerefMut<Target = PgConnection> + Send>;

type Way = Arc<dyn Fn() -> Option<Side> + Send + Sync>;

/// What a run on a bare connection has nothing of.
#[derive(Clone, Default)]
pub(crate) struct Reach {
    way: Option<Way>,
    pub stop: Stop,
    beat: Arc<Mutex<Beat>>,
}

/// What the run is waiting for just now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beat {
    /// The server process, and when it began.
    pub session: Option<(i32, String)>,
    /// Since when the server owes an answer, and to what.
    pub asked: Option<(Instant, Asked)>,
}

/// What the server was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// What takes no time.
    Question(&'static str),
    /// What takes the time that it takes.
    Migration(String),
}

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.way.is_some() { "Reach" } else { "None" })
    }
}

impl Reach {
    /// The way to the database at `url`.
    pub(crate) fn url(url: &str, stop: &Stop) -> Self {
        let url = url.to_owned();
        let way = move || {
            connect_as(&url, "beside a migration").ok().map(|conn| Box::new(Box::new(conn)) as Side)
        };
        Self { way: Some(Arc::new(way)), stop: stop.clone(), ..Self::default() }
    }

    /// The way through `pool`, which must have a connection to spare.
    pub(crate) fn pool(pool: &Pool<ConnectionManager<PgConnection>>) -> Self {
        let pool = pool.clone();
        let way: Option<Way> = match pool.max_size() {
            0 | 1 => None,
            _ => Some(Arc::new(move || pool.get().ok().map(|conn| Box::new(conn) as Side))),
        };
        Self { way, ..Self::default() }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.way.is_none()
    }

    /// A second connection; `None` where there is no way, or it leads nowhere now.
    pub(crate) fn open(&self) -> Option<Side> {
        self.way.as_ref()?()
    }

    /// Notes that the server is asked now for what it can answer at once.
    pub(crate) fn question(&self, doing: &'static str) {
        self.beat().asked = Some((Instant::now(), Asked::Question(doing)));
    }

    /// Notes that it is given the migration `name`.
    pub(crate) fn migration(&self, name: &str) {
        self.beat().asked = Some((Instant::now(), Asked::Migration(name.to_owned())));
    }

    /// Notes that nothing is asked of it.
    pub(crate) fn nothing(&self) {
        self.beat().asked = None;
    }

    /// Notes which session it is.
    pub(crate) fn session(&self, pid: i32, started: &str) {
        self.beat().session = Some((pid, started.to_owned()));
    }

    pub(crate) fn beat(&self) -> MutexGuard<'_, Beat> {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
