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
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
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

methods! {
    clients: Client, NewClient<'_>, ClientChanges<'_>;
    key id: &str;
    conflict id;
}
