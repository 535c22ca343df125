//! `campaign_daily_stat_entries`: what a campaign did on a day.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::sum;
use diesel::prelude::*;

use crate::schema::campaign_daily_stat_entries;

/// A row: what a campaign did on a day.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = campaign_daily_stat_entries, check_for_backend(diesel::pg::Pg))]
pub struct CampaignDailyStat {
    pub id: String,
    pub admin_uuid: String,
    pub campaign_id: String,
    pub campaign_id_int: i32,
    pub stat_date: NaiveDate,
    pub sent: i32,
    pub opened: i32,
    pub clicked: i32,
    pub replied: i32,
    pub positive_replies: i32,
    pub bounced: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = campaign_daily_stat_entries)]
pub struct NewCampaignDailyStat<'a> {
    pub id: &'a str,
    pub admin_uuid: &'a str,
    pub campaign_id: &'a str,
    pub campaign_id_int: i32,
    pub stat_date: NaiveDate,
    pub sent: Option<i32>,
    pub opened: Option<i32>,
    pub clicked: Option<i32>,
    pub replied: Option<i32>,
    pub positive_replies: Option<i32>,
    pub bounced: Option<i32>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = campaign_daily_stat_entries)]
pub struct CampaignDailyStatChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub campaign_id: Option<&'a str>,
    pub campaign_id_int: Option<i32>,
    pub stat_date: Option<NaiveDate>,
    pub sent: Option<i32>,
    pub opened: Option<i32>,
    pub clicked: Option<i32>,
    pub replied: Option<i32>,
    pub positive_replies: Option<i32>,
    pub bounced: Option<i32>,
}

methods! {
    campaign_daily_stat_entries: CampaignDailyStat, NewCampaignDailyStat<'_>, CampaignDailyStatChanges<'_>;
    key id: &str;
    conflict campaign_id, stat_date;
}

/// What a campaign did over several days.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CampaignTotals {
    pub sent: i64,
    pub opened: i64,
    pub replied: i64,
    pub positive_replies: i64,
    pub bounced: i64,
}

impl CampaignDailyStat {
    /// The days of a campaign from `first` to `last`, both included, in their order.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn between(
        conn: &mut PgConnection,
        campaign_id: &str,
        first: NaiveDate,
        last: NaiveDate,
    ) -> QueryResult<Vec<Self>> {
        campaign_daily_stat_entries::table
            .filter(campaign_daily_stat_entries::campaign_id.eq(campaign_id))
            .filter(campaign_daily_stat_entries::stat_date.between(first, last))
            .order(campaign_daily_stat_entries::stat_date)
            .select(Self::as_select())
            .load(conn)
    }

    /// The sums over the same days; zeros where there are none.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn totals(
        conn: &mut PgConnection,
        campaign_id: &str,
        first: NaiveDate,
        last: NaiveDate,
    ) -> QueryResult<CampaignTotals> {
        use campaign_daily_stat_entries as stats;

        type Sums = (Option<i64>, Option<i64>, Option<i64>, Option<i64>, Option<i64>);
        let (sent, opened, replied, positive, bounced): Sums = stats::table
            .filter(stats::campaign_id.eq(campaign_id))
            .filter(stats::stat_date.between(first, last))
            .select((
                sum(stats::sent),
                sum(stats::opened),
                sum(stats::replied),
                sum(stats::positive_replies),
                sum(stats::bounced),
            ))
            .first(conn)?;
        Ok(CampaignTotals {
            sent: sent.unwrap_or(0),
            opened: opened.unwrap_or(0),
            replied: replied.unwrap_or(0),
            positive_replies: positive.unwrap_or(0),
            bounced: bounced.unwrap_or(0),
        })
    }
}
