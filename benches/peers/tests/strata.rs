//! Tests with a copy of a template each.

#[macro_use]
mod hundred;

hundred! {{
    #[diesel_strata::test(bench_peers::embedded::of_40::STRATA)]
    fn has_a_database(conn: &mut diesel::PgConnection) {
        bench_peers::work::insert(conn);
    }
}}
