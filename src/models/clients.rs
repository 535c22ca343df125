//! `clients`: a client.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::clients;

/// A row: a client.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = clients, check_for_backend(diesel::pg::Pg))]
pub struct Client {
    pub id: String,
    pub name: String,
    pub email: Option<String>,
    pub company: Option<String>,
    pub status: String,
    pub color: String,
    pub notes: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = clients)]
pub struct NewClient<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub email: Option<&'a str>,
    pub company: Option<&'a str>,
    pub status: Option<&'a str>,
    pub color: Option<&'a str>,
    pub notes: Option<&'a str>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = clients)]
pub struct ClientChanges<'a> {
    pub name: Option<&'a str>,
    pub email: Option<Option<&'a str>>,
    pub company: Option<Option<&'a str>>,
    pub status: Option<&'a str>,
    pub color: Option<&'a str>,
    pub notes: Option<Option<&'a str>>,
}

impl Client {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        clients::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewClient<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<Client> {
        diesel::insert_into(clients::table)
            .values(self)
            .returning(Client::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `id` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<Client> {
        diesel::insert_into(clients::table)
            .values(self)
            .on_conflict(clients::id)
            .do_update()
            .set(self)
            .returning(Client::as_returning())
            .get_result(conn)
    }
}

impl ClientChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(&self, conn: &mut PgConnection, id: &str) -> QueryResult<Option<Client>> {
        diesel::update(clients::table.find(id))
            .set(self)
            .returning(Client::as_returning())
            .get_result(conn)
            .optional()
    }
}
