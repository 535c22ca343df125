//! One connection: who migrates on it, what it has set, where it leads.

mod connect;
mod lock;
mod settings;

use diesel::connection::TransactionManager;
use diesel::pg::PgConnection;
use diesel::prelude::*;

pub use connect::{connect, database_of, target, with_database};
pub(crate) use lock::{DEADLINE, Lock, Turn};
pub(crate) use settings::{Settings, may_change_settings};

/// Whether `conn` has a transaction open, as far as Diesel opened it.
pub(crate) fn inside_transaction(conn: &mut PgConnection) -> bool {
    type Manager = <PgConnection as Connection>::TransactionManager;
    let status = Manager::transaction_manager_status_mut(conn);
    status.transaction_depth().is_ok_and(|depth| depth.is_some())
}
