//! Webhook events: what users want to be told of, and each time that they were.
//!
//! Purpose: a webhook can be asked to watch campaigns for events, and what was sent is kept.
//!
//! Databases that the .NET service built have this under the name of its code migration, and lack
//! the three foreign keys: that service swallowed the error of adding them.
//!
//! strata: formerly 015_WebhookEventTables

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;

/// Creates both tables with their foreign keys and indexes, where they are not there yet.
pub fn up(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(CONFIGS)?;
    conn.batch_execute(TRIGGERS)
}

const CONFIGS: &str = "
CREATE TABLE IF NOT EXISTS webhook_event_configs (
    id VARCHAR(36) PRIMARY KEY,
    admin_uuid VARCHAR(36) NOT NULL,
    webhook_id VARCHAR(36) NOT NULL,
    event_type VARCHAR(50) NOT NULL,
    name VARCHAR(255) NOT NULL,
    description TEXT,
    config_parameters JSONB NOT NULL DEFAULT '{}',
    target_scope JSONB NOT NULL DEFAULT '{}',
    is_active BOOLEAN NOT NULL DEFAULT true,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    last_checked_at TIMESTAMPTZ,
    last_triggered_at TIMESTAMPTZ,
    CONSTRAINT fk_webhook_event_configs_webhook_id
        FOREIGN KEY (webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS idx_webhook_event_configs_admin_active
    ON webhook_event_configs (admin_uuid, is_active);
CREATE INDEX IF NOT EXISTS idx_webhook_event_configs_admin_uuid
    ON webhook_event_configs (admin_uuid);
CREATE INDEX IF NOT EXISTS idx_webhook_event_configs_event_type
    ON webhook_event_configs (event_type);
CREATE INDEX IF NOT EXISTS idx_webhook_event_configs_webhook_active
    ON webhook_event_configs (webhook_id, is_active);
CREATE INDEX IF NOT EXISTS idx_webhook_event_configs_webhook_id
    ON webhook_event_configs (webhook_id);
";

const TRIGGERS: &str = "
CREATE TABLE IF NOT EXISTS webhook_event_triggers (
    id VARCHAR(36) PRIMARY KEY,
    event_config_id VARCHAR(36) NOT NULL,
    webhook_id VARCHAR(36) NOT NULL,
    campaign_id VARCHAR(36) NOT NULL,
    campaign_name VARCHAR(255) NOT NULL,
    trigger_data JSONB NOT NULL DEFAULT '{}',
    status_code INTEGER,
    response_body TEXT,
    error_message TEXT,
    is_success BOOLEAN NOT NULL DEFAULT false,
    attempt_count INTEGER NOT NULL DEFAULT 1,
    created_at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
    delivered_at TIMESTAMPTZ,
    CONSTRAINT fk_webhook_event_triggers_event_config_id
        FOREIGN KEY (event_config_id) REFERENCES webhook_event_configs (id) ON DELETE CASCADE,
    CONSTRAINT fk_webhook_event_triggers_webhook_id
        FOREIGN KEY (webhook_id) REFERENCES webhooks (id) ON DELETE CASCADE
);

CREATE INDEX IF NOT EXISTS idx_webhook_event_triggers_campaign_created
    ON webhook_event_triggers (campaign_id, created_at DESC);
CREATE INDEX IF NOT EXISTS idx_webhook_event_triggers_campaign_id
    ON webhook_event_triggers (campaign_id);
CREATE INDEX IF NOT EXISTS idx_webhook_event_triggers_created_desc
    ON webhook_event_triggers (created_at DESC);
CREATE INDEX IF NOT EXISTS idx_webhook_event_triggers_event_config_id
    ON webhook_event_triggers (event_config_id);
CREATE INDEX IF NOT EXISTS idx_webhook_event_triggers_webhook_id
    ON webhook_event_triggers (webhook_id);
";
