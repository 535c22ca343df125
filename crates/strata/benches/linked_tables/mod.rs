//! Databases of many tables, each of which refers to the one before it.

use diesel::connection::SimpleConnection;
use diesel_strata::testing::TestDatabase;

pub(crate) fn database(tables: usize) -> TestDatabase {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    for n in 0..tables {
        let key = match n {
            0 => String::new(),
            _ => format!(", FOREIGN KEY (b) REFERENCES table_{}", n - 1),
        };
        let create = format!(
            "CREATE TABLE table_{n} (id serial PRIMARY KEY, a text NOT NULL, b int, \
             c timestamptz NOT NULL, d jsonb, e varchar(20), f bool, g bigint{key})"
        );
        conn.batch_execute(&create).unwrap();
    }
    database
}
