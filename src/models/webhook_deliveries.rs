//! `webhook_deliveries`: an attempt to tell a webhook.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::Value;

use crate::schema::webhook_deliveries;

/// A row: an attempt to tell a webhook.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = webhook_deliveries, check_for_backend(diesel::pg::Pg))]
pub struct WebhookDelivery {
    pub id: String,
    pub webhook_id: String,
    pub event_type: String,
    pub payload: Value,
    pub status_code: Option<i32>,
    pub response_body: Option<String>,
    pub error_message: Option<String>,
    pub attempt_count: Option<i32>,
    pub delivered_at: Option<NaiveDateTime>,
    pub created_at: Option<NaiveDateTime>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = webhook_deliveries)]
pub struct NewWebhookDelivery<'a> {
    pub id: Option<&'a str>,
    pub webhook_id: &'a str,
    pub event_type: &'a str,
    pub payload: &'a Value,
    pub status_code: Option<i32>,
    pub response_body: Option<&'a str>,
    pub error_message: Option<&'a str>,
    pub attempt_count: Option<i32>,
    pub delivered_at: Option<NaiveDateTime>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = webhook_deliveries)]
pub struct WebhookDeliveryChanges<'a> {
    pub webhook_id: Option<&'a str>,
    pub event_type: Option<&'a str>,
    pub payload: Option<&'a Value>,
    pub status_code: Option<Option<i32>>,
    pub response_body: Option<Option<&'a str>>,
    pub error_message: Option<Option<&'a str>>,
    pub attempt_count: Option<Option<i32>>,
    pub delivered_at: Option<Option<NaiveDateTime>>,
}

methods! {
    webhook_deliveries: WebhookDelivery, NewWebhookDelivery<'_>, WebhookDeliveryChanges<'_>;
    key id: &str;
}
