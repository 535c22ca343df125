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
#[derive(Debug, Clone, Insertable, AsChangeset)]
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

impl CampaignAnalytics {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        campaign_analytics::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewCampaignAnalytics<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<CampaignAnalytics> {
        diesel::insert_into(campaign_analytics::table)
            .values(self)
            .returning(CampaignAnalytics::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `id` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<CampaignAnalytics> {
        diesel::insert_into(campaign_analytics::table)
            .values(self)
            .on_conflict(campaign_analytics::id)
            .do_update()
            .set(self)
            .returning(CampaignAnalytics::as_returning())
            .get_result(conn)
    }
}

impl CampaignAnalyticsChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(
        &self,
        conn: &mut PgConnection,
        id: &str,
    ) -> QueryResult<Option<CampaignAnalytics>> {
        diesel::update(campaign_analytics::table.find(id))
            .set(self)
            .returning(CampaignAnalytics::as_returning())
            .get_result(conn)
            .optional()
    }
}
