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
#[derive(Debug, Clone, Insertable, AsChangeset)]
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

impl EmailAccountDailyStat {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        email_account_daily_stat_entries::table
            .find(id)
            .select(Self::as_select())
            .first(conn)
            .optional()
    }
}

impl NewEmailAccountDailyStat<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<EmailAccountDailyStat> {
        diesel::insert_into(email_account_daily_stat_entries::table)
            .values(self)
            .returning(EmailAccountDailyStat::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `email_account_id` and `stat_date` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<EmailAccountDailyStat> {
        diesel::insert_into(email_account_daily_stat_entries::table)
            .values(self)
            .on_conflict((
                email_account_daily_stat_entries::email_account_id,
                email_account_daily_stat_entries::stat_date,
            ))
            .do_update()
            .set(self)
            .returning(EmailAccountDailyStat::as_returning())
            .get_result(conn)
    }
}

impl EmailAccountDailyStatChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(
        &self,
        conn: &mut PgConnection,
        id: &str,
    ) -> QueryResult<Option<EmailAccountDailyStat>> {
        diesel::update(email_account_daily_stat_entries::table.find(id))
            .set(self)
            .returning(EmailAccountDailyStat::as_returning())
            .get_result(conn)
            .optional()
    }
}
