//! `email_account_daily_stat_entries`: what an e-mail account did on a day.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::schema::email_account_daily_stat_entries;

/// A row: what an e-mail account did on a day.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = email_account_daily_stat_entries, check_for_backend(diesel::pg::Pg))]
pub struct EmailAccountDailyStat {
    pub id: String,
    pub admin_uuid: String,
    pub email_account_id: i64,
    pub stat_date: NaiveDate,
    pub sent: i32,
    pub opened: i32,
    pub replied: i32,
    pub bounced: i32,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = email_account_daily_stat_entries)]
pub struct NewEmailAccountDailyStat<'a> {
    pub id: &'a str,
    pub admin_uuid: &'a str,
    pub email_account_id: i64,
    pub stat_date: NaiveDate,
    pub sent: Option<i32>,
    pub opened: Option<i32>,
    pub replied: Option<i32>,
    pub bounced: Option<i32>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = email_account_daily_stat_entries)]
pub struct EmailAccountDailyStatChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub email_account_id: Option<i64>,
    pub stat_date: Option<NaiveDate>,
    pub sent: Option<i32>,
    pub opened: Option<i32>,
    pub replied: Option<i32>,
    pub bounced: Option<i32>,
}

methods! {
    email_account_daily_stat_entries: EmailAccountDailyStat, NewEmailAccountDailyStat<'_>, EmailAccountDailyStatChanges<'_>;
    key id: &str;
    conflict email_account_id, stat_date;
}
