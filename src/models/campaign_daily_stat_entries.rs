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
#[derive(Debug, Clone, Insertable, AsChangeset)]
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

impl CampaignDailyStat {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        campaign_daily_stat_entries::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewCampaignDailyStat<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<CampaignDailyStat> {
        diesel::insert_into(campaign_daily_stat_entries::table)
            .values(self)
            .returning(CampaignDailyStat::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `campaign_id` and `stat_date` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<CampaignDailyStat> {
        diesel::insert_into(campaign_daily_stat_entries::table)
            .values(self)
            .on_conflict((
                campaign_daily_stat_entries::campaign_id,
                campaign_daily_stat_entries::stat_date,
            ))
            .do_update()
            .set(self)
            .returning(CampaignDailyStat::as_returning())
            .get_result(conn)
    }
}

impl CampaignDailyStatChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(
        &self,
        conn: &mut PgConnection,
        id: &str,
    ) -> QueryResult<Option<CampaignDailyStat>> {
        diesel::update(campaign_daily_stat_entries::table.find(id))
            .set(self)
            .returning(CampaignDailyStat::as_returning())
            .get_result(conn)
            .optional()
    }
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
