//! What a run does, and what it leaves alone.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel_strata::testing::TestDatabase;
use diesel_strata::{EmbeddedMigrations, Event, Migrator, embed_migrations};

use strata_test_support::{execute, folder, migrate, migrator, number, recorded, texts};

const MIXED: EmbeddedMigrations = embed_migrations!("tests/fixtures/mixed");

#[test]
fn sql_and_rust_run_in_the_order_of_their_numbers() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let report = diesel_strata::migrate(conn, &MIXED).unwrap();
    let ran: Vec<_> = report.applied.iter().map(|ran| ran.name.as_str()).collect();
    assert_eq!(ran, ["001_People", "002_Names", "1000_Last"]);
    assert_eq!(recorded(conn), ran);
    assert_eq!(texts(conn, "SELECT name FROM people ORDER BY id"), ["Zoë", "中"]);
    assert!(diesel_strata::migrate(conn, &MIXED).unwrap().is_up_to_date());
}

#[test]
fn a_pool_migrates_on_a_connection_of_its_own() {
    let database = TestDatabase::empty();
    let manager = ConnectionManager::<PgConnection>::new(database.url());
    let pool = Pool::builder().max_size(1).build(manager).unwrap();
    assert_eq!(diesel_strata::migrate_pool(&pool, &MIXED).unwrap().applied.len(), 3);
    assert_eq!(number(&mut pool.get().unwrap(), "SELECT count(*) FROM people"), 2);
}

#[test]
fn an_empty_folder_changes_nothing() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    assert!(migrate(conn, &[]).unwrap().is_up_to_date());
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = '__migrations'"), 0);
}

#[test]
fn a_migration_that_fails_leaves_what_was_there_before_it() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let files =
        [("001_A.sql", "CREATE TABLE a ()"), ("002_B.sql", "CREATE TABLE b (); SELECT 1 / 0")];
    migrate(conn, &files).unwrap_err();
    assert_eq!(recorded(conn), ["001_A"]);
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'b'"), 0);
    let files = [files[0], ("002_B.sql", "CREATE TABLE b ()"), ("003_C.sql", "CREATE TABLE c ()")];
    assert_eq!(migrate(conn, &files).unwrap().applied.len(), 2);
}

#[test]
fn a_fault_in_the_last_file_stops_the_first_one() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    for last in ["COMMIT;", "VACUUM", "SELECT 'x", "-- nothing", "COPY a FROM stdin;"] {
        migrate(conn, &[("001_A.sql", "CREATE TABLE a ()"), ("002_B.sql", last)]).unwrap_err();
    }
    let rust = [("001_A.sql", "CREATE TABLE a ()"), ("002_B.rs", "pub fn up() {}")];
    let error = migrate(conn, &rust).unwrap_err().to_string();
    assert!(error.contains("002_B is a Rust migration"), "{error}");
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'a'"), 0);
}

#[test]
fn a_comment_or_a_missing_semicolon_at_the_end_is_no_trap() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let files = [
        ("001_A.sql", "CREATE TABLE a () -- the end"),
        ("002_B.sql", "\u{feff}CREATE TABLE b ();\r\n;;\r\n/* the /* nested */ end */"),
        ("003_C.sql", "CREATE TABLE c ()"),
    ];
    assert_eq!(migrate(conn, &files).unwrap().applied.len(), 3);
}

#[test]
fn late_numbers_run_and_are_reported() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let (first, late, last) =
        (("003_A.sql", "SELECT 1"), ("004_B.sql", "SELECT 1"), ("015_C.sql", "SELECT 1"));
    let _ = migrate(conn, &[first, last]).unwrap();
    let folder = folder(&[first, late, last]);
    let error = migrator(folder.path()).strict_order().migrate(conn).unwrap_err().to_string();
    assert!(error.contains("004_B is numbered below 015_C"), "{error}");
    let report = migrator(folder.path()).migrate(conn).unwrap();
    assert_eq!(report.out_of_order, ["004_B"]);
    assert_eq!(recorded(conn), ["003_A", "015_C", "004_B"]);
}

