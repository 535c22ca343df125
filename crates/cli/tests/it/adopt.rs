//! Moving in from other tools: their folders, and ledgers as they write them.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use diesel_strata::testing::TestDatabase;
use strata_test_support::{number, texts};
use tempfile::TempDir;

use crate::many::of_every_kind;
use crate::support::strata;

/// A live database of another tool's, and its folder beside the one that becomes ours.
struct Live {
    database: TestDatabase,
    root: TempDir,
}

impl Live {
    fn new(files: &[(&str, &str)]) -> Self {
        let root = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = root.path().join("theirs").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { database: TestDatabase::empty(), root }
    }

    fn theirs(&self) -> PathBuf {
        self.root.path().join("theirs")
    }

    fn ours(&self, file: &str) -> String {
        fs::read_to_string(self.root.path().join("ours").join(file)).unwrap()
    }

    fn conn(&self) -> PgConnection {
        self.database.conn()
    }

    fn execute(&self, script: &str) {
        self.conn().batch_execute(script).unwrap();
    }

    /// Exit code, stdout and stderr of `strata`, given the new folder and the database.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let url = self.database.url();
        let mut command = strata();
        command.current_dir(self.root.path()).args(arguments);
        command.args(["--migrations-dir", "ours", "--database-url", &url]);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }

    #[track_caller]
    fn adopt(&self, tool: &str, arguments: &[&str]) -> String {
        let url = self.database.url();
        let all = [&["adopt", tool, "theirs", "--on", &url], arguments].concat();
        let (code, stdout, stderr) = self.run(&all);
        assert_eq!(code, 0, "{stdout}\n{stderr}");
        assert!(stdout.contains("proved"), "{stdout}");
        stdout
    }

    #[track_caller]
    fn refused(&self, tool: &str, arguments: &[&str]) -> String {
        let url = self.database.url();
        let all = [&["adopt", tool, "theirs", "--on", &url], arguments].concat();
        let (code, stdout, stderr) = self.run(&all);
        assert_eq!(code, 1, "{stdout}\n{stderr}");
        assert!(!Path::new(&self.root.path().join("ours")).exists(), "{stderr}");
        let is_there = "SELECT count(*) FROM pg_class WHERE relname = '__migrations'";
        assert_eq!(number(&mut self.conn(), is_there), 0, "{stderr}");
        stderr
    }

    /// What is said of a file with the marks of another tool.
    fn refused_as_another(&self, text: &str) -> String {
        fs::write(self.theirs().join("000003_other.up.sql"), text).unwrap();
        let url = self.database.url();
        self.run(&["adopt", "golang-migrate", "theirs", "--on", &url]).2
    }

    /// The ledger as `name time` in the order of its ids.
    fn ledger(&self) -> Vec<String> {
        let query = "SELECT migration_name || COALESCE(' ' || applied_at, '') FROM __migrations \
                     ORDER BY id";
        texts(&mut self.conn(), query)
    }

    /// Nothing is pending, and an empty database gets the same schema.
    #[track_caller]
    fn assert_whole(&self) {
        let (code, stdout, stderr) = self.run(&["migrate", "--no-schema"]);
        assert!(code == 0 && stdout.starts_with("nothing is pending"), "{stdout}{stderr}");
    }
}

#[test]
fn diesels_285_migrations_and_their_rows_become_ours() {
    let live = Live::new(&[]);
    for n in 1..=285_usize {
        let text = of_every_kind(n);
        let folder = live.theirs().join(format!("{}_number {n}", 20_200_101_000_000 + n));
        fs::create_dir_all(&folder).unwrap();
        // Diesel sends a file as one message, in which only one such statement can be.
        let outside = text.starts_with("-- strata: no-transaction");
        let text = match outside {
            true => "CREATE INDEX CONCURRENTLY ON m1 (mood);",
            false => text.as_str(),
        };
        // Diesel does not find its own ledger again after that.
        let reset = if text.contains("search_path") { "\nRESET search_path;\n" } else { "" };
        fs::write(folder.join("up.sql"), format!("{text}{reset}")).unwrap();
        if outside {
            fs::write(folder.join("metadata.toml"), "run_in_transaction = false").unwrap();
        }
    }
    let source = FileBasedMigrations::from_path(live.theirs()).unwrap();
    let conn = &mut live.conn();
    assert_eq!(conn.run_pending_migrations(source).unwrap().len(), 285);
    let stdout = live.adopt("diesel", &[]);
    assert!(stdout.contains("285 rows taken over"), "{stdout}");
    assert!(stdout.contains("numbers are kept"), "{stdout}");
    live.assert_whole();
    let differing = "SELECT count(*) FROM __migrations m FULL JOIN __diesel_schema_migrations d \
                     ON d.version = split_part(m.migration_name, '_', 1) AND d.run_on = m.applied_at \
                     WHERE m.id IS NULL OR d.version IS NULL";
    assert_eq!(number(conn, differing), 0);
}

