//! `user_sessions`: a refresh token of a signed-in user.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::user_sessions;

/// A row: a refresh token of a signed-in user.
#[derive(derive_more::Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = user_sessions, check_for_backend(diesel::pg::Pg))]
pub struct UserSession {
    pub id: String,
    pub user_id: String,
    #[debug("***")]
    pub refresh_token: String,
    pub refresh_token_expiry_time: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub last_accessed_at: DateTime<Utc>,
    pub device_name: Option<String>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub is_active: bool,
}

/// A new row; what is `None` gets the table's default.
#[derive(derive_more::Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = user_sessions)]
pub struct NewUserSession<'a> {
    pub id: &'a str,
    pub user_id: &'a str,
    #[debug("***")]
    pub refresh_token: &'a str,
    pub refresh_token_expiry_time: DateTime<Utc>,
    pub last_accessed_at: Option<DateTime<Utc>>,
    pub device_name: Option<&'a str>,
    pub ip_address: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub is_active: Option<bool>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(derive_more::Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = user_sessions)]
pub struct UserSessionChanges<'a> {
    pub user_id: Option<&'a str>,
    #[debug("***")]
    pub refresh_token: Option<&'a str>,
    pub refresh_token_expiry_time: Option<DateTime<Utc>>,
    pub last_accessed_at: Option<DateTime<Utc>>,
    pub device_name: Option<Option<&'a str>>,
    pub ip_address: Option<Option<&'a str>>,
    pub user_agent: Option<Option<&'a str>>,
    pub is_active: Option<bool>,
}

methods! {
    user_sessions: UserSession, NewUserSession<'_>, UserSessionChanges<'_>;
    key id: &str;
}
