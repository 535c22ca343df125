//! `email_template_variants`: one wording of a template, in an A/B test.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::schema::email_template_variants;

/// A row: one wording of a template, in an A/B test.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Identifiable)]
#[diesel(table_name = email_template_variants, check_for_backend(diesel::pg::Pg))]
pub struct EmailTemplateVariant {
    pub id: String,
    pub template_id: String,
    pub smartlead_variant_id: i64,
    pub variant_label: String,
    pub subject: String,
    pub body: String,
    pub created_at: Option<DateTime<Utc>>,
    pub updated_at: Option<DateTime<Utc>>,
}

/// A new row; what is `None` gets the table's default.
#[derive(Debug, Clone, Insertable, AsChangeset)]
#[diesel(table_name = email_template_variants)]
pub struct NewEmailTemplateVariant<'a> {
    pub id: &'a str,
    pub template_id: &'a str,
    pub smartlead_variant_id: i64,
    pub variant_label: &'a str,
    pub subject: Option<&'a str>,
    pub body: Option<&'a str>,
}

/// Changes to a row; what is `None` stays, and what is `Some(None)` becomes NULL.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = email_template_variants)]
pub struct EmailTemplateVariantChanges<'a> {
    pub template_id: Option<&'a str>,
    pub smartlead_variant_id: Option<i64>,
    pub variant_label: Option<&'a str>,
    pub subject: Option<&'a str>,
    pub body: Option<&'a str>,
}

impl EmailTemplateVariant {
    /// The row with this key, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn find(conn: &mut PgConnection, id: &str) -> QueryResult<Option<Self>> {
        email_template_variants::table.find(id).select(Self::as_select()).first(conn).optional()
    }
}

impl NewEmailTemplateVariant<'_> {
    /// Inserts it, and returns the row.
    ///
    /// # Errors
    ///
    /// A row of the same key exists, or another constraint is violated.
    pub fn insert(&self, conn: &mut PgConnection) -> QueryResult<EmailTemplateVariant> {
        diesel::insert_into(email_template_variants::table)
            .values(self)
            .returning(EmailTemplateVariant::as_returning())
            .get_result(conn)
    }

    /// Inserts it, or gives the row of the same `template_id` and `variant_label` what is not `None` here; returns the
    /// row.
    ///
    /// # Errors
    ///
    /// Another constraint is violated.
    pub fn insert_or_update(&self, conn: &mut PgConnection) -> QueryResult<EmailTemplateVariant> {
        diesel::insert_into(email_template_variants::table)
            .values(self)
            .on_conflict((
                email_template_variants::template_id,
                email_template_variants::variant_label,
            ))
            .do_update()
            .set(self)
            .returning(EmailTemplateVariant::as_returning())
            .get_result(conn)
    }
}

impl EmailTemplateVariantChanges<'_> {
    /// Changes the row with this key, and returns it as it is then; `None` where there is none.
    ///
    /// # Errors
    ///
    /// Nothing is to be changed, or a constraint is violated.
    pub fn apply(
        &self,
        conn: &mut PgConnection,
        id: &str,
    ) -> QueryResult<Option<EmailTemplateVariant>> {
        diesel::update(email_template_variants::table.find(id))
            .set(self)
            .returning(EmailTemplateVariant::as_returning())
            .get_result(conn)
            .optional()
    }
}

impl EmailTemplateVariant {
    /// The variants of a template, in the order of their labels.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn of_template(conn: &mut PgConnection, template_id: &str) -> QueryResult<Vec<Self>> {
        email_template_variants::table
            .filter(email_template_variants::template_id.eq(template_id))
            .order(email_template_variants::variant_label)
            .select(Self::as_select())
            .load(conn)
    }

    /// The variant of a template that has this label, if there is one.
    ///
    /// # Errors
    ///
    /// The database cannot be asked.
    pub fn by_label(
        conn: &mut PgConnection,
        template_id: &str,
        label: &str,
    ) -> QueryResult<Option<Self>> {
        email_template_variants::table
            .filter(email_template_variants::template_id.eq(template_id))
            .filter(email_template_variants::variant_label.eq(label))
            .select(Self::as_select())
            .first(conn)
            .optional()
    }
}
