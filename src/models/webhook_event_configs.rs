//! `webhook_event_configs`: what a webhook is to watch for.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;

use crate::schema::webhook_event_configs;

/// A row: what a webhook is to watch for.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = webhook_event_configs, check_for_backend(diesel::pg::Pg))]
pub struct WebhookEventConfig {
    pub id: String,
    pub admin_uuid: String,
    pub webhook_id: String,
    pub event_type: String,
    pub name: String,
    pub description: Option<String>,
    pub config_parameters: Value,
    pub target_scope: Value,
    pub is_active: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_checked_at: Option<DateTime<Utc>>,
    pub last_triggered_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = webhook_event_configs)]
pub struct NewWebhookEventConfig<'a> {
    pub id: &'a str,
    pub admin_uuid: &'a str,
    pub webhook_id: &'a str,
    pub event_type: &'a str,
    pub name: &'a str,
    pub description: Option<&'a str>,
    pub config_parameters: Option<&'a Value>,
    pub target_scope: Option<&'a Value>,
    pub is_active: Option<bool>,
    pub last_checked_at: Option<DateTime<Utc>>,
    pub last_triggered_at: Option<DateTime<Utc>>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = webhook_event_configs)]
pub struct WebhookEventConfigChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub webhook_id: Option<&'a str>,
    pub event_type: Option<&'a str>,
    pub name: Option<&'a str>,
    pub description: Option<Option<&'a str>>,
    pub config_parameters: Option<&'a Value>,
    pub target_scope: Option<&'a Value>,
    pub is_active: Option<bool>,
    pub last_checked_at: Option<Option<DateTime<Utc>>>,
    pub last_triggered_at: Option<Option<DateTime<Utc>>>,
}

methods! {
    webhook_event_configs: WebhookEventConfig, NewWebhookEventConfig<'_>, WebhookEventConfigChanges<'_>;
    key id: &str;
}

impl WebhookEventConfig {
    /// The active configurations that were last checked before `before`, or never, those that have
    /// waited longest first.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn due(
        conn: &mut PgConnection,
        before: DateTime<Utc>,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        use webhook_event_configs as configs;

        configs::table
            .filter(configs::is_active)
            .filter(configs::last_checked_at.is_null().or(configs::last_checked_at.lt(before)))
            .order((configs::last_checked_at.asc().nulls_first(), configs::id))
            .limit(limit)
            .select(Self::as_select())
            .load(conn)
    }
}
