//! A second way to the server, for what one session cannot see or do.

use std::fmt;
use std::ops::DerefMut;
use std::sync::Arc;

use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, Pool};

use super::connect::connect;

/// Another connection to the same database.
pub(crate) type Side = Box<dyn DerefMut<Target = PgConnection> + Send>;

/// What opens a second connection, if anything can. A run on a bare connection has no such way.
#[derive(Clone, Default)]
pub(crate) struct Reach(Option<Arc<dyn Fn() -> Option<Side> + Send + Sync>>);

impl fmt::Debug for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Reach" } else { "None" })
    }
}

impl Reach {
    /// The way to the database at `url`.
    pub(crate) fn url(url: &str) -> Self {
        let url = url.to_owned();
        Self(Some(Arc::new(move || {
            connect(&url).ok().map(|conn| Box::new(Box::new(conn)) as Side)
        })))
    }

    /// The way through `pool`, which must have a connection to spare.
    pub(crate) fn pool(pool: &Pool<ConnectionManager<PgConnection>>) -> Self {
        let pool = pool.clone();
        match pool.max_size() {
            0 | 1 => Self(None),
            _ => Self(Some(Arc::new(move || pool.get().ok().map(|conn| Box::new(conn) as Side)))),
        }
    }

    pub(crate) fn is_none(&self) -> bool {
        self.0.is_none()
    }

    /// A second connection; `None` where there is no way, or it leads nowhere now.
    pub(crate) fn open(&self) -> Option<Side> {
        self.0.as_ref()?()
    }
}
