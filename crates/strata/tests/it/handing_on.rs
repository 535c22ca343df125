//! A test's database goes on to the next test only if nothing in it has changed.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::testing::TestDatabase;
use diesel_strata::{EmbeddedMigrations, embed_migrations};
use strata_test_support::{number, recorded, texts};

const CHANGED: EmbeddedMigrations = embed_migrations!("tests/fixtures/changed");

fn name(database: &TestDatabase) -> String {
    texts(&mut database.conn(), "SELECT current_database()").remove(0)
}

fn has_contributed_modules(conn: &mut PgConnection) -> bool {
    number(conn, "SELECT count(*) FROM pg_available_extensions WHERE name = 'citext'") == 1
}

/// The name of a migrated database after `change`, and of the one that the next test gets.
fn after(change: &str) -> (String, String) {
    let database = TestDatabase::new(&CHANGED);
    let first = name(&database);
    database.conn().batch_execute(change).unwrap_or_else(|error| panic!("{change}: {error}"));
    drop(database);
    let next = TestDatabase::new(&CHANGED);
    let conn = &mut next.conn();
    assert_eq!(texts(conn, "SELECT name FROM people ORDER BY id"), ["Zoë", "中"], "{change}");
    assert_eq!(
        number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'extra'"),
        0,
        "{change}"
    );
    assert_eq!(number(conn, "SELECT nextval('counter')"), 1, "{change}");
    assert_eq!(number(conn, "SELECT count(*) FROM notes"), 0, "{change}");
    assert_eq!(recorded(conn).len(), 4, "{change}");
    (first, name(&next))
}

/// What leaves nothing behind once its rows are deleted.
const HARMLESS: [&str; 5] = [
    "SELECT 1",
    "INSERT INTO notes (body) VALUES ('x'); SELECT nextval('counter')",
    "INSERT INTO people VALUES (9, 'x'); DELETE FROM people WHERE id = 9",
    "CREATE TEMPORARY TABLE extra (a int); INSERT INTO extra VALUES (1)",
    "ANALYZE; SET search_path = pg_catalog; SELECT pg_advisory_lock(1)",
];

