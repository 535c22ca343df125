//! `campaign_events`: how often something happened in a campaign on a day.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Jsonb, Nullable, Text};
use serde_json::Value;

use crate::schema::campaign_events;

/// A row: how often something happened in a campaign on a day.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = campaign_events, check_for_backend(diesel::pg::Pg))]
pub struct CampaignEvent {
    pub id: i32,
    pub campaign_id: String,
    pub event_type: String,
    pub event_date: NaiveDate,
    pub event_count: i32,
    pub email_account_id: Option<String>,
    pub metadata: Option<Value>,
    pub created_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = campaign_events)]
pub struct NewCampaignEvent<'a> {
    pub campaign_id: &'a str,
    pub event_type: &'a str,
    pub event_date: NaiveDate,
    pub event_count: Option<i32>,
    pub email_account_id: Option<&'a str>,
    pub metadata: Option<&'a Value>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = campaign_events)]
pub struct CampaignEventChanges<'a> {
    pub campaign_id: Option<&'a str>,
    pub event_type: Option<&'a str>,
    pub event_date: Option<NaiveDate>,
    pub event_count: Option<i32>,
    pub email_account_id: Option<Option<&'a str>>,
    pub metadata: Option<Option<&'a Value>>,
}

methods! {
    campaign_events: CampaignEvent, NewCampaignEvent<'_>, CampaignEventChanges<'_>;
    key id: i32;
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// Sets the count of an event in a campaign today.
    fn add_campaign_event(
        campaign_id: Text,
        event_type: Text,
        count: Integer,
        email_account_id: Nullable<Text>,
        metadata: Jsonb,
    );
}

impl CampaignEvent {
    /// Sets the count and the metadata of an event in a campaign today, in place of what was set
    /// before on the same day.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn set_today(
        conn: &mut PgConnection,
        campaign_id: &str,
        event_type: &str,
        count: i32,
        metadata: &Value,
    ) -> QueryResult<()> {
        let call =
            add_campaign_event(campaign_id, event_type, count, None::<String>, metadata.clone());
        diesel::select(call).execute(conn).map(drop)
    }

    /// The events of a campaign on a day, in the order of their types.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn on_day(
        conn: &mut PgConnection,
        campaign_id: &str,
        day: NaiveDate,
    ) -> QueryResult<Vec<Self>> {
        campaign_events::table
            .filter(campaign_events::campaign_id.eq(campaign_id))
            .filter(campaign_events::event_date.eq(day))
            .order(campaign_events::event_type)
            .select(Self::as_select())
            .load(conn)
    }
}
