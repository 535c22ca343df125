//! What migrations do to the rows that are there before them.

use diesel::connection::SimpleConnection;
use diesel_strata::testing::TestDatabase;
use outreach::MIGRATIONS;

use crate::support::texts;

#[diesel_strata::test(MIGRATIONS, at = 1)]
fn leads_wait_for_synchronisation_once_there_is_one(database: &TestDatabase) {
    let conn = &mut database.conn();
    conn.batch_execute(
        "INSERT INTO lead_conversations (id, admin_uuid, campaign_id, lead_email)
         VALUES ('1', 'admin', 7, 'zoë@x'), ('2', 'admin', 7, 'b@x')",
    )
    .unwrap();
    assert_eq!(database.apply_next(), "002_AddLeadSyncTracking");
    let leads = "SELECT lead_email || ' ' || sync_status FROM lead_conversations ORDER BY id";
    assert_eq!(texts(conn, leads), ["zoë@x pending", "b@x pending"]);
}

#[diesel_strata::test(MIGRATIONS, at = 14)]
fn webhooks_outlive_the_tables_that_watch_for_them(database: &TestDatabase) {
    let conn = &mut database.conn();
    conn.batch_execute(
        "INSERT INTO users (id, username, email, password_hash) VALUES ('u', 'u', 'u@x', 'h');
         INSERT INTO webhooks (id, user_id, name, url) VALUES ('w', 'u', 'events', 'https://x')",
    )
    .unwrap();
    assert_eq!(database.apply_next(), "015_AddWebhookEventTables");
    conn.batch_execute(
        "INSERT INTO webhook_event_configs (id, admin_uuid, webhook_id, event_type, name)
         VALUES ('c', 'admin', 'w', 'reply', 'Replies')",
    )
    .unwrap();
    let orphan = "INSERT INTO webhook_event_configs (id, admin_uuid, webhook_id, event_type, name) \
                  VALUES ('d', 'admin', 'nowhere', 'reply', 'Replies')";
    let refused = conn.batch_execute(orphan).unwrap_err().to_string();
    assert!(refused.contains("fk_webhook_event_configs_webhook_id"), "{refused}");
}
