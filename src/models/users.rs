//! `users`: a person who may sign in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::users;
use crate::types::Json;

/// A row: a person who may sign in.
#[derive(derive_more::Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    pub id: String,
    pub username: String,
    pub email: String,
    #[debug("***")]
    pub password_hash: String,
    pub role: String,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_login_at: Option<DateTime<Utc>>,
    #[debug("***")]
    pub refresh_token: Option<String>,
    pub refresh_token_expiry_time: Option<DateTime<Utc>>,
    pub assigned_client_ids: Option<Json<Vec<String>>>,
    #[debug("***")]
    pub api_key: Option<String>,
    pub api_key_created_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(derive_more::Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = users)]
pub struct NewUser<'a> {
    pub id: &'a str,
    pub username: &'a str,
    pub email: &'a str,
    #[debug("***")]
    pub password_hash: &'a str,
    pub role: Option<&'a str>,
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
    pub is_active: Option<bool>,
    pub last_login_at: Option<DateTime<Utc>>,
    #[debug("***")]
    pub refresh_token: Option<&'a str>,
    pub refresh_token_expiry_time: Option<DateTime<Utc>>,
    pub assigned_client_ids: Option<&'a Json<Vec<String>>>,
    #[debug("***")]
    pub api_key: Option<&'a str>,
    pub api_key_created_at: Option<DateTime<Utc>>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(derive_more::Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = users)]
pub struct UserChanges<'a> {
    pub username: Option<&'a str>,
    pub email: Option<&'a str>,
    #[debug("***")]
    pub password_hash: Option<&'a str>,
    pub role: Option<&'a str>,
    pub first_name: Option<Option<&'a str>>,
    pub last_name: Option<Option<&'a str>>,
    pub is_active: Option<bool>,
    pub last_login_at: Option<Option<DateTime<Utc>>>,
    #[debug("***")]
    pub refresh_token: Option<Option<&'a str>>,
    pub refresh_token_expiry_time: Option<Option<DateTime<Utc>>>,
    pub assigned_client_ids: Option<Option<&'a Json<Vec<String>>>>,
    #[debug("***")]
    pub api_key: Option<Option<&'a str>>,
    pub api_key_created_at: Option<Option<DateTime<Utc>>>,
}

methods! {
    users: User, NewUser<'_>, UserChanges<'_>;
    key id: &str;
    conflict email;
}
