//! `lead_email_history`: an e-mail to or from a lead.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::lead_email_history;
use crate::types::Direction;

/// A row: an e-mail to or from a lead.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = lead_email_history, check_for_backend(diesel::pg::Pg))]
pub struct LeadEmail {
    pub id: String,
    pub admin_uuid: String,
    pub campaign_id: i32,
    pub lead_id: String,
    pub lead_email: String,
    pub subject: String,
    pub body: String,
    pub sequence_number: i32,
    pub time: Option<DateTime<Utc>>,
    pub type_: Option<Direction>,
    pub classification_result: Option<String>,
    pub classified_at: Option<DateTime<Utc>>,
    pub is_classified: Option<bool>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = lead_email_history)]
pub struct NewLeadEmail<'a> {
    pub id: &'a str,
    pub admin_uuid: &'a str,
    pub campaign_id: i32,
    pub lead_id: &'a str,
    pub lead_email: &'a str,
    pub subject: Option<&'a str>,
    pub body: Option<&'a str>,
    pub sequence_number: Option<i32>,
    pub time: Option<DateTime<Utc>>,
    pub type_: Option<Direction>,
    pub classification_result: Option<&'a str>,
    pub classified_at: Option<DateTime<Utc>>,
    pub is_classified: Option<bool>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = lead_email_history)]
pub struct LeadEmailChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub campaign_id: Option<i32>,
    pub lead_id: Option<&'a str>,
    pub lead_email: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub body: Option<&'a str>,
    pub sequence_number: Option<i32>,
    pub time: Option<Option<DateTime<Utc>>>,
    pub type_: Option<Option<Direction>>,
    pub classification_result: Option<Option<&'a str>>,
    pub classified_at: Option<Option<DateTime<Utc>>>,
    pub is_classified: Option<Option<bool>>,
}

impl LeadEmail {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        lead_email_history::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewLeadEmail<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<LeadEmail> {
        diesel::insert_into(lead_email_history::table)
            .values(self)
            .returning(LeadEmail::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `campaign_id` and `lead_id` and `sequence_number` and `type` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<LeadEmail> {
        diesel::insert_into(lead_email_history::table)
            .values(self)
            .on_conflict((
                lead_email_history::campaign_id,
                lead_email_history::lead_id,
                lead_email_history::sequence_number,
                lead_email_history::type_,
            ))
            .do_update()
            .set(self)
            .returning(LeadEmail::as_returning())
            .get_result(conn)
    }
}

impl LeadEmailChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(&self, conn: &mut PgConnection, id: &str) -> QueryResult<Option<LeadEmail>> {
        diesel::update(lead_email_history::table.find(id))
            .set(self)
            .returning(LeadEmail::as_returning())
            .get_result(conn)
            .optional()
    }
}
