// @generated automatically by Diesel CLI.

diesel::table! {
    api_key_usage (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        api_key_id -> Varchar,
        #[max_length = 500]
        endpoint -> Nullable<Varchar>,
        #[max_length = 10]
        method -> Nullable<Varchar>,
        status_code -> Nullable<Int4>,
        response_time_ms -> Nullable<Int4>,
        #[max_length = 45]
        ip_address -> Nullable<Varchar>,
        user_agent -> Nullable<Text>,
        request_body_size -> Nullable<Int4>,
        response_body_size -> Nullable<Int4>,
        error_message -> Nullable<Text>,
        created_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    api_keys (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        key_hash -> Varchar,
        #[max_length = 20]
        key_prefix -> Varchar,
        #[max_length = 255]
        user_id -> Varchar,
        #[max_length = 255]
        name -> Varchar,
        description -> Nullable<Text>,
        permissions -> Nullable<Jsonb>,
        rate_limit -> Nullable<Int4>,
        is_active -> Nullable<Bool>,
        last_used_at -> Nullable<Timestamp>,
        expires_at -> Nullable<Timestamp>,
        ip_whitelist -> Nullable<Jsonb>,
        created_at -> Nullable<Timestamp>,
        updated_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    campaign_analytics (id) {
        #[max_length = 255]
        id -> Varchar,
        campaign_id -> Int4,
        #[max_length = 255]
        campaign_name -> Nullable<Varchar>,
        analytics_data -> Nullable<Jsonb>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    campaign_daily_stat_entries (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        admin_uuid -> Varchar,
        #[max_length = 255]
        campaign_id -> Varchar,
        campaign_id_int -> Int4,
        stat_date -> Date,
        sent -> Int4,
        opened -> Int4,
        clicked -> Int4,
        replied -> Int4,
        positive_replies -> Int4,
        bounced -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    campaign_events (id) {
        id -> Int4,
        #[max_length = 255]
        campaign_id -> Varchar,
        #[max_length = 50]
        event_type -> Varchar,
        event_date -> Date,
        event_count -> Int4,
        #[max_length = 255]
        email_account_id -> Nullable<Varchar>,
        metadata -> Nullable<Jsonb>,
        created_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    campaign_sync_progress (campaign_id) {
        campaign_id -> Int4,
        #[max_length = 50]
        last_processed_lead_id -> Nullable<Varchar>,
        #[max_length = 500]
        last_processed_lead_email -> Nullable<Varchar>,
        total_leads_in_campaign -> Nullable<Int4>,
        leads_processed -> Nullable<Int4>,
        sync_started_at -> Nullable<Timestamptz>,
        sync_completed_at -> Nullable<Timestamptz>,
        #[max_length = 20]
        sync_status -> Nullable<Varchar>,
        error_message -> Nullable<Text>,
        created_at -> Nullable<Timestamptz>,
        updated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    campaigns (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        admin_uuid -> Varchar,
        campaign_id -> Int4,
        #[max_length = 255]
        name -> Nullable<Varchar>,
        #[max_length = 255]
        client_id -> Nullable<Varchar>,
        #[max_length = 50]
        status -> Nullable<Varchar>,
        total_positive_replies -> Nullable<Int4>,
        total_leads -> Nullable<Int4>,
        total_sent -> Nullable<Int4>,
        total_opened -> Nullable<Int4>,
        total_replied -> Nullable<Int4>,
        total_bounced -> Nullable<Int4>,
        total_clicked -> Nullable<Int4>,
        email_ids -> Nullable<Jsonb>,
        tags -> Nullable<Jsonb>,
        notes -> Nullable<Text>,
        created_at -> Nullable<Timestamptz>,
        updated_at -> Nullable<Timestamptz>,
        last_updated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    classified_emails (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        admin_uuid -> Varchar,
        campaign_id -> Int4,
        #[max_length = 255]
        message_id -> Varchar,
        #[max_length = 500]
        lead_email -> Varchar,
        #[max_length = 50]
        email_type -> Varchar,
        email_time -> Timestamptz,
        #[max_length = 64]
        email_body_hash -> Varchar,
        #[max_length = 255]
        classification_result -> Varchar,
        classified_at -> Timestamptz,
        email_account_id -> Nullable<Int4>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    clients (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        name -> Varchar,
        #[max_length = 255]
        email -> Nullable<Varchar>,
        #[max_length = 255]
        company -> Nullable<Varchar>,
        #[max_length = 50]
        status -> Varchar,
        #[max_length = 10]
        color -> Varchar,
        notes -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    email_account_daily_stat_entries (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        admin_uuid -> Varchar,
        email_account_id -> Int8,
        stat_date -> Date,
        sent -> Int4,
        opened -> Int4,
        replied -> Int4,
        bounced -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    email_accounts (id) {
        id -> Int8,
        #[max_length = 255]
        admin_uuid -> Varchar,
        #[max_length = 255]
        email -> Varchar,
        #[max_length = 255]
        name -> Varchar,
        #[max_length = 50]
        status -> Varchar,
        #[max_length = 255]
        client_id -> Nullable<Varchar>,
        #[max_length = 255]
        client_name -> Nullable<Varchar>,
        #[max_length = 10]
        client_color -> Nullable<Varchar>,
        warmup_sent -> Int4,
        warmup_replied -> Int4,
        warmup_saved_from_spam -> Int4,
        sent -> Int4,
        opened -> Int4,
        replied -> Int4,
        bounced -> Int4,
        tags -> Nullable<Jsonb>,
        campaign_count -> Int4,
        active_campaign_count -> Nullable<Int4>,
        is_sending_actual_emails -> Nullable<Bool>,
        notes -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        last_updated_at -> Nullable<Timestamptz>,
        warmup_update_datetime -> Nullable<Timestamp>,
        email_stats_update_datetime -> Nullable<Timestamp>,
    }
}

diesel::table! {
    email_template_variants (id) {
        #[max_length = 50]
        id -> Varchar,
        #[max_length = 50]
        template_id -> Varchar,
        smartlead_variant_id -> Int8,
        #[max_length = 10]
        variant_label -> Varchar,
        subject -> Text,
        body -> Text,
        created_at -> Nullable<Timestamptz>,
        updated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    email_templates (id) {
        #[max_length = 36]
        id -> Varchar,
        #[max_length = 255]
        admin_uuid -> Varchar,
        campaign_id -> Int4,
        subject -> Text,
        body -> Text,
        sequence_number -> Int4,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    lead_conversations (id) {
        #[max_length = 36]
        id -> Varchar,
        #[max_length = 255]
        admin_uuid -> Varchar,
        campaign_id -> Int4,
        #[max_length = 500]
        lead_email -> Varchar,
        #[max_length = 500]
        lead_first_name -> Varchar,
        #[max_length = 500]
        lead_last_name -> Varchar,
        #[max_length = 50]
        status -> Varchar,
        conversation_data -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        last_synced_at -> Nullable<Timestamptz>,
        #[max_length = 20]
        sync_status -> Nullable<Varchar>,
    }
}

diesel::table! {
    lead_email_history (id) {
        #[max_length = 36]
        id -> Varchar,
        #[max_length = 36]
        admin_uuid -> Varchar,
        campaign_id -> Int4,
        #[max_length = 50]
        lead_id -> Varchar,
        #[max_length = 500]
        lead_email -> Varchar,
        subject -> Text,
        body -> Text,
        sequence_number -> Int4,
        time -> Nullable<Timestamptz>,
        #[sql_name = "type"]
        #[max_length = 10]
        type_ -> Nullable<Varchar>,
        #[max_length = 255]
        classification_result -> Nullable<Varchar>,
        classified_at -> Nullable<Timestamptz>,
        is_classified -> Nullable<Bool>,
        created_at -> Nullable<Timestamptz>,
        updated_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    rate_limits (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        api_key_id -> Nullable<Varchar>,
        #[max_length = 45]
        ip_address -> Nullable<Varchar>,
        #[max_length = 500]
        endpoint -> Nullable<Varchar>,
        window_start -> Timestamp,
        request_count -> Nullable<Int4>,
        created_at -> Nullable<Timestamp>,
        updated_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    settings (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        key -> Varchar,
        value -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    user_sessions (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        user_id -> Varchar,
        refresh_token -> Text,
        refresh_token_expiry_time -> Timestamptz,
        created_at -> Timestamptz,
        last_accessed_at -> Timestamptz,
        #[max_length = 255]
        device_name -> Nullable<Varchar>,
        #[max_length = 100]
        ip_address -> Nullable<Varchar>,
        user_agent -> Nullable<Text>,
        is_active -> Bool,
    }
}

diesel::table! {
    users (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        username -> Varchar,
        #[max_length = 255]
        email -> Varchar,
        #[max_length = 255]
        password_hash -> Varchar,
        #[max_length = 50]
        role -> Varchar,
        #[max_length = 255]
        first_name -> Nullable<Varchar>,
        #[max_length = 255]
        last_name -> Nullable<Varchar>,
        is_active -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        last_login_at -> Nullable<Timestamptz>,
        refresh_token -> Nullable<Text>,
        refresh_token_expiry_time -> Nullable<Timestamptz>,
        assigned_client_ids -> Nullable<Jsonb>,
        #[max_length = 255]
        api_key -> Nullable<Varchar>,
        api_key_created_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    warmup_metrics (id) {
        id -> Int8,
        #[max_length = 255]
        email -> Varchar,
        total_sent -> Int4,
        total_replied -> Int4,
        total_saved_from_spam -> Int4,
        warmup_sent_dictionary -> Nullable<Jsonb>,
        warmup_replied_dictionary -> Nullable<Jsonb>,
        saved_from_spam_dictionary -> Nullable<Jsonb>,
        last_updated_at -> Timestamptz,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    webhook_deliveries (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        webhook_id -> Varchar,
        #[max_length = 100]
        event_type -> Varchar,
        payload -> Jsonb,
        status_code -> Nullable<Int4>,
        response_body -> Nullable<Text>,
        error_message -> Nullable<Text>,
        attempt_count -> Nullable<Int4>,
        delivered_at -> Nullable<Timestamp>,
        created_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    webhook_event_configs (id) {
        #[max_length = 36]
        id -> Varchar,
        #[max_length = 36]
        admin_uuid -> Varchar,
        #[max_length = 36]
        webhook_id -> Varchar,
        #[max_length = 50]
        event_type -> Varchar,
        #[max_length = 255]
        name -> Varchar,
        description -> Nullable<Text>,
        config_parameters -> Jsonb,
        target_scope -> Jsonb,
        is_active -> Bool,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        last_checked_at -> Nullable<Timestamptz>,
        last_triggered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhook_event_triggers (id) {
        #[max_length = 36]
        id -> Varchar,
        #[max_length = 36]
        event_config_id -> Varchar,
        #[max_length = 36]
        webhook_id -> Varchar,
        #[max_length = 36]
        campaign_id -> Varchar,
        #[max_length = 255]
        campaign_name -> Varchar,
        trigger_data -> Jsonb,
        status_code -> Nullable<Int4>,
        response_body -> Nullable<Text>,
        error_message -> Nullable<Text>,
        is_success -> Bool,
        attempt_count -> Int4,
        created_at -> Timestamptz,
        delivered_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    webhooks (id) {
        #[max_length = 255]
        id -> Varchar,
        #[max_length = 255]
        user_id -> Varchar,
        #[max_length = 255]
        name -> Varchar,
        url -> Text,
        events -> Jsonb,
        headers -> Nullable<Jsonb>,
        #[max_length = 255]
        secret -> Nullable<Varchar>,
        is_active -> Nullable<Bool>,
        retry_count -> Nullable<Int4>,
        timeout_seconds -> Nullable<Int4>,
        last_triggered_at -> Nullable<Timestamp>,
        failure_count -> Nullable<Int4>,
        created_at -> Nullable<Timestamp>,
        updated_at -> Nullable<Timestamp>,
    }
}

diesel::joinable!(api_key_usage -> api_keys (api_key_id));
diesel::joinable!(api_keys -> users (user_id));
diesel::joinable!(campaigns -> clients (client_id));
diesel::joinable!(email_account_daily_stat_entries -> email_accounts (email_account_id));
diesel::joinable!(email_accounts -> clients (client_id));
diesel::joinable!(email_template_variants -> email_templates (template_id));
diesel::joinable!(user_sessions -> users (user_id));
diesel::joinable!(warmup_metrics -> email_accounts (id));
diesel::joinable!(webhook_deliveries -> webhooks (webhook_id));
diesel::joinable!(webhook_event_configs -> webhooks (webhook_id));
diesel::joinable!(webhook_event_triggers -> webhook_event_configs (event_config_id));
diesel::joinable!(webhook_event_triggers -> webhooks (webhook_id));
diesel::joinable!(webhooks -> users (user_id));

diesel::allow_tables_to_appear_in_same_query!(
    api_key_usage,
    api_keys,
    campaign_analytics,
    campaign_daily_stat_entries,
    campaign_events,
    campaign_sync_progress,
    campaigns,
    classified_emails,
    clients,
    email_account_daily_stat_entries,
    email_accounts,
    email_template_variants,
    email_templates,
    lead_conversations,
    lead_email_history,
    rate_limits,
    settings,
    user_sessions,
    users,
    warmup_metrics,
    webhook_deliveries,
    webhook_event_configs,
    webhook_event_triggers,
    webhooks,
);
