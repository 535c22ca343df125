//! `webhook_event_triggers`: a time that a watched event was sent.

use super::WebhookEventConfig;
use crate::schema::webhook_event_configs;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;

use crate::schema::webhook_event_triggers;

/// A row: a time that a watched event was sent.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = webhook_event_triggers, check_for_backend(diesel::pg::Pg))]
pub struct WebhookEventTrigger {
    pub id: String,
    pub event_config_id: String,
    pub webhook_id: String,
    pub campaign_id: String,
    pub campaign_name: String,
    pub trigger_data: Value,
    pub status_code: Option<i32>,
    pub response_body: Option<String>,
    pub error_message: Option<String>,
    pub is_success: bool,
    pub attempt_count: i32,
    pub created_at: DateTime<Utc>,
    pub delivered_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = webhook_event_triggers)]
pub struct NewWebhookEventTrigger<'a> {
    pub id: &'a str,
    pub event_config_id: &'a str,
    pub webhook_id: &'a str,
    pub campaign_id: &'a str,
    pub campaign_name: &'a str,
    pub trigger_data: Option<&'a Value>,
    pub status_code: Option<i32>,
    pub response_body: Option<&'a str>,
    pub error_message: Option<&'a str>,
    pub is_success: Option<bool>,
    pub attempt_count: Option<i32>,
    pub delivered_at: Option<DateTime<Utc>>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = webhook_event_triggers)]
pub struct WebhookEventTriggerChanges<'a> {
    pub event_config_id: Option<&'a str>,
    pub webhook_id: Option<&'a str>,
    pub campaign_id: Option<&'a str>,
    pub campaign_name: Option<&'a str>,
    pub trigger_data: Option<&'a Value>,
    pub status_code: Option<Option<i32>>,
    pub response_body: Option<Option<&'a str>>,
    pub error_message: Option<Option<&'a str>>,
    pub is_success: Option<bool>,
    pub attempt_count: Option<i32>,
    pub delivered_at: Option<Option<DateTime<Utc>>>,
}

methods! {
    webhook_event_triggers: WebhookEventTrigger, NewWebhookEventTrigger<'_>, WebhookEventTriggerChanges<'_>;
    key id: &str;
}

impl NewWebhookEventTrigger<'_> {
    /// Records that the event was sent, and that its configuration was checked and triggered, both
    /// or neither.
    ///
    /// # Errors
    ///
    /// The configuration or its webhook does not exist, or a row of the same key does.
    pub fn record(&self, conn: &mut PgConnection) -> QueryResult<WebhookEventTrigger> {
        conn.transaction(|conn| {
            let trigger = self.insert(conn)?;
            let config = webhook_event_configs::table.find(self.event_config_id);
            diesel::update(config)
                .set((
                    webhook_event_configs::last_checked_at.eq(trigger.created_at),
                    webhook_event_configs::last_triggered_at.eq(trigger.created_at),
                ))
                .returning(WebhookEventConfig::as_returning())
                .get_result(conn)?;
            Ok(trigger)
        })
    }
}
