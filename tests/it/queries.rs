//! The queries that the application runs, against migrated tables.

use std::collections::BTreeMap;
use std::thread;

use chrono::{Duration, NaiveDate, Utc};
use diesel::prelude::*;
use outreach::models::*;
use outreach::types::{CampaignSyncStatus, Direction, Json, SyncStatus};
use serde_json::json;

use crate::support::database;

fn lead(conn: &mut PgConnection, campaign: i32, number: usize) -> LeadConversation {
    NewLeadConversation::builder()
        .id(&format!("lead-{campaign}-{number:03}"))
        .admin_uuid("admin")
        .campaign_id(campaign)
        .lead_email(&format!("lead{number:03}@é.example"))
        .build()
        .insert(conn)
        .unwrap()
}

fn user(conn: &mut PgConnection) -> User {
    NewUser::builder()
        .id("u")
        .username("zoë")
        .email("zoe@example.com")
        .password_hash("hash")
        .assigned_client_ids(&Json(vec!["c1".to_owned()]))
        .build()
        .insert_or_update(conn)
        .unwrap()
}

fn webhook(conn: &mut PgConnection) -> Webhook {
    user(conn);
    let headers = BTreeMap::from([("X-Token".to_owned(), "é".to_owned())]);
    NewWebhook::builder()
        .id("w")
        .user_id("u")
        .name("events")
        .url("https://example.com")
        .events(&Json(vec!["reply".to_owned()]))
        .headers(&Json(headers))
        .build()
        .insert(conn)
        .unwrap()
}

#[test]
fn defaults_and_json_come_back_as_they_are_declared() {
    let database = database();
    let conn = &mut database.conn();
    let webhook = webhook(conn);
    assert_eq!(webhook.events, Json(vec!["reply".to_owned()]));
    assert_eq!(webhook.headers.unwrap().0["X-Token"], "é");
    assert_eq!((webhook.retry_count, webhook.is_active), (Some(3), Some(true)));
    let user = User::find(conn, "u").unwrap().unwrap();
    assert_eq!(user.role, "User");
    assert_eq!(user.assigned_client_ids, Some(Json(vec!["c1".to_owned()])));
    assert_eq!(User::find(conn, "nobody").unwrap(), None);
}

#[test]
fn an_update_keeps_what_it_does_not_name_and_touches_updated_at() {
    let database = database();
    let conn = &mut database.conn();
    let before = user(conn);
    let changes = UserChanges { first_name: Some(Some("Zoë")), ..UserChanges::default() };
    let after = changes.apply(conn, "u").unwrap().unwrap();
    assert_eq!(after.first_name.as_deref(), Some("Zoë"));
    assert_eq!((&after.email, &after.role), (&before.email, &before.role));
    assert!(after.updated_at > before.updated_at);
    let cleared = UserChanges { first_name: Some(None), ..UserChanges::default() };
    assert_eq!(cleared.apply(conn, "u").unwrap().unwrap().first_name, None);
    assert!(changes.apply(conn, "nobody").unwrap().is_none());
}

#[test]
fn two_workers_claim_different_leads() {
    let database = database();
    let conn = &mut database.conn();
    (0..40).for_each(|number| drop(lead(conn, 7, number)));
    lead(conn, 8, 0);
    let pool = database.pool();
    let work = || {
        let conn = &mut pool.get().unwrap();
        let mut claimed = Vec::new();
        loop {
            let leads = LeadConversation::claim_next(conn, 7, 3).unwrap();
            assert!(leads.iter().all(|lead| lead.sync_status == Some(SyncStatus::InProgress)));
            match leads.is_empty() {
                true => return claimed,
                false => claimed.extend(leads.into_iter().map(|lead| lead.id)),
            }
        }
    };
    let mut claimed = thread::scope(|scope| {
        let workers = [scope.spawn(work), scope.spawn(work)];
        workers.map(|worker| worker.join().unwrap()).concat()
    });
    claimed.sort();
    let all: Vec<_> = (0..40).map(|number| format!("lead-7-{number:03}")).collect();
    assert_eq!(claimed, all, "each once, and none of another campaign");
}

