//! `campaign_analytics`: figures of a campaign, as the sending service reports them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde_json::Value;

use crate::schema::campaign_analytics;

/// A row: figures of a campaign, as the sending service reports them.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = campaign_analytics, check_for_backend(diesel::pg::Pg))]
pub struct CampaignAnalytics {
    pub id: String,
    pub campaign_id: i32,
    pub campaign_name: Option<String>,
    pub analytics_data: Option<Value>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = campaign_analytics)]
pub struct NewCampaignAnalytics<'a> {
    pub id: &'a str,
    pub campaign_id: i32,
    pub campaign_name: Option<&'a str>,
    pub analytics_data: Option<&'a Value>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = campaign_analytics)]
pub struct CampaignAnalyticsChanges<'a> {
    pub campaign_id: Option<i32>,
    pub campaign_name: Option<Option<&'a str>>,
    pub analytics_data: Option<Option<&'a Value>>,
}

methods! {
    campaign_analytics: CampaignAnalytics, NewCampaignAnalytics<'_>, CampaignAnalyticsChanges<'_>;
    key id: &str;
    conflict id;
}
