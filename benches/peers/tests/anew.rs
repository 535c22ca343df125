//! Tests that migrate a new database each.

#[macro_use]
mod hundred;

hundred! {{
    #[test]
    fn migrates_a_database() {
        let database = diesel_strata::testing::TestDatabase::empty();
        bench_peers::start::strata(bench_peers::embedded::embedded(40), &database.url()).unwrap();
        bench_peers::work::insert(&mut database.conn());
    }
}}
