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
#[derive(Debug, Clone, Insertable, AsChangeset)]
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

impl RateLimit {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        rate_limits::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewRateLimit<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<RateLimit> {
        diesel::insert_into(rate_limits::table)
            .values(self)
            .returning(RateLimit::as_returning())
            .get_result(conn)
    }
}

impl RateLimitChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(&self, conn: &mut PgConnection, id: &str) -> QueryResult<Option<RateLimit>> {
        diesel::update(rate_limits::table.find(id))
            .set(self)
            .returning(RateLimit::as_returning())
            .get_result(conn)
            .optional()
    }
}
