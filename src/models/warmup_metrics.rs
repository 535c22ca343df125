//! `warmup_metrics`: how an e-mail account is being warmed up.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::warmup_metrics;
use crate::types::Json;

/// A row: how an e-mail account is being warmed up.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = warmup_metrics, check_for_backend(diesel::pg::Pg))]
pub struct WarmupMetrics {
    pub id: i64,
    pub email: String,
    pub total_sent: i32,
    pub total_replied: i32,
    pub total_saved_from_spam: i32,
    pub warmup_sent_dictionary: Option<Json<BTreeMap<String, i32>>>,
    pub warmup_replied_dictionary: Option<Json<BTreeMap<String, i32>>>,
    pub saved_from_spam_dictionary: Option<Json<BTreeMap<String, i32>>>,
    pub last_updated_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = warmup_metrics)]
pub struct NewWarmupMetrics<'a> {
    pub id: i64,
    pub email: &'a str,
    pub total_sent: Option<i32>,
    pub total_replied: Option<i32>,
    pub total_saved_from_spam: Option<i32>,
    pub warmup_sent_dictionary: Option<&'a Json<BTreeMap<String, i32>>>,
    pub warmup_replied_dictionary: Option<&'a Json<BTreeMap<String, i32>>>,
    pub saved_from_spam_dictionary: Option<&'a Json<BTreeMap<String, i32>>>,
    pub last_updated_at: Option<DateTime<Utc>>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = warmup_metrics)]
pub struct WarmupMetricsChanges<'a> {
    pub email: Option<&'a str>,
    pub total_sent: Option<i32>,
    pub total_replied: Option<i32>,
    pub total_saved_from_spam: Option<i32>,
    pub warmup_sent_dictionary: Option<Option<&'a Json<BTreeMap<String, i32>>>>,
    pub warmup_replied_dictionary: Option<Option<&'a Json<BTreeMap<String, i32>>>>,
    pub saved_from_spam_dictionary: Option<Option<&'a Json<BTreeMap<String, i32>>>>,
    pub last_updated_at: Option<DateTime<Utc>>,
}

impl WarmupMetrics {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: i64) -> QueryResult<Option<Self>> {
        warmup_metrics::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewWarmupMetrics<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<WarmupMetrics> {
        diesel::insert_into(warmup_metrics::table)
            .values(self)
            .returning(WarmupMetrics::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `id` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<WarmupMetrics> {
        diesel::insert_into(warmup_metrics::table)
            .values(self)
            .on_conflict(warmup_metrics::id)
            .do_update()
            .set(self)
            .returning(WarmupMetrics::as_returning())
            .get_result(conn)
    }
}

impl WarmupMetricsChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(&self, conn: &mut PgConnection, id: i64) -> QueryResult<Option<WarmupMetrics>> {
        diesel::update(warmup_metrics::table.find(id))
            .set(self)
            .returning(WarmupMetrics::as_returning())
            .get_result(conn)
            .optional()
    }
}