#[test]
fn a_target_stops_a_run() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let folder = folder(&[("001_A.sql", "SELECT 1"), ("002_B.sql", "SELECT 1")]);
    let _ = migrator(folder.path()).target(1).migrate(conn).unwrap();
    assert_eq!(recorded(conn), ["001_A"]);
    let error = migrator(folder.path()).target(3).migrate(conn).unwrap_err().to_string();
    assert_eq!(error, "there is no migration number 3; the last one is 002_B");
}

#[test]
fn no_setting_leaks_to_the_next_migration_or_to_the_caller() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    // Roles are the server's; an earlier run may have left its own.
    let role = format!("strata_leak_{}", std::process::id());
    let set = format!(
        "CREATE ROLE {role}; GRANT ALL ON seen TO {role}; SET search_path = s; \
         SET statement_timeout = '5s'; SET ROLE {role};"
    );
    let outside = format!(
        "-- strata: no-transaction\n-- strata: statement-timeout 9s\n\
         SET search_path = s; SET SESSION AUTHORIZATION {role}"
    );
    execute(conn, "SET statement_timeout = '77s'");
    let settings = "SELECT name || '=' || setting FROM pg_settings WHERE source = 'session' \
                    UNION ALL SELECT current_setting('role') UNION ALL SELECT session_user::text";
    let before = texts(conn, settings);
    let seen = "INSERT INTO seen SELECT current_setting('search_path'), current_user, \
                current_setting('statement_timeout')";
    let _ = migrate(
        conn,
        &[
            (
                "001_A.sql",
                "CREATE TABLE seen (path text, role text, timeout text); CREATE SCHEMA s;",
            ),
            ("002_Set.sql", &set),
            ("003_Seen.sql", seen),
            ("004_Config.sql", "SELECT set_config('search_path', 's', false)"),
            ("005_Seen.sql", seen),
            ("006_Do.sql", "DO $$ BEGIN EXECUTE 'SET search_path = s'; END $$"),
            ("007_Seen.sql", seen),
            ("008_Outside.sql", &outside),
            ("009_Seen.sql", seen),
            (
                "010_Function.sql",
                "CREATE FUNCTION public.f() RETURNS int LANGUAGE plpgsql AS \
                'BEGIN EXECUTE ''SET work_mem = 999''; RETURN 1; END'",
            ),
            ("011_Hidden.sql", "INSERT INTO seen SELECT 'hidden', f()::text"),
        ],
    )
    .unwrap();
    assert_eq!(texts(conn, settings), before);
    let distinct = "SELECT DISTINCT (path, role, timeout) FROM seen WHERE path <> 'hidden'";
    assert_eq!(texts(conn, distinct), ["(\"\"\"$user\"\", public\",postgres,77s)"]);
    execute(conn, &format!("DROP OWNED BY {role}"));
    execute(conn, &format!("DROP ROLE {role}"));
}

/// What a session holds that a later user of it would find.
const HELD: &str = "SELECT 'cursor ' || name FROM pg_cursors WHERE is_holdable \
                    UNION ALL SELECT 'prepared ' || name FROM pg_prepared_statements \
                    WHERE name NOT LIKE '\\_\\_diesel%' \
                    UNION ALL SELECT 'channel ' || c FROM pg_listening_channels() c \
                    UNION ALL SELECT 'table ' || relname FROM pg_class \
                    WHERE relnamespace = pg_my_temp_schema() ORDER BY 1";

#[test]
fn nothing_else_of_a_session_leaks_either_and_the_callers_own_stays() {
    let leaking = "SET app.tenant = 'x'; CREATE TEMP TABLE leaked (); LISTEN leaked; \
                   PREPARE leaked AS SELECT 1; DECLARE leaked CURSOR WITH HOLD FOR SELECT 1;";
    let seen = "CREATE TABLE seen AS SELECT coalesce(current_setting('app.tenant', true), '') AS tenant, \
                to_regclass('leaked') IS NULL AS gone;\nPREPARE leaked AS SELECT 2;";
    let outside = format!("-- strata: no-transaction\n{leaking}");
    let files = [("001_L.sql", leaking), ("002_S.sql", seen), ("003_O.sql", outside.as_str())];
    for own in [false, true] {
        let database = TestDatabase::empty();
        let conn = &mut database.conn();
        if own {
            conn.batch_execute(
                "SET app.mine = 'mine'; CREATE TEMP TABLE mine (); LISTEN mine; \
                 PREPARE mine AS SELECT 1; DECLARE mine CURSOR WITH HOLD FOR SELECT 1",
            )
            .unwrap();
        }
        let before = texts(conn, HELD);
        let _ = migrate(conn, &files).unwrap();
        assert_eq!(texts(conn, HELD), before);
        let custom = "SELECT coalesce(current_setting('app.tenant', true), '') || \
                      coalesce(current_setting('app.mine', true), '')";
        assert_eq!(texts(conn, custom), [if own { "mine" } else { "" }]);
        assert_eq!(texts(conn, "SELECT (tenant, gone) FROM seen"), ["(\"\",t)"]);
    }
}

