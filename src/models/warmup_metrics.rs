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
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
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

methods! {
    warmup_metrics: WarmupMetrics, NewWarmupMetrics<'_>, WarmupMetricsChanges<'_>;
    key id: i64;
    conflict id;
}