#[test]
fn a_synchronisation_resumes_after_a_crash() {
    let database = database();
    let conn = &mut database.conn();
    (0..5).for_each(|number| drop(lead(conn, 7, number)));
    CampaignSyncProgress::start_or_resume(conn, 7, 5).unwrap();
    let claimed = LeadConversation::claim_next(conn, 7, 3).unwrap();
    let done = &claimed[0];
    done.finish(conn, SyncStatus::Completed).unwrap();
    CampaignSyncProgress::advance(conn, 7, &done.id, &done.lead_email).unwrap();
    // The worker dies here, with two leads claimed.

    let progress = CampaignSyncProgress::start_or_resume(conn, 7, 5).unwrap();
    assert_eq!(progress.leads_processed, Some(1));
    assert_eq!(progress.last_processed_lead_id.as_deref(), Some("lead-7-000"));
    assert_eq!(progress.sync_status, Some(CampaignSyncStatus::InProgress));
    assert_eq!(LeadConversation::release_stale(conn, 7, Utc::now()).unwrap(), 2);
    let rest = LeadConversation::claim_next(conn, 7, 10).unwrap();
    assert_eq!(rest.len(), 4);
    for lead in &rest {
        lead.finish(conn, SyncStatus::Completed).unwrap();
        CampaignSyncProgress::advance(conn, 7, &lead.id, &lead.lead_email).unwrap();
    }
    let status = CampaignSyncStatus::Completed;
    let progress = CampaignSyncProgress::finish(conn, 7, status, None).unwrap();
    assert_eq!(progress.leads_processed, Some(5));
    assert!(progress.sync_completed_at.is_some());
    let synced = LeadConversation::find(conn, "lead-7-004").unwrap().unwrap();
    assert!(synced.last_synced_at.is_some());
}

#[test]
fn workers_that_advance_at_once_are_both_counted() {
    let database = database();
    let pool = database.pool();
    CampaignSyncProgress::start_or_resume(&mut pool.get().unwrap(), 7, 100).unwrap();
    let work = || {
        let conn = &mut pool.get().unwrap();
        (0..50).for_each(|_| drop(CampaignSyncProgress::advance(conn, 7, "l", "e").unwrap()));
    };
    thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
    let progress = CampaignSyncProgress::find(&mut database.conn(), 7).unwrap().unwrap();
    assert_eq!(progress.leads_processed, Some(100));
}

#[test]
fn variants_are_found_by_their_labels() {
    let database = database();
    let conn = &mut database.conn();
    NewEmailTemplate::builder()
        .id("t")
        .admin_uuid("admin")
        .campaign_id(7)
        .subject("Hello")
        .sequence_number(1)
        .build()
        .insert(conn)
        .unwrap();
    let variant = |label, subject| {
        NewEmailTemplateVariant::builder()
            .id(label)
            .template_id("t")
            .smartlead_variant_id(1)
            .variant_label(label)
            .subject(subject)
            .build()
    };
    variant("B", "second").insert(conn).unwrap();
    variant("A", "first").insert(conn).unwrap();
    assert!(variant("A", "twice").insert(conn).is_err());
    let updated = variant("A", "better").insert_or_update(conn).unwrap();
    assert_eq!((updated.id.as_str(), updated.subject.as_str()), ("A", "better"));
    let labels: Vec<_> = EmailTemplateVariant::of_template(conn, "t")
        .unwrap()
        .into_iter()
        .map(|variant| variant.variant_label)
        .collect();
    assert_eq!(labels, ["A", "B"]);
    let found = EmailTemplateVariant::by_label(conn, "t", "B").unwrap().unwrap();
    assert_eq!(found.subject, "second");
    assert_eq!(EmailTemplateVariant::by_label(conn, "t", "C").unwrap(), None);
}

