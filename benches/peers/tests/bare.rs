//! Tests that share one database, which is migrated before they start.

#[macro_use]
mod hundred;

hundred! {{
    #[test]
    fn shares_a_database() {
        use diesel::prelude::*;
        let mut conn = diesel::PgConnection::establish(&std::env::var("DATABASE_URL").unwrap()).unwrap();
        conn.begin_test_transaction().unwrap();
        bench_peers::work::insert(&mut conn);
    }
}}
