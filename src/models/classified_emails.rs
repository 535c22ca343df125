//! `classified_emails`: a reply and what it was classified as.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::classified_emails;

/// A row: a reply and what it was classified as.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = classified_emails, check_for_backend(diesel::pg::Pg))]
pub struct ClassifiedEmail {
    pub id: String,
    pub admin_uuid: String,
    pub campaign_id: i32,
    pub message_id: String,
    pub lead_email: String,
    pub email_type: String,
    pub email_time: DateTime<Utc>,
    pub email_body_hash: String,
    pub classification_result: String,
    pub classified_at: DateTime<Utc>,
    pub email_account_id: Option<i32>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = classified_emails)]
pub struct NewClassifiedEmail<'a> {
    pub id: Option<&'a str>,
    pub admin_uuid: &'a str,
    pub campaign_id: i32,
    pub message_id: &'a str,
    pub lead_email: &'a str,
    pub email_type: Option<&'a str>,
    pub email_time: DateTime<Utc>,
    pub email_body_hash: &'a str,
    pub classification_result: &'a str,
    pub classified_at: Option<DateTime<Utc>>,
    pub email_account_id: Option<i32>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = classified_emails)]
pub struct ClassifiedEmailChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub campaign_id: Option<i32>,
    pub message_id: Option<&'a str>,
    pub lead_email: Option<&'a str>,
    pub email_type: Option<&'a str>,
    pub email_time: Option<DateTime<Utc>>,
    pub email_body_hash: Option<&'a str>,
    pub classification_result: Option<&'a str>,
    pub classified_at: Option<DateTime<Utc>>,
    pub email_account_id: Option<Option<i32>>,
}

methods! {
    classified_emails: ClassifiedEmail, NewClassifiedEmail<'_>, ClassifiedEmailChanges<'_>;
    key id: &str;
    conflict message_id;
}