#[test]
fn diesel_with_versions_of_two_lengths_late_rows_and_strays() {
    let live = Live::new(&[
        (
            "00000000000000_diesel_initial_setup/up.sql",
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        ),
        (
            "2023-01-01-000000_create users/up.sql",
            "BEGIN;\nCREATE TABLE users (id int);\nCOMMIT;\n",
        ),
        ("2023-01-02-000000-0000_add_name/up.sql", "ALTER TABLE users ADD name text;"),
        ("2023-01-03-000000_empty/up.sql", "-- nothing\n"),
        ("2023-01-04-000000_late/up.sql", "CREATE TABLE late ();"),
        ("2023-01-05-000000_index/up.sql", "CREATE INDEX CONCURRENTLY i ON users (id);"),
        ("2023-01-05-000000_index/metadata.toml", "run_in_transaction = false"),
        ("2023-01-06-000000_new/up.sql", "CREATE TABLE fresh ();"),
    ]);
    live.execute(
        "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY, run_on TIMESTAMP \
         NOT NULL DEFAULT CURRENT_TIMESTAMP);\
         INSERT INTO __diesel_schema_migrations VALUES ('00000000000000', '2023-01-01 10:00:00'),\
         ('20230101000000', '2023-01-01 10:00:00.123456'), ('202301020000000000', '2023-01-02 10:00'),\
         ('20230103000000', '2023-01-03 10:00'), ('20230105000000', '2023-01-05 10:00'),\
         ('20220101000000', '2022-01-01 10:00');\
         CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\
         CREATE TABLE users (id int, name text); CREATE INDEX i ON users (id);",
    );
    let dry = live.adopt("diesel", &["--dry-run"]);
    assert!(dry.contains("nothing was changed: 7 files would be written"), "{dry}");
    assert!(!live.root.path().join("ours").exists());
    let stdout = live.adopt("diesel", &[]);
    for said in [
        "20220101000000  a row without a file",
        "202301040000000000_late  pending, before one that ran",
        "202301060000000000_new  pending",
        "5 applied, 2 pending",
        "to undo it: DROP TABLE __migrations",
    ] {
        assert!(stdout.contains(said), "{said}: {stdout}");
    }
    assert_eq!(
        live.ledger(),
        [
            "000000000000000000_diesel_initial_setup 2023-01-01 10:00:00",
            "202301010000000000_create_users 2023-01-01 10:00:00.123456",
            "202301020000000000_add_name 2023-01-02 10:00:00",
            "202301030000000000_empty 2023-01-03 10:00:00",
            "202301050000000000_index 2023-01-05 10:00:00",
        ]
    );
    assert_eq!(
        live.ours("202301050000000000_index.sql"),
        "-- strata: no-transaction\n-- strata: formerly 2023-01-05-000000_index\n\
         CREATE INDEX CONCURRENTLY i ON users (id);"
    );
    let again = live.adopt("diesel", &[]);
    assert!(again.contains("nothing to take over") && again.contains("7 there already"), "{again}");
    let (code, stdout, stderr) = live.run(&["migrate", "--no-schema"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("2 migrations applied"), "{stdout}");
    assert_eq!(number(&mut live.conn(), "SELECT count(*) FROM __diesel_schema_migrations"), 6);
}

#[test]
fn sqlx_with_checksums_and_both_kinds_of_files() {
    let live = Live::new(&[
        ("1_one.sql", "CREATE TABLE one (id int);\r\n"),
        ("0002_two words.up.sql", "CREATE TABLE two (id int);"),
        ("0002_two words.down.sql", "DROP TABLE two;"),
        ("10_ten.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON one (id);"),
        ("20_late.sql", "CREATE TABLE late (id int);"),
        ("30_sets.sql", "CREATE SCHEMA s; SET search_path TO s, public;"),
        ("40_after.sql", "-- Where it goes.\nCREATE TABLE after (id int);"),
    ]);
    let theirs = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
                  installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, \
                  checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL)";
    live.execute(theirs);
    for (version, words, file, at) in [
        (1, "one", "1_one.sql", "2024-01-01 12:00:00.5+02"),
        (2, "two words", "0002_two words.up.sql", "2024-01-02 12:00:00+00"),
        (30, "sets", "30_sets.sql", "2024-01-03 00:30:00+01"),
        (10, "ten", "10_ten.sql", "2024-01-04 12:00:00+00"),
        (40, "after", "40_after.sql", "2024-01-05 12:00:00+00"),
    ] {
        let text = fs::read_to_string(live.theirs().join(file)).unwrap();
        live.execute(&format!(
            "INSERT INTO _sqlx_migrations VALUES ({version}, '{words}', '{at}', true, \
             sha384(convert_to($t${text}$t$, 'UTF8')), 1)"
        ));
    }
    live.execute(
        "CREATE TABLE one (id int); CREATE TABLE two (id int); CREATE SCHEMA s; \
         CREATE INDEX i ON one (id); CREATE TABLE s.after (id int);",
    );
    let stdout = live.adopt("sqlx", &[]);
    assert!(
        stdout.contains("an earlier file left set for it: SET search_path TO s, public"),
        "{stdout}"
    );
    assert!(stdout.contains("020_late  pending, before one that ran"), "{stdout}");
    assert_eq!(
        live.ledger(),
        [
            "001_one 2024-01-01 10:00:00.5",
            "0002_two_words 2024-01-02 12:00:00",
            "030_sets 2024-01-02 23:30:00",
            "010_ten 2024-01-04 12:00:00",
            "040_after 2024-01-05 12:00:00",
        ]
    );
    assert!(live.ours("040_after.sql").starts_with("-- Where it goes.\n-- Left set by"));
    assert!(live.ours("010_ten.sql").starts_with("-- strata: no-transaction\n-- no-transaction\n"));
    let (code, stdout, stderr) = live.run(&["migrate", "--no-schema"]);
    assert!(code == 0 && stdout.contains("1 migration applied"), "{stdout}{stderr}");
}