/// One of every kind of thing that a database holds.
const CHANGES: [&str; 64] = [
    "CREATE TABLE extra ()",
    "CREATE TABLE extra (a int) PARTITION BY LIST (a)",
    "CREATE VIEW extra AS SELECT 1",
    "CREATE MATERIALIZED VIEW extra AS SELECT 1",
    "CREATE SEQUENCE extra",
    "CREATE INDEX extra ON notes (body)",
    "ALTER TABLE notes ADD extra int",
    "ALTER TABLE notes ADD CHECK (body <> '')",
    "ALTER TABLE notes ALTER body SET DEFAULT 'x'",
    "ALTER TABLE notes ALTER body SET STATISTICS 10",
    "ALTER TABLE notes SET (fillfactor = 50)",
    "ALTER TABLE notes ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE notes REPLICA IDENTITY FULL",
    "ALTER SEQUENCE counter INCREMENT 2",
    "DROP INDEX notes_body",
    "CREATE POLICY extra ON notes USING (true)",
    "CREATE RULE extra AS ON DELETE TO notes DO NOTHING",
    "CREATE STATISTICS extra ON id, body FROM notes",
    "CREATE FUNCTION extra() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
     CREATE TRIGGER extra BEFORE INSERT ON notes FOR EACH ROW EXECUTE FUNCTION extra()",
    "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'",
    "CREATE PROCEDURE extra() LANGUAGE sql AS ''",
    "CREATE AGGREGATE extra (int) (SFUNC = int4pl, STYPE = int)",
    "CREATE TYPE extra",
    "CREATE TYPE extra AS (a int)",
    "CREATE TYPE extra AS ENUM ('a')",
    "CREATE TYPE extra AS RANGE (SUBTYPE = int)",
    "CREATE DOMAIN extra AS int",
    "CREATE COLLATION extra (LOCALE = 'C')",
    "CREATE CONVERSION extra FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
    "CREATE CAST (point AS text) WITH INOUT AS ASSIGNMENT",
    "CREATE OPERATOR <<<>>> (LEFTARG = int, RIGHTARG = int, FUNCTION = int4pl)",
    "CREATE OPERATOR FAMILY extra USING btree",
    "CREATE OPERATOR CLASS extra FOR TYPE int USING btree AS OPERATOR 1 <",
    "CREATE ACCESS METHOD extra TYPE INDEX HANDLER bthandler",
    "CREATE LANGUAGE extra HANDLER plpgsql_call_handler",
    "CREATE TEXT SEARCH CONFIGURATION extra (COPY = simple)",
    "CREATE TEXT SEARCH DICTIONARY extra (TEMPLATE = simple)",
    "CREATE TEXT SEARCH PARSER extra (START = prsd_start, GETTOKEN = prsd_nexttoken, \
     END = prsd_end, LEXTYPES = prsd_lextype)",
    "CREATE TEXT SEARCH TEMPLATE extra (LEXIZE = dsimple_lexize)",
    "CREATE FOREIGN DATA WRAPPER extra",
    "CREATE FOREIGN DATA WRAPPER extra; CREATE SERVER extra FOREIGN DATA WRAPPER extra",
    "CREATE FOREIGN DATA WRAPPER extra; CREATE SERVER extra FOREIGN DATA WRAPPER extra; \
     CREATE USER MAPPING FOR PUBLIC SERVER extra",
    "CREATE PUBLICATION extra FOR TABLE notes",
    "CREATE FUNCTION logged() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; \
     CREATE EVENT TRIGGER extra ON ddl_command_end EXECUTE FUNCTION logged()",
    "CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal))",
    "CREATE SCHEMA extra",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
    "GRANT SELECT ON notes TO PUBLIC",
    "GRANT SELECT (body) ON notes TO PUBLIC",
    "GRANT CREATE ON SCHEMA public TO pg_monitor",
    "REVOKE EXECUTE ON FUNCTION f() FROM PUBLIC",
    "COMMENT ON TABLE notes IS 'changed'",
    "COMMENT ON CONSTRAINT people_pkey ON people IS 'changed'",
    "SELECT lo_create(0)",
    "SELECT lo_from_bytea(0, 'x')",
    "DELETE FROM people WHERE id = 1",
    "UPDATE people SET name = 'other' WHERE id = 1",
    "INSERT INTO people VALUES (9, 'x')",
    "DELETE FROM __migrations",
    "TRUNCATE notes",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 128', current_database()); \
     END $$",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 90', current_database()); \
     END $$",
    "DO $$ BEGIN EXECUTE format('REVOKE TEMP ON DATABASE %I FROM PUBLIC', current_database()); \
     END $$",
    "CREATE SUBSCRIPTION extra CONNECTION 'host=/none dbname=d' PUBLICATION p \
     WITH (connect = false, slot_name = NONE, enabled = false)",
];

/// One test, since others would take its databases.
#[test]
fn only_a_database_that_is_as_it_was_goes_on() {
    for change in HARMLESS {
        // The session that made it may still be ending when its database is looked at.
        let mut tries = (0..5).map(|_| after(change));
        assert!(tries.any(|(first, next)| first == next), "{change}: nothing is left of it");
    }
    for change in CHANGES {
        let (first, next) = after(change);
        assert_ne!(first, next, "{change}: it is not as it was");
    }
    let extensions = has_contributed_modules(&mut TestDatabase::empty().conn());
    for change in ["CREATE EXTENSION citext", "CREATE EXTENSION hstore"] {
        if extensions {
            let (first, next) = after(change);
            assert_ne!(first, next, "{change}: it is not as it was");
        }
    }
}
