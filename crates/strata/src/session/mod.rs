//! One connection: who migrates on it, what it has set, where it leads.

mod connect;
mod facts;
mod key;
mod lock;
mod marks;
mod pooler;
mod reach;
mod settings;

use diesel::connection::TransactionManager;
use diesel::pg::PgConnection;
use diesel::prelude::*;

pub(crate) use connect::connect_as;
pub use connect::{connect, database_of, target, with_database};
pub(crate) use facts::Facts;
pub(crate) use key::{CLASS, holders};
pub(crate) use lock::{DEADLINE, Held, Lock, Turn, end_if_idle, under_lock};
pub(crate) use marks::{Marks, advance, stop_clock};
pub(crate) use pooler::{guard, refuse as refuse_pooler, swapped};
pub(crate) use reach::{Asked, Reach, Side};
pub(crate) use settings::{Settings, Whose};

/// Whether `conn` has a transaction open, as far as Diesel opened it.
pub(crate) fn inside_transaction(conn: &mut PgConnection) -> bool {
    type Manager = <PgConnection as Connection>::TransactionManager;
    let status = Manager::transaction_manager_status_mut(conn);
    status.transaction_depth().is_ok_and(|depth| depth.is_some())
}
