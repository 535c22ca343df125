//! Sequences of the sizes that projects grow to.

use std::fmt::Write as _;
use std::fs;

use diesel_strata::testing::TestDatabase;

use strata_test_support::{folder, migrator, number};

use crate::support::strata;

/// Migrations of the kinds that large applications have: `n` of them, with the kinds in turn.
pub(crate) fn of_every_kind(n: usize) -> String {
    let earlier = n.saturating_sub(1).max(1);
    match n % 19 {
        0 => format!(
            "CREATE EXTENSION IF NOT EXISTS pgcrypto;\nCREATE TABLE e{n} (id uuid PRIMARY KEY DEFAULT gen_random_uuid());"
        ),
        1 => format!(
            "CREATE TYPE mood{n} AS ENUM ('sad', 'ok');\nALTER TYPE mood{n} ADD VALUE 'happy';\nCREATE TABLE m{n} (mood mood{n});"
        ),
        2 => format!(
            "CREATE FUNCTION f{n}(a int) RETURNS int LANGUAGE plpgsql AS $body$\nBEGIN\n  -- ; not the end\n  IF a > 1 THEN RETURN a; END IF;\n  RETURN $1 + 1;\nEND;\n$body$;"
        ),
        3 => format!(
            "CREATE FUNCTION g{n}() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END;"
        ),
        4 => format!(
            "CREATE VIEW v{n} AS SELECT relname, CASE WHEN relkind = 'r' THEN 'é;' END AS k FROM pg_class;"
        ),
        5 => format!(
            "CREATE MATERIALIZED VIEW mv{n} AS SELECT 1 AS a; CREATE UNIQUE INDEX ON mv{n} (a); REFRESH MATERIALIZED VIEW mv{n};"
        ),
        6 => format!(
            "CREATE TABLE t{n} (id serial PRIMARY KEY, doc jsonb NOT NULL DEFAULT '{{\"a;\": 1}}');\nINSERT INTO t{n} (doc) SELECT jsonb_build_object('n', i) FROM generate_series(1, 100) i;\nUPDATE t{n} SET doc = doc || '{{}}';"
        ),
        7 => format!(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'd{n}') THEN CREATE TABLE d{n} (); END IF; END $$;"
        ),
        8 => format!(
            "CREATE TABLE p{n} (at date NOT NULL) PARTITION BY RANGE (at);\nCREATE TABLE p{n}_1 PARTITION OF p{n} FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
        ),
        9 => format!(
            "CREATE DOMAIN dom{n} AS text CHECK (VALUE ~ '^[a-z'';]+$'); CREATE TABLE dt{n} (d dom{n});"
        ),
        10 => format!(
            "CREATE TABLE r{n} (a int); CREATE RULE rule{n} AS ON DELETE TO r{n} DO ALSO (DELETE FROM r{n} WHERE a = 1; NOTIFY x);"
        ),
        11 => format!(
            "SET LOCAL work_mem = '8MB';\nCREATE TABLE s{n} (a text COLLATE \"C\");\nCOMMENT ON TABLE s{n} IS E'it\\'s; 中';"
        ),
        12 => {
            format!("CREATE SCHEMA sch{n}; SET search_path = sch{n}; CREATE TABLE inside (a int);")
        }
        13 => format!(
            "CREATE TABLE c{n} (a int, b int GENERATED ALWAYS AS (a * 2) STORED, EXCLUDE USING btree (a WITH =));"
        ),
        14 => format!(
            "SAVEPOINT s; CREATE TABLE gone{n} (); ROLLBACK TO s; RELEASE s; CREATE TABLE stays{n} ();"
        ),
        15 => format!(
            "CREATE TABLE tr{n} (a int);\nCREATE FUNCTION trf{n}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';\nCREATE TRIGGER trg BEFORE INSERT ON tr{n} FOR EACH ROW EXECUTE FUNCTION trf{n}();"
        ),
        16 => format!("CREATE PROCEDURE pr{n}() LANGUAGE sql AS $$ SELECT 1; $$; CALL pr{n}();"),
        17 if n < 132 => format!(
            "-- strata: no-transaction\nCREATE TABLE IF NOT EXISTS nt{n} (a int);\nCREATE INDEX CONCURRENTLY IF NOT EXISTS nti{n} ON nt{n} (a);\nVACUUM nt{n};"
        ),
        _ => format!(
            "ALTER TABLE IF EXISTS t{earlier} ADD COLUMN IF NOT EXISTS x{n} int; GRANT SELECT ON ALL TABLES IN SCHEMA public TO public;"
        ),
    }
}

#[test]
fn what_large_applications_do_in_their_migrations_runs() {
    let database = TestDatabase::empty();
    let texts: Vec<_> = (1..=285).map(|n| (format!("{n:03}_Kind.sql"), of_every_kind(n))).collect();
    let files: Vec<_> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let outside = texts.iter().filter(|(_, text)| text.starts_with("-- strata: no-transaction"));
    assert_eq!(outside.count(), 7);
    let run = || {
        let mut command = strata();
        command.args(["migrate", "--database-url", &database.url(), "--migrations-dir"]);
        command.arg(folder.path()).assert().success()
    };
    let output = run().get_output().stdout.clone();
    let output = String::from_utf8(output).unwrap();
    assert!(output.contains("285 migrations applied"), "{output}");
    assert_eq!(number(&mut database.conn(), "SELECT count(*) FROM __migrations"), 285);
    let again = String::from_utf8(run().get_output().stdout.clone()).unwrap();
    assert!(again.starts_with("nothing is pending"), "{again}");
}

#[test]
fn ten_thousand_files_are_listed() {
    let database = TestDatabase::empty();
    let folder = tempfile::tempdir().unwrap();
    for n in 1..=10_000 {
        let path = folder.path().join(format!("{n:05}_M.sql"));
        fs::write(path, format!("-- The description of number {n}.\nSELECT {n};\n")).unwrap();
    }
    let mut command = strata();
    command.args(["status", "--format", "json", "--database-url", &database.url()]);
    let output = command.arg("--migrations-dir").arg(folder.path()).assert().success();
    let output = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    assert_eq!(output.matches(r#""state":"pending""#).count(), 10_000);
    assert!(output.contains(r#""description":"The description of number 9999.""#));
}

#[test]
fn a_large_file_is_one_migration() {
    let mut text = "CREATE TABLE big (id int, words text);\n".to_owned();
    for n in 0..20_000 {
        writeln!(text, "INSERT INTO big VALUES ({n}, 'it''s; é {n}');").unwrap();
    }
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let _ = migrator(folder(&[("001_Big.sql", &text)]).path()).migrate(conn).unwrap();
    assert_eq!(number(conn, "SELECT count(*) FROM big"), 20_000);
}
