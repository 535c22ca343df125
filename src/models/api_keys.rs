//! `api_keys`: a key with which a program acts for a user.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::api_keys;
use crate::types::Json;

/// A row: a key with which a program acts for a user.
#[derive(derive_more::Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
pub struct ApiKey {
    pub id: String,
    #[debug("***")]
    pub key_hash: String,
    pub key_prefix: String,
    pub user_id: String,
    pub name: String,
    pub description: Option<String>,
    pub permissions: Option<Json<Vec<String>>>,
    pub rate_limit: Option<i32>,
    pub is_active: Option<bool>,
    pub last_used_at: Option<NaiveDateTime>,
    pub expires_at: Option<NaiveDateTime>,
    pub ip_whitelist: Option<Json<Vec<String>>>,
    pub created_at: Option<NaiveDateTime>,
    pub updated_at: Option<NaiveDateTime>,
}

/// A new row; what is `None` gets the table's default.
#[derive(derive_more::Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = api_keys)]
pub struct NewApiKey<'a> {
    pub id: Option<&'a str>,
    #[debug("***")]
    pub key_hash: &'a str,
    pub key_prefix: &'a str,
    pub user_id: &'a str,
    pub name: &'a str,
    pub description: Option<&'a str>,
    pub permissions: Option<&'a Json<Vec<String>>>,
    pub rate_limit: Option<i32>,
    pub is_active: Option<bool>,
    pub last_used_at: Option<NaiveDateTime>,
    pub expires_at: Option<NaiveDateTime>,
    pub ip_whitelist: Option<&'a Json<Vec<String>>>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(derive_more::Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = api_keys)]
pub struct ApiKeyChanges<'a> {
    #[debug("***")]
    pub key_hash: Option<&'a str>,
    pub key_prefix: Option<&'a str>,
    pub user_id: Option<&'a str>,
    pub name: Option<&'a str>,
    pub description: Option<Option<&'a str>>,
    pub permissions: Option<Option<&'a Json<Vec<String>>>>,
    pub rate_limit: Option<Option<i32>>,
    pub is_active: Option<Option<bool>>,
    pub last_used_at: Option<Option<NaiveDateTime>>,
    pub expires_at: Option<Option<NaiveDateTime>>,
    pub ip_whitelist: Option<Option<&'a Json<Vec<String>>>>,
}

methods! {
    api_keys: ApiKey, NewApiKey<'_>, ApiKeyChanges<'_>;
    key id: &str;
}
