//! `campaigns`: a campaign.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::campaigns;
use crate::types::Json;

/// A row: a campaign.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = campaigns, check_for_backend(diesel::pg::Pg))]
pub struct Campaign {
    pub id: String,
    pub admin_uuid: String,
    pub campaign_id: i32,
    pub name: Option<String>,
    pub client_id: Option<String>,
    pub status: Option<String>,
    pub total_positive_replies: Option<i32>,
    pub total_leads: Option<i32>,
    pub total_sent: Option<i32>,
    pub total_opened: Option<i32>,
    pub total_replied: Option<i32>,
    pub total_bounced: Option<i32>,
    pub total_clicked: Option<i32>,
    pub email_ids: Option<Json<Vec<i64>>>,
    pub tags: Option<Json<Vec<String>>>,
    pub notes: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
    pub last_updated_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = campaigns)]
pub struct NewCampaign<'a> {
    pub id: &'a str,
    pub admin_uuid: &'a str,
    pub campaign_id: i32,
    pub name: Option<&'a str>,
    pub client_id: Option<&'a str>,
    pub status: Option<&'a str>,
    pub total_positive_replies: Option<i32>,
    pub total_leads: Option<i32>,
    pub total_sent: Option<i32>,
    pub total_opened: Option<i32>,
    pub total_replied: Option<i32>,
    pub total_bounced: Option<i32>,
    pub total_clicked: Option<i32>,
    pub email_ids: Option<&'a Json<Vec<i64>>>,
    pub tags: Option<&'a Json<Vec<String>>>,
    pub notes: Option<&'a str>,
    pub last_updated_at: Option<DateTime<Utc>>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = campaigns)]
pub struct CampaignChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub campaign_id: Option<i32>,
    pub name: Option<Option<&'a str>>,
    pub client_id: Option<Option<&'a str>>,
    pub status: Option<Option<&'a str>>,
    pub total_positive_replies: Option<Option<i32>>,
    pub total_leads: Option<Option<i32>>,
    pub total_sent: Option<Option<i32>>,
    pub total_opened: Option<Option<i32>>,
    pub total_replied: Option<Option<i32>>,
    pub total_bounced: Option<Option<i32>>,
    pub total_clicked: Option<Option<i32>>,
    pub email_ids: Option<Option<&'a Json<Vec<i64>>>>,
    pub tags: Option<Option<&'a Json<Vec<String>>>>,
    pub notes: Option<Option<&'a str>>,
    pub last_updated_at: Option<Option<DateTime<Utc>>>,
}

methods! {
    campaigns: Campaign, NewCampaign<'_>, CampaignChanges<'_>;
    key id: &str;
    conflict id;
}
