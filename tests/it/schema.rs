//! What holds of the schema as a whole.

use diesel_strata::schema_rs::{PrintSchemaConfig, planned};

use diesel_strata::{schema_difference, schema_drift, schema_snapshot};

use crate::support::{database, live_database, texts};

#[test]
fn schema_rs_is_that_of_the_migrated_database() {
    let database = database();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/diesel.toml");
    let config = PrintSchemaConfig::read(path.as_ref()).unwrap();
    let files = planned(&mut database.conn(), &config).unwrap();
    assert_eq!(files.len(), 1);
    assert!(files[0].is_current(), "run `cargo run -- migrate` and commit src/schema.rs");
}

/// The existing service has a trigger that sets a column that its table does not have.
#[test]
fn every_trigger_finds_the_column_that_it_sets() {
    let database = database();
    let conn = &mut database.conn();
    let triggers = "SELECT t.tgrelid::regclass FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid \
                    WHERE p.prosrc LIKE '%NEW.updated_at%'";
    assert_eq!(texts(conn, triggers).len(), 12, "the rule must have something to look at");
    let without = format!(
        "{triggers} AND NOT EXISTS (SELECT FROM pg_attribute a \
         WHERE a.attrelid = t.tgrelid AND a.attname = 'updated_at')"
    );
    assert_eq!(texts(conn, &without), [""; 0]);
}

#[test]
fn the_schema_is_as_it_was_reviewed() {
    let reviewed = include_str!("../../migrations/strata.schema");
    assert!(reviewed.contains("table public.campaigns"), "run `cargo run -- migrate`");
    let drift = schema_drift(&mut database().conn(), reviewed).unwrap();
    assert_eq!(drift, [""; 0], "run `cargo run -- migrate` and commit migrations/strata.schema");
}

#[test]
fn a_database_that_was_taken_over_differs_in_its_known_faults_only() {
    let fresh = schema_snapshot(&mut database().conn()).unwrap();
    let taken_over = live_database();
    let _ = outreach::migrate(&mut taken_over.conn()).unwrap();
    let taken_over = schema_snapshot(&mut taken_over.conn()).unwrap();
    assert_eq!(
        schema_difference(&fresh, &taken_over),
        [
            "+ table public.warmup_metrics / trigger update_warmup_metrics_updated_at: BEFORE UPDATE \
             ON public.warmup_metrics FOR EACH ROW EXECUTE FUNCTION \
             public.update_updated_at_column()",
            "- table public.webhook_event_configs / constraint \
             fk_webhook_event_configs_webhook_id: FOREIGN KEY (webhook_id) REFERENCES \
             public.webhooks(id) ON DELETE CASCADE",
            "- table public.webhook_event_triggers / constraint \
             fk_webhook_event_triggers_event_config_id: FOREIGN KEY (event_config_id) REFERENCES \
             public.webhook_event_configs(id) ON DELETE CASCADE",
            "- table public.webhook_event_triggers / constraint \
             fk_webhook_event_triggers_webhook_id: FOREIGN KEY (webhook_id) REFERENCES \
             public.webhooks(id) ON DELETE CASCADE",
        ]
    );
}
