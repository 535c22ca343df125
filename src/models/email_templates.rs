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
#[derive(Debug, Clone, Insertable, AsChangeset)]
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

impl EmailTemplate {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        email_templates::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewEmailTemplate<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<EmailTemplate> {
        diesel::insert_into(email_templates::table)
            .values(self)
            .returning(EmailTemplate::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `campaign_id` and `sequence_number` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<EmailTemplate> {
        diesel::insert_into(email_templates::table)
            .values(self)
            .on_conflict((email_templates::campaign_id, email_templates::sequence_number))
            .do_update()
            .set(self)
            .returning(EmailTemplate::as_returning())
            .get_result(conn)
    }
}

impl EmailTemplateChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(&self, conn: &mut PgConnection, id: &str) -> QueryResult<Option<EmailTemplate>> {
        diesel::update(email_templates::table.find(id))
            .set(self)
            .returning(EmailTemplate::as_returning())
            .get_result(conn)
            .optional()
    }
}
