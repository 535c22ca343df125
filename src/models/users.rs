//! `users`: a person who may sign in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::users;
use crate::types::Json;

/// A row: a person who may sign in.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    pub id: String,
    pub username: String,
    pub email: String,
    pub password_hash: String,
    pub role: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_login_at: Option<DateTime<Utc>>,
    pub refresh_token: Option<String>,
    pub refresh_token_expiry_time: Option<DateTime<Utc>>,
    pub assigned_client_ids: Option<Json<Vec<String>>>,
    pub api_key: Option<String>,
    pub api_key_created_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = users)]
pub struct NewUser<'a> {
    pub id: &'a str,
    pub username: &'a str,
    pub email: &'a str,
    pub password_hash: &'a str,
    pub role: Option<&'a str>,
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
    pub is_active: Option<bool>,
    pub last_login_at: Option<DateTime<Utc>>,
    pub refresh_token: Option<&'a str>,
    pub refresh_token_expiry_time: Option<DateTime<Utc>>,
    pub assigned_client_ids: Option<&'a Json<Vec<String>>>,
    pub api_key: Option<&'a str>,
    pub api_key_created_at: Option<DateTime<Utc>>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = users)]
pub struct UserChanges<'a> {
    pub username: Option<&'a str>,
    pub email: Option<&'a str>,
    pub password_hash: Option<&'a str>,
    pub role: Option<&'a str>,
    pub first_name: Option<Option<&'a str>>,
    pub last_name: Option<Option<&'a str>>,
    pub is_active: Option<bool>,
    pub last_login_at: Option<Option<DateTime<Utc>>>,
    pub refresh_token: Option<Option<&'a str>>,
    pub refresh_token_expiry_time: Option<Option<DateTime<Utc>>>,
    pub assigned_client_ids: Option<Option<&'a Json<Vec<String>>>>,
    pub api_key: Option<Option<&'a str>>,
    pub api_key_created_at: Option<Option<DateTime<Utc>>>,
}

impl User {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        users::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewUser<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<User> {
        diesel::insert_into(users::table)
            .values(self)
            .returning(User::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `email` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<User> {
        diesel::insert_into(users::table)
            .values(self)
            .on_conflict(users::email)
            .do_update()
            .set(self)
            .returning(User::as_returning())
            .get_result(conn)
    }
}

impl UserChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(&self, conn: &mut PgConnection, id: &str) -> QueryResult<Option<User>> {
        diesel::update(users::table.find(id))
            .set(self)
            .returning(User::as_returning())
            .get_result(conn)
            .optional()
    }
}
