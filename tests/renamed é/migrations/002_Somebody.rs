//! Somebody is there from the start.

use diesel::pg::PgConnection;
use diesel::prelude::*;

diesel::table! {
    people (name) {
        name -> Text,
    }
}

/// Adds a row.
pub fn up(conn: &mut PgConnection) -> QueryResult<()> {
    diesel::insert_into(people::table).values(people::name.eq("zoë")).execute(conn).map(drop)
}
