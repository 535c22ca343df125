//! One file a table: its row, a new row, changes to a row, and the queries that the application
//! runs on it. A method's name says what it does on a conflict. A new row is built from what it
//! needs; what is left out gets the table's default. What lets somebody in (hashes of passwords and
//! keys, tokens, secrets, headers) is blotted out where a row is printed with `{:?}`.
//!
//! ```no_run
//! use outreach::models::NewUser;
//!
//! # fn new_user(conn: &mut diesel::PgConnection) -> diesel::QueryResult<()> {
//! let new = NewUser::builder().id("u1").username("zoë").email("z@example.com").password_hash("…");
//! let user = new.build().insert(conn)?;
//! assert_eq!(user.role, "User");
//! # Ok(())
//! # }
//! ```

#![expect(missing_docs, reason = "the fields are the columns, which the migrations describe")]

#[macro_use]
mod methods;

mod api_key_usage;
mod api_keys;
mod campaign_analytics;
mod campaign_daily_stat_entries;
mod campaign_events;
mod campaign_sync_progress;
mod campaigns;
mod classified_emails;
mod clients;
mod email_account_daily_stat_entries;
mod email_accounts;
mod email_template_variants;
mod email_templates;
mod lead_conversations;
mod lead_email_history;
mod rate_limits;
mod settings;
mod user_sessions;
mod users;
mod warmup_metrics;
mod webhook_deliveries;
mod webhook_event_configs;
mod webhook_event_triggers;
mod webhooks;

pub use api_key_usage::{ApiKeyUse, ApiKeyUseChanges, NewApiKeyUse};
pub use api_keys::{ApiKey, ApiKeyChanges, NewApiKey};
pub use campaign_analytics::{CampaignAnalytics, CampaignAnalyticsChanges, NewCampaignAnalytics};
pub use campaign_daily_stat_entries::{
    CampaignDailyStat, CampaignDailyStatChanges, CampaignTotals, NewCampaignDailyStat,
};
pub use campaign_events::{CampaignEvent, CampaignEventChanges, NewCampaignEvent};
pub use campaign_sync_progress::{
    CampaignSyncProgress, CampaignSyncProgressChanges, NewCampaignSyncProgress,
};
pub use campaigns::{Campaign, CampaignChanges, NewCampaign};
pub use classified_emails::{ClassifiedEmail, ClassifiedEmailChanges, NewClassifiedEmail};
pub use clients::{Client, ClientChanges, NewClient};
pub use email_account_daily_stat_entries::{
    EmailAccountDailyStat, EmailAccountDailyStatChanges, NewEmailAccountDailyStat,
};
pub use email_accounts::{EmailAccount, EmailAccountChanges, NewEmailAccount};
pub use email_template_variants::{
    EmailTemplateVariant, EmailTemplateVariantChanges, NewEmailTemplateVariant,
};
pub use email_templates::{EmailTemplate, EmailTemplateChanges, NewEmailTemplate};
pub use lead_conversations::{LeadConversation, LeadConversationChanges, NewLeadConversation};
pub use lead_email_history::{LeadEmail, LeadEmailChanges, NewLeadEmail};
pub use rate_limits::{NewRateLimit, RateLimit, RateLimitChanges};
pub use settings::{NewSetting, Setting, SettingChanges};
pub use user_sessions::{NewUserSession, UserSession, UserSessionChanges};
pub use users::{NewUser, User, UserChanges};
pub use warmup_metrics::{NewWarmupMetrics, WarmupMetrics, WarmupMetricsChanges};
pub use webhook_deliveries::{NewWebhookDelivery, WebhookDelivery, WebhookDeliveryChanges};
pub use webhook_event_configs::{
    NewWebhookEventConfig, WebhookEventConfig, WebhookEventConfigChanges,
};
pub use webhook_event_triggers::{
    NewWebhookEventTrigger, WebhookEventTrigger, WebhookEventTriggerChanges,
};
pub use webhooks::{NewWebhook, Webhook, WebhookChanges};
