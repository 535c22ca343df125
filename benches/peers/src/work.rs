//! What each test of the measured suites does.

use diesel::prelude::*;

diesel::table! {
    t1 (id) {
        id -> Integer,
    }
}

/// Inserts a row, and sees it and no other.
pub fn insert(conn: &mut PgConnection) {
    diesel::insert_into(t1::table).values(t1::id.eq(7)).execute(conn).unwrap();
    let count: i64 = t1::table.count().get_result(conn).unwrap();
    assert_eq!(count, 1);
}