#[test]
fn events_of_a_day_are_set_and_not_added() {
    let database = database();
    let conn = &mut database.conn();
    let set = |conn: &mut PgConnection, kind, count| {
        CampaignEvent::set_today(conn, "7", kind, count, &json!({ "n": count })).unwrap();
    };
    set(conn, "reply", 2);
    set(conn, "open", 5);
    set(conn, "reply", 3);
    let today = diesel::select(diesel::dsl::sql::<diesel::sql_types::Date>("CURRENT_DATE"))
        .get_result::<NaiveDate>(conn)
        .unwrap();
    let events = CampaignEvent::on_day(conn, "7", today).unwrap();
    let counts: Vec<_> =
        events.iter().map(|event| (event.event_type.as_str(), event.event_count)).collect();
    assert_eq!(counts, [("open", 5), ("reply", 3)]);
    assert_eq!(events[1].metadata, Some(json!({ "n": 3 })));
    assert!(CampaignEvent::on_day(conn, "7", today - Duration::days(1)).unwrap().is_empty());
}

#[test]
fn daily_figures_are_summed_over_a_range() {
    let database = database();
    let conn = &mut database.conn();
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    for number in 1..=5 {
        let id = format!("s{number}");
        let stat = NewCampaignDailyStat::builder()
            .id(&id)
            .admin_uuid("admin")
            .campaign_id("7")
            .campaign_id_int(7)
            .stat_date(day(number))
            .sent(10)
            .opened(i32::try_from(number).unwrap())
            .build();
        stat.insert_or_update(conn).unwrap();
        stat.insert_or_update(conn).unwrap();
    }
    let days = CampaignDailyStat::between(conn, "7", day(2), day(4)).unwrap();
    assert_eq!(days.iter().map(|stat| stat.opened).collect::<Vec<_>>(), [2, 3, 4]);
    let totals = CampaignDailyStat::totals(conn, "7", day(2), day(4)).unwrap();
    assert_eq!((totals.sent, totals.opened, totals.bounced), (30, 9, 0));
    let none = CampaignDailyStat::totals(conn, "8", day(1), day(5)).unwrap();
    assert_eq!(none, CampaignTotals::default());
}

#[test]
fn webhook_configs_are_due_until_they_were_checked_and_triggers_are_recorded() {
    let database = database();
    let conn = &mut database.conn();
    webhook(conn);
    for (id, active) in [("one", true), ("two", true), ("off", false)] {
        NewWebhookEventConfig::builder()
            .id(id)
            .admin_uuid("admin")
            .webhook_id("w")
            .event_type("reply")
            .name(id)
            .config_parameters(&json!({ "threshold": 3 }))
            .is_active(active)
            .build()
            .insert(conn)
            .unwrap();
    }
    let due = |conn: &mut PgConnection| -> Vec<String> {
        let since = Utc::now() - Duration::minutes(5);
        let configs = WebhookEventConfig::due(conn, since, 10).unwrap();
        configs.into_iter().map(|config| config.id).collect()
    };
    assert_eq!(due(conn), ["one", "two"]);
    let trigger = |config| {
        NewWebhookEventTrigger::builder()
            .id("t")
            .event_config_id(config)
            .webhook_id("w")
            .campaign_id("7")
            .campaign_name("Spring")
            .status_code(200)
            .is_success(true)
            .build()
    };
    assert!(trigger("nowhere").record(conn).is_err());
    trigger("one").record(conn).unwrap();
    assert_eq!(due(conn), ["two"]);
    let config = WebhookEventConfig::find(conn, "one").unwrap().unwrap();
    assert!(config.last_triggered_at.is_some());
    assert_eq!(config.config_parameters, json!({ "threshold": 3 }));
}

#[test]
fn an_unknown_text_is_an_error_and_not_a_guess() {
    let database = database();
    let conn = &mut database.conn();
    let mail = NewLeadEmail::builder()
        .id("m")
        .admin_uuid("admin")
        .campaign_id(7)
        .lead_id("l")
        .lead_email("l@x")
        .time(Utc::now())
        .type_(Direction::Reply)
        .build();
    assert_eq!(mail.insert(conn).unwrap().type_, Some(Direction::Reply));
    let drop_check = "ALTER TABLE lead_email_history DROP CONSTRAINT chk_lead_email_history_type";
    diesel::sql_query(drop_check).execute(conn).unwrap();
    diesel::sql_query("UPDATE lead_email_history SET type = 'OTHER'").execute(conn).unwrap();
    let error = format!("{:?}", LeadEmail::find(conn, "m").unwrap_err());
    assert!(error.contains("OTHER") && error.contains("is no Direction"), "{error}");
}
