//! `webhooks`: where a user wants to be told of events.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use crate::schema::webhooks;
use crate::types::Json;

/// A row: where a user wants to be told of events.
#[derive(derive_more::Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = webhooks, check_for_backend(diesel::pg::Pg))]
pub struct Webhook {
    pub id: String,
    pub user_id: String,
    pub name: String,
    pub url: String,
    pub events: Json<Vec<String>>,
    #[debug("***")]
    pub headers: Option<Json<BTreeMap<String, String>>>,
    #[debug("***")]
    pub secret: Option<String>,
    pub is_active: Option<bool>,
    pub retry_count: Option<i32>,
    pub timeout_seconds: Option<i32>,
    pub last_triggered_at: Option<NaiveDateTime>,
    pub failure_count: Option<i32>,
    pub created_at: Option<NaiveDateTime>,
    pub updated_at: Option<NaiveDateTime>,
}

/// A new row; what is `None` gets the table's default.
#[derive(derive_more::Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = webhooks)]
pub struct NewWebhook<'a> {
    pub id: Option<&'a str>,
    pub user_id: &'a str,
    pub name: &'a str,
    pub url: &'a str,
    pub events: Option<&'a Json<Vec<String>>>,
    #[debug("***")]
    pub headers: Option<&'a Json<BTreeMap<String, String>>>,
    #[debug("***")]
    pub secret: Option<&'a str>,
    pub is_active: Option<bool>,
    pub retry_count: Option<i32>,
    pub timeout_seconds: Option<i32>,
    pub last_triggered_at: Option<NaiveDateTime>,
    pub failure_count: Option<i32>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(derive_more::Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = webhooks)]
pub struct WebhookChanges<'a> {
    pub user_id: Option<&'a str>,
    pub name: Option<&'a str>,
    pub url: Option<&'a str>,
    pub events: Option<&'a Json<Vec<String>>>,
    #[debug("***")]
    pub headers: Option<Option<&'a Json<BTreeMap<String, String>>>>,
    #[debug("***")]
    pub secret: Option<Option<&'a str>>,
    pub is_active: Option<Option<bool>>,
    pub retry_count: Option<Option<i32>>,
    pub timeout_seconds: Option<Option<i32>>,
    pub last_triggered_at: Option<Option<NaiveDateTime>>,
    pub failure_count: Option<Option<i32>>,
}

methods! {
    webhooks: Webhook, NewWebhook<'_>, WebhookChanges<'_>;
    key id: &str;
}
