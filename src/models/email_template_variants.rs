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
#[derive(Debug, Clone, Insertable, AsChangeset, bon::Builder)]
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

methods! {
    email_template_variants: EmailTemplateVariant, NewEmailTemplateVariant<'_>, EmailTemplateVariantChanges<'_>;
    key id: &str;
    conflict template_id, variant_label;
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
