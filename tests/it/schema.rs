//! What holds of the schema as a whole.

use diesel_strata::schema_rs::{PrintSchemaConfig, planned};

use crate::support::{database, texts};

#[test]
fn schema_rs_is_that_of_the_migrated_database() {
    let database = database();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/diesel.toml");
    let config = PrintSchemaConfig::read(path.as_ref()).unwrap();
    let files = planned(&mut database.conn(), &config).unwrap();
    assert_eq!(files.len(), 1);
    assert!(files[0].is_current(), "run `cargo run -- migrate` and commit src/schema.rs");
}

/// The existing service has a trigger that sets a column that its table does not have.
#[test]
fn every_trigger_finds_the_column_that_it_sets() {
    let database = database();
    let conn = &mut database.conn();
    let triggers = "SELECT t.tgrelid::regclass FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid \
                    WHERE p.prosrc LIKE '%NEW.updated_at%'";
    assert_eq!(texts(conn, triggers).len(), 12, "the rule must have something to look at");
    let without = format!(
        "{triggers} AND NOT EXISTS (SELECT FROM pg_attribute a \
         WHERE a.attrelid = t.tgrelid AND a.attname = 'updated_at')"
    );
    assert_eq!(texts(conn, &without), [""; 0]);
}