#[test]
fn sqlx_rows_that_are_dirty_or_of_another_text_are_refused() {
    let live = Live::new(&[("1_one.sql", "CREATE TABLE one (id int);")]);
    live.execute(
        "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL, \
         checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL); \
         INSERT INTO _sqlx_migrations VALUES (1, 'one', now(), false, '', 1)",
    );
    let dirty = live.refused("sqlx", &[]);
    assert!(dirty.contains("public._sqlx_migrations says that 1 one failed"), "{dirty}");
    live.execute("UPDATE _sqlx_migrations SET success = true");
    let changed = live.refused("sqlx", &[]);
    assert!(
        changed.contains("1 file changed since sqlx ran") && changed.contains("1_one"),
        "{changed}"
    );
    assert!(live.adopt("sqlx", &["--accept-changed"]).contains("1 row taken over"));
}

#[test]
fn refinery_with_times_as_text() {
    let live = Live::new(&[
        ("V1__one.sql", "CREATE TABLE one (id int);"),
        ("more/V2__two.sql", "COPY one FROM stdin;\n1\n\\.\nCREATE TABLE two (id int);"),
        ("U3__three.sql", "-- refinery:noTransaction\nCREATE INDEX CONCURRENTLY i ON one (id);"),
    ]);
    live.execute(
        "CREATE TABLE refinery_schema_history (version INT4 PRIMARY KEY, name VARCHAR(255), \
         applied_on VARCHAR(255), checksum VARCHAR(255)); \
         INSERT INTO refinery_schema_history VALUES \
         (1, 'one', '2024-01-01T12:00:00.123456789+02:00', '11393461026374889937'), \
         (2, 'two', '2024-01-02T12:00:00Z', NULL)",
    );
    let changed = live.refused("refinery", &[]);
    assert!(changed.contains("V1__one"), "{changed}");
    live.adopt("refinery", &["--accept-changed"]);
    assert_eq!(
        live.ledger(),
        ["001_one 2024-01-01 10:00:00.123457", "002_two 2024-01-02 12:00:00"]
    );
}

