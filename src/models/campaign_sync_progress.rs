//! `campaign_sync_progress`: how far the synchronisation of a campaign's leads has come.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::campaign_sync_progress;
use crate::types::CampaignSyncStatus;

/// A row: how far the synchronisation of a campaign's leads has come.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = campaign_sync_progress, primary_key(campaign_id), check_for_backend(diesel::pg::Pg))]
pub struct CampaignSyncProgress {
    pub campaign_id: i32,
    pub last_processed_lead_id: Option<String>,
    pub last_processed_lead_email: Option<String>,
    pub total_leads_in_campaign: Option<i32>,
    pub leads_processed: Option<i32>,
    pub sync_started_at: Option<DateTime<Utc>>,
    pub sync_completed_at: Option<DateTime<Utc>>,
    pub sync_status: Option<CampaignSyncStatus>,
    pub error_message: Option<String>,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = campaign_sync_progress, primary_key(campaign_id))]
pub struct NewCampaignSyncProgress<'a> {
    pub campaign_id: i32,
    pub last_processed_lead_id: Option<&'a str>,
    pub last_processed_lead_email: Option<&'a str>,
    pub total_leads_in_campaign: Option<i32>,
    pub leads_processed: Option<i32>,
    pub sync_started_at: Option<DateTime<Utc>>,
    pub sync_completed_at: Option<DateTime<Utc>>,
    pub sync_status: Option<CampaignSyncStatus>,
    pub error_message: Option<&'a str>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = campaign_sync_progress)]
pub struct CampaignSyncProgressChanges<'a> {
    pub last_processed_lead_id: Option<Option<&'a str>>,
    pub last_processed_lead_email: Option<Option<&'a str>>,
    pub total_leads_in_campaign: Option<Option<i32>>,
    pub leads_processed: Option<Option<i32>>,
    pub sync_started_at: Option<Option<DateTime<Utc>>>,
    pub sync_completed_at: Option<Option<DateTime<Utc>>>,
    pub sync_status: Option<Option<CampaignSyncStatus>>,
    pub error_message: Option<Option<&'a str>>,
}

methods! {
    campaign_sync_progress: CampaignSyncProgress, NewCampaignSyncProgress<'_>, CampaignSyncProgressChanges<'_>;
    key campaign_id: i32;
    conflict campaign_id;
}

impl CampaignSyncProgress {
    /// Starts the synchronisation of a campaign, or resumes the one that was interrupted; returns
    /// how far it has come.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn start_or_resume(
        conn: &mut PgConnection,
        campaign_id: i32,
        total_leads: i32,
    ) -> QueryResult<Self> {
        use campaign_sync_progress as progress;

        diesel::insert_into(progress::table)
            .values((
                progress::campaign_id.eq(campaign_id),
                progress::total_leads_in_campaign.eq(total_leads),
                progress::sync_started_at.eq(Utc::now()),
                progress::sync_status.eq(CampaignSyncStatus::InProgress),
            ))
            .on_conflict(progress::campaign_id)
            .do_update()
            .set((
                progress::total_leads_in_campaign.eq(total_leads),
                progress::sync_status.eq(CampaignSyncStatus::InProgress),
                progress::sync_completed_at.eq(None::<DateTime<Utc>>),
            ))
            .returning(Self::as_returning())
            .get_result(conn)
    }

    /// Counts a lead as processed, and remembers it as the last one. Two workers that do so at
    /// once are both counted.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn advance(
        conn: &mut PgConnection,
        campaign_id: i32,
        lead_id: &str,
        lead_email: &str,
    ) -> QueryResult<Self> {
        use campaign_sync_progress as progress;

        diesel::update(progress::table.find(campaign_id))
            .set((
                progress::leads_processed.eq(progress::leads_processed + 1),
                progress::last_processed_lead_id.eq(lead_id),
                progress::last_processed_lead_email.eq(lead_email),
                progress::updated_at.eq(Utc::now()),
            ))
            .returning(Self::as_returning())
            .get_result(conn)
    }

    /// Ends the synchronisation of a campaign: completed, partial or failed.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn finish(
        conn: &mut PgConnection,
        campaign_id: i32,
        status: CampaignSyncStatus,
        error: Option<&str>,
    ) -> QueryResult<Self> {
        use campaign_sync_progress as progress;

        diesel::update(progress::table.find(campaign_id))
            .set((
                progress::sync_status.eq(status),
                progress::error_message.eq(error),
                progress::sync_completed_at.eq(Utc::now()),
            ))
            .returning(Self::as_returning())
            .get_result(conn)
    }
}
