//! `email_templates`: an e-mail of a campaign's sequence.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::email_templates;

/// A row: an e-mail of a campaign's sequence.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = email_templates, check_for_backend(diesel::pg::Pg))]
pub struct EmailTemplate {
    pub id: String,
    pub admin_uuid: String,
    pub campaign_id: i32,
    pub subject: String,
    pub body: String,
    pub sequence_number: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = email_templates)]
pub struct NewEmailTemplate<'a> {
    pub id: &'a str,
    pub admin_uuid: &'a str,
    pub campaign_id: i32,
    pub subject: Option<&'a str>,
    pub body: Option<&'a str>,
    pub sequence_number: i32,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = email_templates)]
pub struct EmailTemplateChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub campaign_id: Option<i32>,
    pub subject: Option<&'a str>,
    pub body: Option<&'a str>,
    pub sequence_number: Option<i32>,
}

methods! {
    email_templates: EmailTemplate, NewEmailTemplate<'_>, EmailTemplateChanges<'_>;
    key id: &str;
    conflict campaign_id, sequence_number;
}