#[test]
fn code_that_is_only_called_cannot_send_the_next_migration_elsewhere() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let hidden = "CREATE FUNCTION turn() RETURNS int LANGUAGE plpgsql AS $$BEGIN \
                  PERFORM set_config('search_' || 'path', 'elsewhere', false); RETURN 1; END$$; \
                  CREATE SCHEMA elsewhere; CREATE TABLE t (a int DEFAULT turn())";
    let _ = migrate(
        conn,
        &[
            ("001_A.sql", hidden),
            ("002_B.sql", "INSERT INTO t DEFAULT VALUES"),
            ("003_C.sql", "CREATE TABLE here ()"),
        ],
    )
    .unwrap();
    assert_eq!(texts(conn, "SELECT 'here'::regclass::text"), ["here"]);
}

#[test]
fn in_a_callers_transaction_nothing_local_reaches_the_next_migration() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    conn.begin_test_transaction().unwrap();
    let _ = migrate(
        conn,
        &[
            (
                "001_A.sql",
                "-- strata: lock-timeout 3s\nCREATE SCHEMA s; SET LOCAL search_path = s; \
                 SET LOCAL app.local = 'x'",
            ),
            (
                "002_B.sql",
                "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS t, \
                 current_setting('app.local', true) AS l",
            ),
        ],
    )
    .unwrap();
    assert_eq!(texts(conn, "SELECT (t, l) FROM public.seen"), ["(0,\"\")"]);
}

#[test]
fn a_migration_sets_its_own_timeouts() {
    let database = TestDatabase::empty();
    let error = migrate(
        &mut database.conn(),
        &[("001_A.sql", "-- strata: statement-timeout 50ms\nSELECT 1;\nSELECT pg_sleep(60);")],
    )
    .unwrap_err()
    .to_string();
    assert!(error.contains("statement timeout"), "{error}");

    let mut holder = database.conn();
    execute(&mut holder, "CREATE TABLE held ()");
    holder.batch_execute("BEGIN; LOCK TABLE held").unwrap();
    let error = migrate(
        &mut database.conn(),
        &[("002_B.sql", "-- strata: lock-timeout 50ms\nALTER TABLE held ADD a int")],
    )
    .unwrap_err()
    .to_string();
    assert!(error.contains("lock timeout"), "{error}");
}

#[test]
fn inside_a_transaction_all_of_it_belongs_to_the_transaction() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    conn.begin_test_transaction().unwrap();
    let _ = diesel_strata::migrate(conn, &MIXED).unwrap();
    let bad = [("2000_Bad.sql", "CREATE TABLE bad (); SELECT 1 / 0")];
    let error = migrate(conn, &bad).unwrap_err().to_string();
    assert!(error.contains("2000_Bad.sql:1:22"), "{error}");
    let outside = [("3000_Out.sql", "-- strata: no-transaction\nVACUUM")];
    let error = migrate(conn, &outside).unwrap_err().to_string();
    assert!(error.contains("must run outside a transaction"), "{error}");
    assert_eq!(recorded(conn).len(), 3, "the transaction is still usable");
    conn.batch_execute("ROLLBACK").unwrap();
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'people'"), 0);
}

