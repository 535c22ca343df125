//! `lead_email_history`: an e-mail to or from a lead.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::lead_email_history;
use crate::types::Direction;

/// A row: an e-mail to or from a lead.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = lead_email_history, check_for_backend(diesel::pg::Pg))]
pub struct LeadEmail {
    pub id: String,
    pub admin_uuid: String,
    pub campaign_id: i32,
    pub lead_id: String,
    pub lead_email: String,
    pub subject: String,
    pub body: String,
    pub sequence_number: i32,
    pub time: Option<DateTime<Utc>>,
    pub type_: Option<Direction>,
    pub classification_result: Option<String>,
    pub classified_at: Option<DateTime<Utc>>,
    pub is_classified: Option<bool>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = lead_email_history)]
pub struct NewLeadEmail<'a> {
    pub id: &'a str,
    pub admin_uuid: &'a str,
    pub campaign_id: i32,
    pub lead_id: &'a str,
    pub lead_email: &'a str,
    pub subject: Option<&'a str>,
    pub body: Option<&'a str>,
    pub sequence_number: Option<i32>,
    pub time: Option<DateTime<Utc>>,
    pub type_: Option<Direction>,
    pub classification_result: Option<&'a str>,
    pub classified_at: Option<DateTime<Utc>>,
    pub is_classified: Option<bool>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = lead_email_history)]
pub struct LeadEmailChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub campaign_id: Option<i32>,
    pub lead_id: Option<&'a str>,
    pub lead_email: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub body: Option<&'a str>,
    pub sequence_number: Option<i32>,
    pub time: Option<Option<DateTime<Utc>>>,
    pub type_: Option<Option<Direction>>,
    pub classification_result: Option<Option<&'a str>>,
    pub classified_at: Option<Option<DateTime<Utc>>>,
    pub is_classified: Option<Option<bool>>,
}

methods! {
    lead_email_history: LeadEmail, NewLeadEmail<'_>, LeadEmailChanges<'_>;
    key id: &str;
    conflict campaign_id, lead_id, sequence_number, type_;
}
