//! The ledger's shapes: ours, and those that the .NET service has left on live databases.

use diesel_strata::testing::TestDatabase;
use diesel_strata::{Ledger, Migrator, Sequence, State};

use strata_test_support::{execute, folder, migrator, number, recorded, texts};

const FILES: [(&str, &str); 4] = [
    ("001_InitialSchema.sql", "CREATE TABLE a ()"),
    ("002_AddLeadSyncTracking.sql", "CREATE TABLE b ()"),
    ("003_EmailTemplateVariants.sql", "CREATE TABLE c ()"),
    (
        "015_AddWebhookEventTables.sql",
        "-- strata: formerly 015_WebhookEventTables\nCREATE TABLE d ()",
    ),
];

const LIVE: [&str; 6] = [
    "001_InitialSchema.sql",
    "002_AddLeadSyncTracking.sql",
    "003_EmailTemplateVariants.sql",
    "004_AddCampaignIdUniqueConstraint.sql",
    "004_PerformanceIndexes.sql",
    "015_WebhookEventTables",
];

const SHAPES: [(&str, &str); 4] = [
    ("TEXT", "TIMESTAMP DEFAULT NOW()"),
    ("VARCHAR(255)", "TIMESTAMP DEFAULT NOW()"),
    ("TEXT", "TIMESTAMPTZ NOT NULL DEFAULT NOW()"),
    ("VARCHAR(255)", "TIMESTAMPTZ NOT NULL DEFAULT NOW()"),
];

#[test]
fn it_is_created_in_the_shape_that_is_shared() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let _ = migrator(folder(&FILES).path()).migrate(conn).unwrap();
    let columns = "SELECT column_name || ' ' || data_type || ' ' || is_nullable || ' ' || \
                   column_default FROM information_schema.columns \
                   WHERE table_name = '__migrations' AND column_default IS NOT NULL";
    let id = "id integer NO nextval('__migrations_id_seq'::regclass)";
    assert_eq!(texts(conn, columns), [id, "applied_at timestamp without time zone YES now()"]);
    let constraints = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint \
                       WHERE conrelid = '__migrations'::regclass AND contype <> 'n' ORDER BY 1";
    let unique = "__migrations_migration_name_key UNIQUE (migration_name)";
    assert_eq!(texts(conn, constraints), [unique, "__migrations_pkey PRIMARY KEY (id)"]);
}

#[test]
fn a_database_of_the_other_service_is_taken_over_whatever_its_columns_are() {
    for (name, applied_at) in SHAPES {
        let database = TestDatabase::empty();
        let conn = &mut database.conn();
        execute(
            conn,
            &format!(
                "CREATE TABLE public.__migrations (id SERIAL PRIMARY KEY, \
                 migration_name {name} NOT NULL UNIQUE, applied_at {applied_at})"
            ),
        );
        for row in LIVE {
            execute(conn, &format!("INSERT INTO __migrations (migration_name) VALUES ('{row}')"));
        }
        let contents = "SELECT (m.*, m.xmin) FROM __migrations m ORDER BY id";
        let before = texts(conn, contents);

        let folder = folder(&FILES);
        let report = migrator(folder.path()).migrate(conn).unwrap();
        assert!(report.is_up_to_date());
        assert_eq!(report.unknown, LIVE[3..5]);
        assert_eq!(texts(conn, contents), before);

        let status = migrator(folder.path()).status(conn).unwrap();
        assert_eq!((status.count(State::Applied), status.count(State::Unknown)), (4, 2));
        assert!(status.migrations.iter().all(|migration| migration.applied_at.is_some()));
        let numbers: Vec<_> = status.migrations.iter().filter_map(|m| m.number).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 4, 15]);

        std::fs::write(folder.path().join("016_New.sql"), "CREATE TABLE e ()").unwrap();
        let _ = migrator(folder.path()).migrate(conn).unwrap();
        assert_eq!(recorded(conn).last().unwrap(), "016_New.sql", "as its SQL rows are named");
    }
}

#[test]
fn unknown_rows_are_refused_where_that_is_asked_for() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let _ = migrator(folder(&FILES).path()).migrate(conn).unwrap();
    let older = folder(&FILES[..2]);
    let error = migrator(older.path()).refuse_unknown().migrate(conn).unwrap_err().to_string();
    assert!(error.contains("003_EmailTemplateVariants, 015_AddWebhookEventTables"), "{error}");
}