#[test]
fn dbmate_has_no_times() {
    let up = |sql: &str| format!("-- migrate:up\n{sql}\n\n-- migrate:down\nSELECT broken;\n");
    let (one, two) =
        (up("CREATE TABLE one (id int);"), up("CREATE INDEX CONCURRENTLY i ON one (id);"));
    let two = two.replace("migrate:up", "migrate:up transaction:false");
    let live = Live::new(&[
        ("20240101000000_one.sql", &one),
        ("20240102000000_two.sql", &two),
        (
            "20240103000000_three.sql",
            "-- migrate:up\nINSERT INTO schema_migrations VALUES ('1');\n",
        ),
    ]);
    live.execute(
        "CREATE TABLE schema_migrations (version VARCHAR(128) PRIMARY KEY); \
         INSERT INTO schema_migrations VALUES ('20240101000000'), ('20240102000000'), ('20240103000000')",
    );
    let other = live.refused("golang-migrate", &[]);
    assert!(other.contains("no migrations of golang-migrate's"), "{other}");
    let stdout = live.adopt("dbmate", &[]);
    assert!(stdout.contains("what it does to schema_migrations is left out"), "{stdout}");
    assert_eq!(live.ledger(), ["20240101000000_one", "20240102000000_two", "20240103000000_three"]);
    live.assert_whole();
}

#[test]
fn goose_whose_newest_row_decides_in_the_servers_zone() {
    let live = Live::new(&[
        (
            "00001_one.sql",
            "-- +goose Up\nCREATE TABLE one (id int);\n-- +goose Down\nDROP TABLE one;",
        ),
        (
            "00002_two.sql",
            "-- +goose Up\n-- +goose StatementBegin\nCREATE FUNCTION f() RETURNS int AS $$\nBEGIN\n  RETURN 1;\nEND $$ LANGUAGE plpgsql\n-- +goose StatementEnd\nCREATE TABLE two (id int);\n",
        ),
        (
            "00003_three.sql",
            "-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY i ON one (id);\n",
        ),
    ]);
    let database = texts(&mut live.conn(), "SELECT current_database()").remove(0);
    live.execute(&format!("ALTER DATABASE {database} SET TimeZone = 'America/New_York'"));
    live.execute(
        "CREATE TABLE goose_db_version (id SERIAL PRIMARY KEY, version_id BIGINT NOT NULL, \
         is_applied BOOLEAN NOT NULL, tstamp TIMESTAMP DEFAULT now()); \
         INSERT INTO goose_db_version (version_id, is_applied, tstamp) VALUES (0, true, '2024-01-01'), \
         (1, true, '2024-01-01 12:00'), (2, true, '2024-07-01 12:00'), (3, true, '2024-07-01 13:00'), \
         (3, false, '2024-07-02 12:00'), (2, false, '2024-07-02 12:01'), (2, true, '2024-07-03 12:00')",
    );
    let stdout = live.adopt("goose", &[]);
    assert!(stdout.contains("2 applied, 1 pending"), "{stdout}");
    assert_eq!(live.ledger(), ["00001_one 2024-01-01 17:00:00", "00002_two 2024-07-03 16:00:00"]);
    assert!(live.ours("00002_two.sql").contains("plpgsql\n;\nCREATE TABLE two"));
}

#[test]
fn golang_migrates_one_row_stands_for_all_below_it() {
    let live = Live::new(&[
        ("000001_one.up.sql", "BEGIN;\nCREATE TABLE one (id int);\nCOMMIT;\n"),
        ("000001_one.down.sql", "DROP TABLE one;"),
        ("000002_two.up.sql", "CREATE INDEX CONCURRENTLY i ON one (id);"),
        (
            "000003_three.up.sql",
            "CREATE TABLE three (id int); GRANT SELECT ON three TO strata_no_such_role;",
        ),
    ]);
    live.execute(
        "CREATE TABLE schema_migrations (version BIGINT PRIMARY KEY, dirty BOOLEAN NOT NULL); \
         INSERT INTO schema_migrations VALUES (2, true)",
    );
    let dirty = live.refused("golang-migrate", &[]);
    assert!(dirty.contains("says that 2 failed") && dirty.contains("migrate force"), "{dirty}");
    live.execute("UPDATE schema_migrations SET dirty = false");
    let stdout = live.adopt("golang-migrate", &[]);
    assert!(stdout.contains("2 applied, 1 pending"), "{stdout}");
    assert!(stdout.contains("roles that were there meanwhile: strata_no_such_role"), "{stdout}");
    assert_eq!(live.ledger(), ["000001_one", "000002_two"]);
    let index = live.ours("000002_two.sql");
    assert!(index.starts_with("-- strata: no-transaction\nCREATE INDEX"), "{index}");
    let roles = "SELECT count(*) FROM pg_roles WHERE rolname = 'strata_no_such_role'";
    assert_eq!(number(&mut live.conn(), roles), 0);
}

