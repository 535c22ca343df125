//! `lead_conversations`: what was said with a lead, and where its synchronisation stands.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::lead_conversations;
use crate::types::SyncStatus;

/// A row: what was said with a lead, and where its synchronisation stands.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = lead_conversations, check_for_backend(diesel::pg::Pg))]
pub struct LeadConversation {
    pub id: String,
    pub admin_uuid: String,
    pub campaign_id: i32,
    pub lead_email: String,
    pub lead_first_name: String,
    pub lead_last_name: String,
    pub status: String,
    pub conversation_data: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    pub last_synced_at: Option<DateTime<Utc>>,
    pub sync_status: Option<SyncStatus>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = lead_conversations)]
pub struct NewLeadConversation<'a> {
    pub id: &'a str,
    pub admin_uuid: &'a str,
    pub campaign_id: i32,
    pub lead_email: &'a str,
    pub lead_first_name: Option<&'a str>,
    pub lead_last_name: Option<&'a str>,
    pub status: Option<&'a str>,
    pub conversation_data: Option<&'a str>,
    pub last_synced_at: Option<DateTime<Utc>>,
    pub sync_status: Option<SyncStatus>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = lead_conversations)]
pub struct LeadConversationChanges<'a> {
    pub admin_uuid: Option<&'a str>,
    pub campaign_id: Option<i32>,
    pub lead_email: Option<&'a str>,
    pub lead_first_name: Option<&'a str>,
    pub lead_last_name: Option<&'a str>,
    pub status: Option<&'a str>,
    pub conversation_data: Option<&'a str>,
    pub last_synced_at: Option<Option<DateTime<Utc>>>,
    pub sync_status: Option<Option<SyncStatus>>,
}

methods! {
    lead_conversations: LeadConversation, NewLeadConversation<'_>, LeadConversationChanges<'_>;
    key id: &str;
    conflict campaign_id, lead_email;
}

impl LeadConversation {
    /// Claims up to `limit` leads of the campaign that wait for synchronisation, in the order of
    /// their addresses, and returns them as they are then: `in_progress`. Rows that another worker
    /// is claiming at this moment are passed over, so that no lead is claimed twice.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn claim_next(
        conn: &mut PgConnection,
        campaign_id: i32,
        limit: i64,
    ) -> QueryResult<Vec<Self>> {
        conn.transaction(|conn| {
            let ids: Vec<String> = lead_conversations::table
                .filter(lead_conversations::campaign_id.eq(campaign_id))
                .filter(lead_conversations::sync_status.eq(SyncStatus::Pending))
                .order(lead_conversations::lead_email)
                .limit(limit)
                .select(lead_conversations::id)
                .for_update()
                .skip_locked()
                .load(conn)?;
            let mut claimed: Vec<Self> = diesel::update(lead_conversations::table)
                .filter(lead_conversations::id.eq_any(ids))
                .set(lead_conversations::sync_status.eq(SyncStatus::InProgress))
                .returning(Self::as_returning())
                .get_results(conn)?;
            claimed.sort_by(|a, b| a.lead_email.cmp(&b.lead_email));
            Ok(claimed)
        })
    }

    /// Has the leads wait again that were claimed before `since` and not finished, since whoever
    /// claimed them has died; returns how many.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn release_stale(
        conn: &mut PgConnection,
        campaign_id: i32,
        since: DateTime<Utc>,
    ) -> QueryResult<usize> {
        diesel::update(lead_conversations::table)
            .filter(lead_conversations::campaign_id.eq(campaign_id))
            .filter(lead_conversations::sync_status.eq(SyncStatus::InProgress))
            .filter(lead_conversations::updated_at.lt(since))
            .set(lead_conversations::sync_status.eq(SyncStatus::Pending))
            .execute(conn)
    }

    /// Records that the lead was synchronised now, or that it failed.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn finish(&self, conn: &mut PgConnection, status: SyncStatus) -> QueryResult<usize> {
        let synced = (status == SyncStatus::Completed).then(Utc::now);
        diesel::update(self)
            .set((
                lead_conversations::sync_status.eq(status),
                synced.map(|at| lead_conversations::last_synced_at.eq(at)),
            ))
            .execute(conn)
    }
}
