//! `api_key_usage`: a request made with an API key.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::api_key_usage;

/// A row: a request made with an API key.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = api_key_usage, check_for_backend(diesel::pg::Pg))]
pub struct ApiKeyUse {
    pub id: String,
    pub api_key_id: String,
    pub endpoint: Option<String>,
    pub method: Option<String>,
    pub status_code: Option<i32>,
    pub response_time_ms: Option<i32>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub request_body_size: Option<i32>,
    pub response_body_size: Option<i32>,
    pub error_message: Option<String>,
    pub created_at: Option<NaiveDateTime>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = api_key_usage)]
pub struct NewApiKeyUse<'a> {
    pub id: Option<&'a str>,
    pub api_key_id: &'a str,
    pub endpoint: Option<&'a str>,
    pub method: Option<&'a str>,
    pub status_code: Option<i32>,
    pub response_time_ms: Option<i32>,
    pub ip_address: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub request_body_size: Option<i32>,
    pub response_body_size: Option<i32>,
    pub error_message: Option<&'a str>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = api_key_usage)]
pub struct ApiKeyUseChanges<'a> {
    pub api_key_id: Option<&'a str>,
    pub endpoint: Option<Option<&'a str>>,
    pub method: Option<Option<&'a str>>,
    pub status_code: Option<Option<i32>>,
    pub response_time_ms: Option<Option<i32>>,
    pub ip_address: Option<Option<&'a str>>,
    pub user_agent: Option<Option<&'a str>>,
    pub request_body_size: Option<Option<i32>>,
    pub response_body_size: Option<Option<i32>>,
    pub error_message: Option<Option<&'a str>>,
}

methods! {
    api_key_usage: ApiKeyUse, NewApiKeyUse<'_>, ApiKeyUseChanges<'_>;
    key id: &str;
}