#[test]
fn flyway_with_dotted_versions_undone_ones_and_what_is_repeatable() {
    let live = Live::new(&[
        ("V1__one.sql", "CREATE TABLE one (id int);\r\n"),
        ("V1.9__nine.sql", "CREATE TABLE nine (id int);"),
        (
            "more/V1_10__ten.sql",
            "SET search_path TO nowhere, public; CREATE TABLE ${name} (id int);",
        ),
        ("U1_10__ten.sql", "DROP TABLE ten;"),
        ("V2__two.sql", "CREATE TABLE two (id int);"),
        ("R__A_view.sql", "CREATE OR REPLACE VIEW a AS SELECT 1 AS a;"),
        ("R__B_view.sql", "CREATE OR REPLACE VIEW b AS SELECT 1 AS b;"),
        ("afterMigrate.sql", "SELECT 1;"),
    ]);
    live.execute(
        "CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, version VARCHAR(50), \
         description VARCHAR(200) NOT NULL, type VARCHAR(20) NOT NULL, script VARCHAR(1000) NOT NULL, \
         checksum INT, installed_by VARCHAR(100) NOT NULL, installed_on TIMESTAMP NOT NULL DEFAULT now(), \
         execution_time INT NOT NULL, success BOOLEAN NOT NULL); \
         INSERT INTO flyway_schema_history VALUES \
         (1, '1', '<< Flyway Baseline >>', 'BASELINE', '<< Flyway Baseline >>', NULL, 'x', '2024-01-01 10:00', 0, true), \
         (2, '1.9', 'nine', 'SQL', 'V1.9__nine.sql', NULL, 'x', '2024-01-02 10:00', 1, true), \
         (3, '1.10', 'ten', 'SQL', 'more/V1_10__ten.sql', NULL, 'x', '2024-01-03 10:00', 1, true), \
         (4, '2', 'two', 'SQL', 'V2__two.sql', NULL, 'x', '2024-01-04 10:00', 1, true), \
         (5, '2', 'two', 'UNDO_SQL', 'U2__two.sql', NULL, 'x', '2024-01-05 10:00', 1, true), \
         (6, NULL, 'A view', 'SQL', 'R__A_view.sql', 1, 'x', '2024-01-06 10:00', 1, true), \
         (7, NULL, 'B view', 'SQL', 'R__B_view.sql', NULL, 'x', '2024-01-07 10:00', 1, true), \
         (8, '0.5', 'gone', 'SQL', 'V0_5__gone.sql', NULL, 'x', '2023-01-07 10:00', 1, true)",
    );
    let missing = live.refused("flyway", &[]);
    assert!(missing.contains("--placeholder name=…"), "{missing}");
    let stdout = live.adopt("flyway", &["--placeholder", "name=ten"]);
    for said in [
        "numbers count from 1 now",
        "afterMigrate.sql is not carried over: it is a callback",
        "V0_5__gone.sql  a row without a file",
        "004_two  pending, before one that ran",
        "005_A_view  pending, before one that ran",
        "4 applied, 2 pending",
    ] {
        assert!(stdout.contains(said), "{said}: {stdout}");
    }
    assert_eq!(
        live.ledger(),
        [
            "001_one 2024-01-01 10:00:00",
            "002_nine 2024-01-02 10:00:00",
            "003_ten 2024-01-03 10:00:00",
            "006_B_view 2024-01-07 10:00:00",
        ]
    );
    assert!(
        live.ours("003_ten.sql").starts_with("-- strata: formerly V1_10__ten\nSET search_path")
    );
}

#[test]
fn roles_that_migrations_make_are_made_by_both() {
    let live = Live::new(&[
        (
            "1_role.sql",
            "CREATE ROLE strata_adopted_role; CREATE ROLE strata_adopted_group ROLE strata_adopted_role;",
        ),
        ("2_table.sql", "CREATE TABLE t (id int); ALTER TABLE t OWNER TO strata_adopted_role;"),
    ]);
    let stdout = live.adopt("sqlx", &[]);
    assert!(stdout.contains("sqlx has no ledger there, so that all is pending"), "{stdout}");
    let roles = "SELECT count(*) FROM pg_roles WHERE rolname ~ 'strata_adopted'";
    assert_eq!(number(&mut live.conn(), roles), 0);
}