#[test]
fn statements_outside_a_transaction_run_one_by_one_and_an_invalid_index_is_rebuilt() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let table = ("001_T.sql", "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
    let index = "-- strata: no-transaction\nINSERT INTO t VALUES (2);\n\
                 CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"T i\" ON public.t (a);";
    let error = migrate(conn, &[table, ("002_I.sql", index)]).unwrap_err().to_string();
    assert!(error.contains("002_I.sql:3:1"), "{error}");
    assert!(error.contains("1 of its 2 statements are done"), "{error}");
    assert!(error.contains("Key (a)=(1) is duplicated"), "{error}");
    assert_eq!(recorded(conn), ["001_T"]);
    let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = '\"T i\"'::regclass";
    assert_eq!(texts(conn, valid), ["false"]);

    execute(conn, "DELETE FROM t");
    let folder = folder(&[table, ("002_I.sql", index)]);
    let mut rebuilt = Vec::new();
    let _ = migrator(folder.path())
        .migrate_with(conn, &mut |event| {
            if let Event::IndexRebuilt { index, .. } = event {
                rebuilt.push(index.to_owned());
            }
        })
        .unwrap();
    assert_eq!(rebuilt, ["\"T i\""]);
    assert_eq!(texts(conn, valid), ["true"]);
    assert_eq!(recorded(conn), ["001_T", "002_I"]);
}

#[test]
fn every_migration_says_when_it_starts_and_ends() {
    let database = TestDatabase::empty();
    let mut events = Vec::new();
    let _ = Migrator::new(&MIXED)
        .unwrap()
        .migrate_with(&mut database.conn(), &mut |event| {
            events.push(match event {
                Event::Planned { count } => format!("{count} planned"),
                Event::Started { migration } => format!("{} starts", migration.name()),
                Event::Finished { migration, .. } => format!("{} ends", migration.name()),
                other => format!("{other:?}"),
            });
        })
        .unwrap();
    assert_eq!(events.len(), 7);
    assert_eq!(events[..3], ["3 planned", "001_People starts", "001_People ends"]);
}

#[test]
fn statement_by_statement_it_is_one_transaction_with_its_row_all_the_same() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let stepwise = |text: &str| format!("-- strata: statement-by-statement\n{text}");
    let good =
        stepwise("CREATE TABLE a ();\nSET search_path = nowhere;\nCREATE TABLE public.b ();");
    let bad = stepwise("CREATE TABLE c ();\nSELECT 'é', 1 / 0, wrong;");
    let worse = stepwise("CREATE TABLE c ();\nSELECT 'é', 1 / 0;");
    let _ = migrate(conn, &[("001_A.sql", &good), ("002_B.sql", "CREATE TABLE d ()")]).unwrap();
    for (text, place) in [(&bad, "003_C.sql:3:20\n"), (&worse, "003_C.sql:3:1\n")] {
        let error = migrate(conn, &[("003_C.sql", text)]).unwrap_err().to_string();
        assert!(error.contains(place), "{error}");
        assert_eq!(recorded(conn), ["001_A", "002_B"]);
        assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'c'"), 0);
    }
    assert_eq!(texts(conn, "SELECT 'd'::regclass::text"), ["d"]);
}

#[test]
fn an_invalid_index_is_found_under_whatever_name_the_server_gave_it() {
    let long = "i".repeat(70);
    for name in ["ÄÖ_Index", long.as_str(), "\"Mixed Case\""] {
        let database = TestDatabase::empty();
        let conn = &mut database.conn();
        let table = ("001_T.sql", "CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
        let index = format!(
            "-- strata: no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} ON t (a);"
        );
        let files = [table, ("002_I.sql", index.as_str())];
        migrate(conn, &files).unwrap_err();
        execute(conn, "DELETE FROM t");
        let _ = migrate(conn, &files).unwrap();
        let valid = "SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 't'::regclass";
        assert_eq!(texts(conn, valid), ["true"], "{name}");
    }
}

#[test]
fn a_database_that_another_tool_migrated_is_refused() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    execute(conn, "CREATE TABLE __diesel_schema_migrations (version text)");
    let files = [("001_A.sql", "CREATE TABLE a ()")];
    let _ = migrate(conn, &files).unwrap();
    execute(conn, "DELETE FROM __migrations");
    execute(conn, "INSERT INTO __diesel_schema_migrations VALUES ('1')");
    let error = migrate(conn, &files).unwrap_err().to_string();
    assert!(error.contains("another tool has migrated") && error.contains("adopt"), "{error}");
    execute(conn, "DROP TABLE a");
    let folder = folder(&files);
    let _ = migrator(folder.path()).beside_other_tools().migrate(conn).unwrap();
}
