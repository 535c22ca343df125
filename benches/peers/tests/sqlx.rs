//! Tests with a database each from `sqlx::test`.

#[macro_use]
mod hundred;

use sqlx::Postgres;
use sqlx::pool::PoolConnection;

hundred! {{
    #[sqlx::test(migrator = "bench_peers::embedded::of_40::SQLX")]
    async fn has_a_database(mut conn: sqlx::pool::PoolConnection<sqlx::Postgres>) {
        crate::insert(&mut conn).await;
    }
}}

async fn insert(conn: &mut PoolConnection<Postgres>) {
    sqlx::query("INSERT INTO t1 (id) VALUES (7)").execute(&mut **conn).await.unwrap();
    let count: i64 =
        sqlx::query_scalar("SELECT count(*) FROM t1").fetch_one(&mut **conn).await.unwrap();
    assert_eq!(count, 1);
}
