//! What lets somebody in is in no log.

use std::collections::BTreeMap;
use std::fmt::Debug;

use chrono::Utc;
use outreach::models::*;
use outreach::types::Json;

use crate::support::database;

const SECRET: &str = "s3cr3t";

#[track_caller]
fn assert_blotted(value: &impl Debug) {
    let shown = format!("{value:?}");
    assert!(!shown.contains(SECRET), "{shown}");
    assert!(shown.contains("***"), "{shown}");
}

#[test]
fn rows_new_rows_and_changes_show_no_secret() {
    let database = database();
    let conn = &mut database.conn();
    let user = NewUser::builder()
        .id("u")
        .username("zoë")
        .email("z@example.com")
        .password_hash(SECRET)
        .refresh_token(SECRET)
        .api_key(SECRET)
        .build();
    assert_blotted(&user);
    assert_blotted(&user.insert(conn).unwrap());
    assert_blotted(&UserChanges { refresh_token: Some(Some(SECRET)), ..Default::default() });

    let session = NewUserSession::builder()
        .id("s")
        .user_id("u")
        .refresh_token(SECRET)
        .refresh_token_expiry_time(Utc::now())
        .build();
    assert_blotted(&session);
    assert_blotted(&session.insert(conn).unwrap());

    let key = NewApiKey::builder().key_hash(SECRET).key_prefix("k").user_id("u").name("n").build();
    assert_blotted(&key);
    assert_blotted(&key.insert(conn).unwrap());

    let headers = Json(BTreeMap::from([("Authorization".to_owned(), SECRET.to_owned())]));
    let webhook = NewWebhook::builder()
        .user_id("u")
        .name("n")
        .url("https://example.com")
        .secret(SECRET)
        .headers(&headers)
        .build();
    assert_blotted(&webhook);
    assert_blotted(&webhook.insert(conn).unwrap());
}

/// The rule for tables to come: whoever adds such a column adds it here and blots it out.
#[test]
fn every_column_that_may_let_somebody_in_is_known() {
    let database = database();
    let columns = "SELECT table_name || '.' || column_name FROM information_schema.columns \
                   WHERE table_schema = 'public' AND column_name ~ \
                   '(password|secret|token|api_key|key_hash|headers)' \
                   AND column_name !~ '(_id|_at|_time)$' ORDER BY 1";
    assert_eq!(
        crate::support::texts(&mut database.conn(), columns),
        [
            "api_keys.key_hash",
            "user_sessions.refresh_token",
            "users.api_key",
            "users.password_hash",
            "users.refresh_token",
            "webhooks.headers",
            "webhooks.secret",
        ]
    );
}
