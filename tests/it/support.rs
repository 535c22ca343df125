//! What the tests share.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_strata::testing::TestDatabase;

/// A database with outreach's tables, empty.
pub(crate) fn database() -> TestDatabase {
    TestDatabase::new(&outreach::MIGRATIONS)
}

/// The names that the .NET service's ledger holds.
pub(crate) const LIVE_LEDGER: [&str; 6] = [
    "001_InitialSchema.sql",
    "002_AddLeadSyncTracking.sql",
    "003_EmailTemplateVariants.sql",
    "004_AddCampaignIdUniqueConstraint.sql",
    "004_PerformanceIndexes.sql",
    "015_WebhookEventTables",
];

/// A database as the .NET service has left it: its ledger, a trigger that fails, and three foreign
/// keys that were never made.
pub(crate) fn live_database() -> TestDatabase {
    let database = database();
    let conn = &mut database.conn();
    conn.batch_execute(
        "DROP TABLE __migrations;
         CREATE TABLE __migrations (id SERIAL PRIMARY KEY,
             migration_name VARCHAR(255) NOT NULL UNIQUE,
             applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW());
         CREATE TRIGGER update_warmup_metrics_updated_at BEFORE UPDATE ON warmup_metrics
             FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();
         ALTER TABLE webhook_event_configs
             DROP CONSTRAINT fk_webhook_event_configs_webhook_id;
         ALTER TABLE webhook_event_triggers
             DROP CONSTRAINT fk_webhook_event_triggers_event_config_id,
             DROP CONSTRAINT fk_webhook_event_triggers_webhook_id;
         INSERT INTO users (id, username, email, password_hash) VALUES ('u', 'zoë', 'z@x', 'h');",
    )
    .unwrap();
    for name in LIVE_LEDGER {
        let insert = "INSERT INTO __migrations (migration_name) VALUES ($1)";
        diesel::sql_query(insert).bind::<Text, _>(name).execute(conn).unwrap();
    }
    database
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    value: String,
}

/// The texts that `query` gives, which has one column.
#[track_caller]
pub(crate) fn texts(conn: &mut PgConnection, query: &str) -> Vec<String> {
    let query = format!("SELECT q.c::text AS value FROM ({query}) q (c)");
    let words: Vec<Word> = diesel::sql_query(query).load(conn).unwrap();
    words.into_iter().map(|word| word.value).collect()
}