#[test]
fn it_can_have_another_name_and_schema() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let folder = folder(&FILES);
    let migrator = Migrator::new(Sequence::read(folder.path()).unwrap()).unwrap();
    let migrator = migrator.ledger(Ledger::new("My \"history\"").in_schema("ops"));
    assert_eq!(migrator.migrate(conn).unwrap().applied.len(), 4);
    assert!(migrator.migrate(conn).unwrap().is_up_to_date());
    assert_eq!(migrator.status(conn).unwrap().count(State::Applied), 4);
    assert_eq!(number(conn, "SELECT count(*) FROM ops.\"My \"\"history\"\"\""), 4);
    let found = migrator.forgettable(conn, "003_EmailTemplateVariants").unwrap();
    assert_eq!(found.rows, ["003_EmailTemplateVariants"]);
    migrator.forget(conn, &found).unwrap();
    assert_eq!(migrator.pending(conn).unwrap().len(), 1);
}

#[test]
fn status_creates_nothing() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let status = migrator(folder(&FILES).path()).status(conn).unwrap();
    assert_eq!(status.count(State::Pending), 4);
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = '__migrations'"), 0);
}

#[test]
fn names_with_quotes_are_no_injection() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let folder = folder(&[("001_A.sql", "SELECT 1")]);
    let _ = migrator(folder.path()).migrate(conn).unwrap();
    for name in ["'; DROP TABLE __migrations; --", "\\'; x"] {
        migrator(folder.path()).forgettable(conn, name).unwrap_err();
    }
    assert_eq!(recorded(conn), ["001_A"]);
}

#[test]
fn what_is_forgotten_is_every_entry_of_one_migration() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    let folder = folder(&[
        ("001_A.sql", "SELECT 1"),
        ("005_B.sql", "-- strata: formerly 015_Old\nSELECT 1"),
        ("010_S.sql", "-- strata: replaces 002_X, 003_Y\nSELECT 1"),
        ("011_New.sql", "SELECT 1"),
    ]);
    let migrator = migrator(folder.path());
    execute(
        conn,
        "CREATE TABLE __migrations (id serial, migration_name text, applied_at timestamp)",
    );
    for name in [
        "001_A.sql",
        "001_A",
        "015_Old",
        "002_X",
        "003_Y.sql",
        "020_U",
        "020_V",
        "021_W.sql",
        "021_W",
    ] {
        execute(conn, &format!("INSERT INTO __migrations (migration_name) VALUES ('{name}')"));
    }
    for (name, rows, runs_again) in [
        ("1", &["001_A.sql", "001_A"][..], Some("001_A")),
        ("001", &["001_A.sql", "001_A"], Some("001_A")),
        ("001_A.sql", &["001_A.sql", "001_A"], Some("001_A")),
        ("005", &["015_Old"], Some("005_B")),
        ("015_Old", &["015_Old"], Some("005_B")),
        ("015", &["015_Old"], Some("005_B")),
        ("010_S", &["002_X", "003_Y.sql"], Some("010_S")),
        ("002_X.sql", &["002_X", "003_Y.sql"], Some("010_S")),
        ("021", &["021_W.sql", "021_W"], None),
        ("020_U", &["020_U"], None),
    ] {
        let found = migrator.forgettable(conn, name).unwrap();
        assert_eq!(found.rows, rows, "{name}");
        assert_eq!(found.runs_again.as_deref(), runs_again, "{name}");
    }
    for (name, said) in [
        ("20", "20 may be any of 020_U, 020_V"),
        ("11", "11 is pending, and not in the ledger"),
        ("99", "the ledger holds no 99"),
        ("", "the ledger holds no"),
    ] {
        let error = migrator.forgettable(conn, name).unwrap_err().to_string();
        assert!(error.starts_with(said), "{error}");
    }
    let found = migrator.forgettable(conn, "15").unwrap();
    migrator.forget(conn, &found).unwrap();
    let pending: Vec<_> =
        migrator.pending(conn).unwrap().iter().map(|m| m.name().to_owned()).collect();
    assert_eq!(pending, ["005_B", "011_New"]);
}
