//! What a person reads when something fails.

use std::error::Error as _;

use diesel::prelude::*;
use diesel_strata::testing::TestDatabase;
use diesel_strata::{EmbeddedMigrations, Error, Ledger, Migrator, embed_migrations};

use strata_test_support::{failure, migrate, number, recorded};

const FAILING: EmbeddedMigrations = embed_migrations!("tests/fixtures/failing");

#[test]
fn a_syntax_error_in_the_middle_of_400_lines() {
    let mut lines: Vec<String> = (1..=400).map(|n| format!("SELECT {n};")).collect();
    lines[199] = "CREATE TABEL t (id int);".to_owned();
    let message = failure(&[("004_Long.sql", &lines.join("\n"))]);
    insta::with_settings!({filters => [(r"/\S*/004_Long", "[folder]/004_Long")]}, {
        insta::assert_snapshot!(message, @r#"
        migration 004_Long failed: syntax error at or near "TABEL"
           --> [folder]/004_Long.sql:200:8
            |
        200 | CREATE TABEL t (id int);
            |        ^
          nothing of it was applied: correct the file and migrate again
        "#);
    });
}

#[test]
fn a_constraint_violation_in_the_seventh_statement() {
    let text = "CREATE TABLE p (id int PRIMARY KEY);\nINSERT INTO p VALUES (1);\n\
                INSERT INTO p VALUES (2);\nSELECT 4;\nSELECT 5;\nSELECT 6;\n\
                INSERT INTO p VALUES (3),\n  (1);\nSELECT 8;";
    let message = failure(&[("004_Seven.sql", text)]);
    insta::with_settings!({filters => [(r"/\S*/004_", "[folder]/004_")]}, {
        insta::assert_snapshot!(message, @r#"
        migration 004_Seven failed: duplicate key value violates unique constraint "p_pkey"
         --> [folder]/004_Seven.sql:7:1
          |
        7 | INSERT INTO p VALUES (3),
          | ^ in statement 7, which begins here
          detail: Key (id)=(1) already exists.
          nothing of it was applied: correct the file and migrate again
        "#);
    });
}

#[test]
fn an_error_inside_a_function() {
    let text = "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN nothing;\n\
                END $$;\n\n  SELECT f();";
    let message = failure(&[("004_F.sql", text)]);
    assert!(message.contains("column \"nothing\" does not exist"), "{message}");
    assert!(message.contains("004_F.sql:6:3\n"), "{message}");
    assert!(message.contains("in statement 2, which begins here"), "{message}");
}

#[test]
fn positions_count_characters_in_every_kind_of_text() {
    for (text, position, line) in [
        ("SELECT 'é中', wrong;", "1:14", "SELECT 'é中', wrong;"),
        ("-- é\r\nSELECT 1;\r\nSELECT 'é',\r\n  wrong\r\n;", "4:3", "  wrong"),
        ("SELECT 1;\nSELECT wrong", "2:8", "SELECT wrong"),
        ("\u{feff}SELECT wrong", "1:8", "SELECT wrong"),
        ("SELECT 1;\n\tSELECT '中' || wrong -- end", "2:16", " SELECT '中' || wrong -- end"),
        (
            "-- strata: no-transaction\nSELECT 'é'; SELECT '中', wrong",
            "2:25",
            "SELECT 'é'; SELECT '中', wrong",
        ),
    ] {
        let message = failure(&[("004_X.sql", text)]);
        assert!(message.contains(&format!("004_X.sql:{position}\n")), "{text}: {message}");
        assert!(message.contains(&format!("| {line}\n")), "{text}: {message}");
    }
}

#[test]
fn a_hint_is_shown_and_a_deferred_constraint_has_no_place() {
    let hinted = failure(&[("004_H.sql", "SELECT nowhere(1)")]);
    assert!(hinted.contains("hint: No function matches"), "{hinted}");
    let deferred = failure(&[(
        "004_D.sql",
        "CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\n\
         INSERT INTO a VALUES (1, 2);",
    )]);
    assert!(deferred.contains("violates foreign key constraint"), "{deferred}");
    assert!(deferred.contains("004_D.sql\n"), "{deferred}");
}

#[test]
fn an_error_in_a_rust_migration_keeps_its_chain() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let error = diesel_strata::migrate(conn, &FAILING).unwrap_err();
    let said = error.to_string();
    assert!(said.contains("migration 002_Broken (number 2) failed"), "{said}");
    assert!(said.contains("tests/fixtures/failing/002_Broken.rs"), "{said}");
    let source = error.source().unwrap();
    assert_eq!(source.to_string(), "the people could not be counted");
    assert!(source.source().unwrap().to_string().contains("relation \"nowhere\""));
    let debug = format!("{error:?}");
    assert!(debug.contains("caused by: the people"), "what main shows: {debug}");
    assert_eq!(recorded(conn), ["001_First"]);
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'half'"), 0);
}

#[test]
fn a_rust_migration_that_ends_its_transaction_is_found_out() {
    let database = TestDatabase::empty();
    const LEAVING: EmbeddedMigrations = embed_migrations!("tests/fixtures/leaving");
    let error = diesel_strata::migrate(&mut database.conn(), &LEAVING).unwrap_err().to_string();
    assert!(error.contains("001_Leaving ended the transaction"), "{error}");
}

#[test]
fn a_closed_connection_is_told_from_a_failed_migration() {
    let database = TestDatabase::empty();
    let kill = "SELECT pg_terminate_backend(pg_backend_pid())";
    let error = migrate(&mut database.conn(), &[("001_Kill.sql", kill)]).unwrap_err();
    assert!(matches!(error.cause(), Error::ConnectionLost { .. }), "{error}");
    let conn = &mut database.conn();
    assert_eq!(number(conn, "SELECT count(*) FROM __migrations"), 0);
}

#[test]
fn what_cannot_be_connected_to_is_named_without_the_password() {
    let error =
        diesel_strata::connect("postgres://me:hunter2@127.0.0.1:1/app").map(drop).unwrap_err();
    let said = error.to_string();
    assert!(said.starts_with("cannot connect to database app at 127.0.0.1, port 1: "), "{said}");
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn a_ledger_that_may_not_be_written_is_said_to_be() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    diesel::sql_query("SET default_transaction_read_only = on").execute(conn).unwrap();
    let error = migrate(conn, &[("001_A.sql", "SELECT 1")]).unwrap_err().to_string();
    assert!(error.contains("failed to create the ledger"), "{error}");
    let forgotten = Migrator::new(&FAILING).unwrap().ledger(Ledger::new("other"));
    let error = forgotten.forgettable(conn, "001_A").unwrap_err().to_string();
    assert!(error.contains("the ledger holds no 001_A"), "{error}");
}
