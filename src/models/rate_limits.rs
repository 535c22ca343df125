//! `rate_limits`: requests of a key in a window of time.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::rate_limits;

/// A row: requests of a key in a window of time.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = rate_limits, check_for_backend(diesel::pg::Pg))]
pub struct RateLimit {
    pub id: String,
    pub api_key_id: Option<String>,
    pub ip_address: Option<String>,
    pub endpoint: Option<String>,
    pub window_start: NaiveDateTime,
    pub request_count: Option<i32>,
    pub created_at: Option<NaiveDateTime>,
    pub updated_at: Option<NaiveDateTime>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = rate_limits)]
pub struct NewRateLimit<'a> {
    pub id: Option<&'a str>,
    pub api_key_id: Option<&'a str>,
    pub ip_address: Option<&'a str>,
    pub endpoint: Option<&'a str>,
    pub window_start: NaiveDateTime,
    pub request_count: Option<i32>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = rate_limits)]
pub struct RateLimitChanges<'a> {
    pub api_key_id: Option<Option<&'a str>>,
    pub ip_address: Option<Option<&'a str>>,
    pub endpoint: Option<Option<&'a str>>,
    pub window_start: Option<NaiveDateTime>,
    pub request_count: Option<Option<i32>>,
}

methods! {
    rate_limits: RateLimit, NewRateLimit<'_>, RateLimitChanges<'_>;
    key id: &str;
}
