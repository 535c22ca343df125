//! `classified_emails`: a reply and what it was classified as.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::classified_emails;

/// A row: a reply and what it was classified as.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = classified_emails, check_for_backend(diesel::pg::Pg))]
pub struct ClassifiedEmail {
    pub id: String,
    pub admin_uuid: String,
    pub campaign_id: i32,
    pub message_id: String,
    pub lead_email: String,
    pub email_type: String,
    pub email_time: DateTime<Utc>,
    pub email_body_hash: String,
    pub classification_result: String,
    pub classified_at: DateTime<Utc>,
    pub email_account_id: Option<i32>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = classified_emails)]
pub struct NewClassifiedEmail<'a> {
    pub id: Option<&'a str>,
    pub admin_uuid: &'a str,
    pub campaign_id: i32,
    pub message_id: &'a str,
    pub lead_email: &'a str,
    pub email_type: Option<&'a str>,
    pub email_time: DateTime<Utc>,
    pub email_body_hash: &'a str,
    pub classification_result: &'a str,
    pub classified_at: Option<DateTime<Utc>>,
    pub email_account_id: Option<i32>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = classified_emails)]
pub struct ClassifiedEmailChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub campaign_id: Option<i32>,
    pub message_id: Option<&'a str>,
    pub lead_email: Option<&'a str>,
    pub email_type: Option<&'a str>,
    pub email_time: Option<DateTime<Utc>>,
    pub email_body_hash: Option<&'a str>,
    pub classification_result: Option<&'a str>,
    pub classified_at: Option<DateTime<Utc>>,
    pub email_account_id: Option<Option<i32>>,
}

impl ClassifiedEmail {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        classified_emails::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewClassifiedEmail<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<ClassifiedEmail> {
        diesel::insert_into(classified_emails::table)
            .values(self)
            .returning(ClassifiedEmail::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `message_id` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<ClassifiedEmail> {
        diesel::insert_into(classified_emails::table)
            .values(self)
            .on_conflict(classified_emails::message_id)
            .do_update()
            .set(self)
            .returning(ClassifiedEmail::as_returning())
            .get_result(conn)
    }
}

impl ClassifiedEmailChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(&self, conn: &mut PgConnection, id: &str) -> QueryResult<Option<ClassifiedEmail>> {
        diesel::update(classified_emails::table.find(id))
            .set(self)
            .returning(ClassifiedEmail::as_returning())
            .get_result(conn)
            .optional()
    }
}
