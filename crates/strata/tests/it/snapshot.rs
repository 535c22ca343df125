//! The whole schema as text.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel_strata::testing::{TestDatabase, assert_same_schema};
use diesel_strata::{schema_difference, schema_snapshot};

use strata_test_support::{execute, migrate};

/// Every kind of object.
const EVERYTHING: &str = "
    CREATE EXTENSION citext;
    CREATE SCHEMA app;
    COMMENT ON SCHEMA app IS 'The application''s.';
    GRANT USAGE ON SCHEMA app TO PUBLIC;
    CREATE TYPE mood AS ENUM ('sad', 'ok');
    CREATE TYPE app.pair AS (a int, \"B\" text);
    CREATE TYPE span AS RANGE (subtype = float8);
    CREATE DOMAIN email AS text DEFAULT 'a@b' CHECK (VALUE LIKE '%@%');
    COMMENT ON TYPE mood IS 'How it feels.';
    CREATE SEQUENCE counter INCREMENT 5 CYCLE;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at = NOW();
    RETURN NEW;
END $$;
    COMMENT ON FUNCTION touch() IS 'Sets at.';
    CREATE AGGREGATE total(int) (SFUNC = int4pl, STYPE = int);
    CREATE PROCEDURE nothing() LANGUAGE sql AS 'SELECT 1';
    CREATE TABLE app.people (
        id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text COLLATE \"C\" NOT NULL, feels mood DEFAULT 'ok', mail email, ci citext,
        twice int GENERATED ALWAYS AS (id * 2) STORED, \"Odd name\" int, at timestamptz,
        CONSTRAINT named CHECK (name <> ''), EXCLUDE USING gist (int4range(id, twice) WITH &&)
    ) WITH (fillfactor = 70);
    COMMENT ON TABLE app.people IS E'People.\nTwo lines.';
    COMMENT ON COLUMN app.people.name IS 'Whole.';
    CREATE INDEX by_name ON app.people (lower(name)) WHERE feels = 'ok';
    CREATE TRIGGER touched BEFORE UPDATE ON app.people FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE app.people ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON app.people FOR SELECT TO PUBLIC USING (name = current_user);
    GRANT SELECT ON app.people TO PUBLIC;
    CREATE TABLE notes (id serial PRIMARY KEY, person int REFERENCES app.people ON DELETE CASCADE);
    CREATE UNLOGGED TABLE quick (a int);
    CREATE TABLE parts (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE INDEX parts_at ON parts (at);
    CREATE TABLE base (a int);
    CREATE TABLE heir (b int) INHERITS (base);
    CREATE VIEW happy AS SELECT id, name FROM app.people WHERE feels = 'ok';
    CREATE MATERIALIZED VIEW sums AS SELECT count(*) AS n FROM notes;
    CREATE UNIQUE INDEX sums_n ON sums (n);
";

fn database() -> TestDatabase {
    let database = TestDatabase::empty();
    database.conn().batch_execute(EVERYTHING).unwrap();
    database
}

fn snapshot(conn: &mut PgConnection) -> String {
    schema_snapshot(conn).unwrap()
}

#[test]
fn every_kind_of_object_is_in_it() {
    // Before 16 the server wrote a view's columns with their table, were it the only one.
    insta::with_settings!({filters => [(r"([ (])people\.(id|name|feels)\b", "$1$2")]}, {
        insta::assert_snapshot!(snapshot(&mut database().conn()));
    });
}

#[test]
fn it_is_the_same_by_whatever_route() {
    let straight = snapshot(&mut database().conn());
    let other = TestDatabase::empty();
    let conn = &mut other.conn();
    // Other oids, a ledger, dropped columns, another search_path, another order of objects.
    let _ = migrate(
        conn,
        &[("001_A.sql", "CREATE TABLE gone (a int); CREATE TABLE base (x int, a int);")],
    )
    .unwrap();
    execute(conn, "ALTER TABLE base DROP x");
    execute(conn, "DROP TABLE gone");
    conn.batch_execute(&EVERYTHING.replace("CREATE TABLE base (a int);", "")).unwrap();
    execute(conn, "ALTER TABLE quick ADD b int");
    execute(conn, "ALTER TABLE quick DROP b");
    execute(conn, "SET search_path = app");
    assert_same_schema(&mut database().conn(), conn);
    assert_eq!(snapshot(conn), straight);
    let path: String = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>(
        "current_setting('search_path')",
    ))
    .get_result(conn)
    .unwrap();
    assert_eq!(path, "app", "the session's settings stay");
}

#[test]
fn each_change_is_one_readable_line() {
    let before = snapshot(&mut database().conn());
    for (change, lines) in [
        (
            "DROP INDEX app.by_name; CREATE INDEX by_name ON app.people (lower(name)) WHERE feels = 'sad'",
            &[
                "- table app.people / index by_name: btree (lower(name)) WHERE (feels = 'ok'::public.mood)",
                "+ table app.people / index by_name: btree (lower(name)) WHERE (feels = 'sad'::public.mood)",
            ][..],
        ),
        (
            "DROP TRIGGER touched ON app.people",
            &["- table app.people / trigger touched: BEFORE UPDATE ON app.people FOR EACH ROW \
               EXECUTE FUNCTION public.touch()"],
        ),
        (
            "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n    \
             NEW.at = clock_timestamp();\n    RETURN NEW;\nEND $$",
            &[
                "- function public.touch(): |     NEW.at = NOW();",
                "+ function public.touch(): |     NEW.at = clock_timestamp();",
            ],
        ),
        ("ALTER TYPE mood ADD VALUE 'new'", &["+ enum public.mood: | 'new'"]),
        (
            "ALTER TABLE notes ALTER person SET NOT NULL",
            &[
                "- table public.notes / column person: integer",
                "+ table public.notes / column person: integer, NOT NULL",
            ],
        ),
        ("GRANT INSERT ON notes TO PUBLIC", &["+ table public.notes / grant INSERT to PUBLIC"]),
        ("COMMENT ON TABLE notes IS 'x'", &["+ table public.notes / comment: x"]),
        (
            "ALTER TABLE app.people DISABLE TRIGGER touched",
            &[
                "- table app.people / trigger touched: BEFORE UPDATE ON app.people FOR EACH ROW \
                 EXECUTE FUNCTION public.touch()",
                "+ table app.people / trigger touched: BEFORE UPDATE ON app.people FOR EACH ROW \
                 EXECUTE FUNCTION public.touch(), enabled DISABLE",
            ],
        ),
        ("DROP VIEW happy", &["- view public.happy"]),
    ] {
        let changed = database();
        let conn = &mut changed.conn();
        conn.batch_execute(change).unwrap();
        let difference = schema_difference(&before, &snapshot(conn));
        assert!(
            difference.starts_with(&lines.iter().map(ToString::to_string).collect::<Vec<_>>()),
            "{change}: {difference:#?}"
        );
    }
}

#[test]
fn an_open_transaction_stays_usable() {
    let database = database();
    let conn = &mut database.conn();
    conn.begin_test_transaction().unwrap();
    execute(conn, "CREATE TABLE inside (a int)");
    assert!(snapshot(conn).contains("table public.inside"));
    execute(conn, "INSERT INTO inside VALUES (1)");
}
