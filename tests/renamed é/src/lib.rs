//! An application that calls diesel-strata something else, in a folder with a space and an accent.

/// Its migrations.
pub const MIGRATIONS: layers::EmbeddedMigrations =
    layers::embed_migrations!("migrations", crate = layers);

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use layers::testing::TestDatabase;

    #[layers::test(crate = layers)]
    fn both_kinds_of_migrations_ran(conn: &mut PgConnection) {
        let rows = diesel::sql_query("SELECT * FROM people").execute(conn);
        assert_eq!(rows.expect("the table is there"), 1);
    }

    #[layers::test(crate::MIGRATIONS, at = 1, crate = layers)]
    fn they_run_one_by_one(database: &TestDatabase) {
        assert_eq!(database.apply_next(), "002_Somebody");
    }
}