#[test]
fn what_cannot_be_carried_over_is_refused_whole_and_by_line() {
    let live = Live::new(&[
        ("1_fine.up.sql", "SELECT 1;"),
        ("2_psql.up.sql", "SELECT 1;\n\\i other.sql\n"),
        ("3_open.up.sql", "-- é\n\nSELECT 'é;\n"),
        ("4_rollback.up.sql", "ROLLBACK;"),
    ]);
    let refused = live.refused("golang-migrate", &[]);
    for said in [
        "3 files cannot be carried over",
        "2_psql.up.sql:2: `\\i`",
        "3_open.up.sql:3:",
        "4_rollback.up.sql:1:",
    ] {
        assert!(refused.contains(said), "{said}: {refused}");
    }
    let left: Vec<_> = ["2_psql.up.sql", "3_open.up.sql", "4_rollback.up.sql"]
        .iter()
        .flat_map(|name| ["--leave-out", name])
        .collect();
    assert!(live.adopt("golang-migrate", &left).contains("1 file written"));
    fs::write(live.root.path().join("ours/001_fine.sql"), "SELECT 2;").unwrap();
    let url = live.database.url();
    let again = [&["adopt", "golang-migrate", "theirs", "--on", &url], left.as_slice()].concat();
    let (code, _, stderr) = live.run(&again);
    assert!(code == 1 && stderr.contains("001_fine.sql is there already"), "{stderr}");
    assert_eq!(live.ours("001_fine.sql"), "SELECT 2;");
}

#[test]
fn a_migration_that_fails_on_an_empty_database_is_named_with_what_to_do() {
    let live = Live::new(&[("1_x.sql", "CREATE EXTENSION strata_no_such_extension;")]);
    let refused = live.refused("sqlx", &[]);
    assert!(refused.contains("sqlx's 1_x does not run on an empty database"), "{refused}");
    assert!(refused.contains("--without-proof"), "{refused}");
}

#[test]
fn diesel_and_strata_can_go_on_side_by_side_in_one_folder() {
    let live = Live::new(&[("2024-01-01-000000_one/up.sql", "CREATE TABLE one (id int);")]);
    let diesel = || {
        let source = FileBasedMigrations::from_path(live.theirs()).unwrap();
        live.conn().run_pending_migrations(source).unwrap().len()
    };
    let adopt = || {
        let (url, mut command) = (live.database.url(), strata());
        command.current_dir(live.root.path()).args(["adopt", "diesel", "theirs", "--on", &url]);
        command.args(["--migrations-dir", "theirs", "--database-url", &url]);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert_eq!(diesel(), 1);
    assert!(adopt().contains("1 row taken over"));
    fs::create_dir(live.theirs().join("2024-01-02-000000_two")).unwrap();
    fs::write(live.theirs().join("2024-01-02-000000_two/up.sql"), "CREATE TABLE two ();").unwrap();
    assert_eq!(diesel(), 1);
    let again = adopt();
    assert!(again.contains("1 file written to theirs, 1 there already"), "{again}");
    assert!(
        again.contains("1 row taken over") && again.contains("2 applied, 0 pending"),
        "{again}"
    );
    assert_eq!(diesel(), 0);
    let names = texts(&mut live.conn(), "SELECT migration_name FROM __migrations ORDER BY id");
    assert_eq!(names, ["20240101000000_one", "20240102000000_two"]);
}

#[test]
fn a_dump_of_a_whole_database_is_a_first_migration_like_another() {
    let dump = "-- PostgreSQL database dump\n\\restrict x\nSET statement_timeout = 0;\n\
                SELECT pg_catalog.set_config('search_path', '', false);\n\
                SET check_function_bodies = false;\n\
                CREATE TABLE public.t (id integer NOT NULL);\n\
                CREATE TABLE public.schema_migrations (version bigint NOT NULL, dirty boolean NOT NULL);\n\
                ALTER TABLE ONLY public.schema_migrations ADD PRIMARY KEY (version);\n\\unrestrict x\n";
    let live = Live::new(&[
        ("000001_base.up.sql", dump),
        ("000002_more.up.sql", "ALTER TABLE public.t ADD a int;"),
    ]);
    let stdout = live.adopt("golang-migrate", &[]);
    assert_eq!(
        stdout.matches("what it does to schema_migrations is left out").count(),
        1,
        "{stdout}"
    );
    assert!(live.ours("000002_more.sql").starts_with(
        "-- Left set by an earlier migration.\nSELECT pg_catalog.set_config('search_path', '', false);\n\n"
    ));
    assert!(
        live.refused_as_another("-- +goose Up\nSELECT 1;\n").contains("has the marks of goose")
    );
}
