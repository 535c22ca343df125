//! `settings`: a setting of the application.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::settings;

/// A row: a setting of the application.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = settings, check_for_backend(diesel::pg::Pg))]
pub struct Setting {
    pub id: String,
    pub key: String,
    pub value: String,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
#[diesel(table_name = settings)]
pub struct NewSetting<'a> {
    pub id: &'a str,
    pub key: &'a str,
    pub value: &'a str,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = settings)]
pub struct SettingChanges<'a> {
    pub key: Option<&'a str>,
    pub value: Option<&'a str>,
}

methods! {
    settings: Setting, NewSetting<'_>, SettingChanges<'_>;
    key id: &str;
    conflict key;
}
