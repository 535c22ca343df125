//! `email_accounts`: an account that campaigns send from.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::prelude::*;

use crate::schema::email_accounts;
use crate::types::Json;

/// A row: an account that campaigns send from.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = email_accounts, check_for_backend(diesel::pg::Pg))]
pub struct EmailAccount {
    pub id: i64,
    pub admin_uuid: String,
    pub email: String,
    pub name: String,
    pub status: String,
    pub client_id: Option<String>,
    pub client_name: Option<String>,
    pub client_color: Option<String>,
    pub warmup_sent: i32,
    pub warmup_replied: i32,
    pub warmup_saved_from_spam: i32,
    pub sent: i32,
    pub opened: i32,
    pub replied: i32,
    pub bounced: i32,
    pub tags: Option<Json<Vec<String>>>,
    pub campaign_count: i32,
    pub active_campaign_count: Option<i32>,
    pub is_sending_actual_emails: Option<bool>,
    pub notes: Option<String>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_updated_at: Option<DateTime<Utc>>,
    pub warmup_update_datetime: Option<NaiveDateTime>,
    pub email_stats_update_datetime: Option<NaiveDateTime>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = email_accounts)]
pub struct NewEmailAccount<'a> {
    pub id: i64,
    pub admin_uuid: &'a str,
    pub email: &'a str,
    pub name: &'a str,
    pub status: &'a str,
    pub client_id: Option<&'a str>,
    pub client_name: Option<&'a str>,
    pub client_color: Option<&'a str>,
    pub warmup_sent: Option<i32>,
    pub warmup_replied: Option<i32>,
    pub warmup_saved_from_spam: Option<i32>,
    pub sent: Option<i32>,
    pub opened: Option<i32>,
    pub replied: Option<i32>,
    pub bounced: Option<i32>,
    pub tags: Option<&'a Json<Vec<String>>>,
    pub campaign_count: Option<i32>,
    pub active_campaign_count: Option<i32>,
    pub is_sending_actual_emails: Option<bool>,
    pub notes: Option<&'a str>,
    pub last_updated_at: Option<DateTime<Utc>>,
    pub warmup_update_datetime: Option<NaiveDateTime>,
    pub email_stats_update_datetime: Option<NaiveDateTime>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = email_accounts)]
pub struct EmailAccountChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub email: Option<&'a str>,
    pub name: Option<&'a str>,
    pub status: Option<&'a str>,
    pub client_id: Option<Option<&'a str>>,
    pub client_name: Option<Option<&'a str>>,
    pub client_color: Option<Option<&'a str>>,
    pub warmup_sent: Option<i32>,
    pub warmup_replied: Option<i32>,
    pub warmup_saved_from_spam: Option<i32>,
    pub sent: Option<i32>,
    pub opened: Option<i32>,
    pub replied: Option<i32>,
    pub bounced: Option<i32>,
    pub tags: Option<Option<&'a Json<Vec<String>>>>,
    pub campaign_count: Option<i32>,
    pub active_campaign_count: Option<Option<i32>>,
    pub is_sending_actual_emails: Option<Option<bool>>,
    pub notes: Option<Option<&'a str>>,
    pub last_updated_at: Option<Option<DateTime<Utc>>>,
    pub warmup_update_datetime: Option<Option<NaiveDateTime>>,
    pub email_stats_update_datetime: Option<Option<NaiveDateTime>>,
}

methods! {
    email_accounts: EmailAccount, NewEmailAccount<'_>, EmailAccountChanges<'_>;
    key id: i64;
    conflict id;
}
