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
#[derive(Debug, Clone, Insertable, AsChangeset)]
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

impl Setting {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        settings::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewSetting<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<Setting> {
        diesel::insert_into(settings::table)
            .values(self)
            .returning(Setting::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `key` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<Setting> {
        diesel::insert_into(settings::table)
            .values(self)
            .on_conflict(settings::key)
            .do_update()
            .set(self)
            .returning(Setting::as_returning())
            .get_result(conn)
    }
}

impl SettingChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(&self, conn: &mut PgConnection, id: &str) -> QueryResult<Option<Setting>> {
        diesel::update(settings::table.find(id))
            .set(self)
            .returning(Setting::as_returning())
            .get_result(conn)
            .optional()
    }
}
