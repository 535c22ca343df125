-- Lead synchronisation that can be resumed: how far each campaign has come, and where each lead
-- stands.
--
-- Purpose: a synchronisation that was interrupted goes on where it stopped.
--
-- strata: allow constraint-missing-not-valid it is applied already wherever there are rows
-- strata: allow require-concurrent-index-creation it is applied already wherever there are rows
-- strata: allow prefer-bigint-over-int campaign_id is Smartlead's number, an integer there too

ALTER TABLE lead_conversations
    ADD COLUMN IF NOT EXISTS last_synced_at TIMESTAMPTZ,
    ADD COLUMN IF NOT EXISTS sync_status VARCHAR(20) DEFAULT 'pending';

-- There is no ADD CONSTRAINT IF NOT EXISTS.
ALTER TABLE lead_conversations DROP CONSTRAINT IF EXISTS lead_conversations_sync_status_check;
ALTER TABLE lead_conversations ADD CONSTRAINT lead_conversations_sync_status_check
    CHECK (sync_status IN ('pending', 'in_progress', 'completed', 'failed'));

COMMENT ON COLUMN lead_conversations.last_synced_at IS
    'Timestamp of last successful sync for this lead';
COMMENT ON COLUMN lead_conversations.sync_status IS
    'Current sync status: pending, in_progress, completed, failed';

CREATE INDEX IF NOT EXISTS idx_lead_conversations_sync_status
    ON lead_conversations (campaign_id, sync_status, last_synced_at);

CREATE TABLE IF NOT EXISTS campaign_sync_progress (
    campaign_id INTEGER PRIMARY KEY,
    last_processed_lead_id VARCHAR(50),
    last_processed_lead_email VARCHAR(500),
    total_leads_in_campaign INTEGER DEFAULT 0,
    leads_processed INTEGER DEFAULT 0,
    sync_started_at TIMESTAMPTZ,
    sync_completed_at TIMESTAMPTZ,
    sync_status VARCHAR(20) DEFAULT 'not_started',
    error_message TEXT,
    created_at TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP,
    updated_at TIMESTAMPTZ DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT campaign_sync_progress_sync_status_check
        CHECK (sync_status IN ('not_started', 'in_progress', 'completed', 'failed', 'partial'))
);

COMMENT ON TABLE campaign_sync_progress IS
    'Tracks campaign lead sync progress for resume capability';

CREATE INDEX IF NOT EXISTS idx_campaign_sync_progress_status
    ON campaign_sync_progress (sync_status, sync_started_at);
