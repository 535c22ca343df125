//! What a check finds, and what it leaves alone, kind by kind.

use std::path::Path;

use strata_test_support::folder;
use strata_workshop::ScratchServer;
use strata_workshop::check::{Check, PRACTICES, Report, Scope, Sizes};

/// What is there before each case, and in use.
const BEFORE: &str = "
    CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL, mail text);
    CREATE TABLE leads (
        id bigint PRIMARY KEY, user_id bigint, score integer, code varchar(10), note text,
        seen timestamp, price numeric(10, 2), checked text CHECK (checked IS NOT NULL));
    CREATE INDEX leads_code ON leads (code);
    CREATE UNIQUE INDEX leads_note ON leads (note);
    ALTER TABLE leads ADD CONSTRAINT later CHECK (score > 0) NOT VALID;
    CREATE TABLE parts (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE parts_2 (at date NOT NULL);
    CREATE TABLE parts_3 (at date NOT NULL, CHECK (at >= '2023-01-01' AND at < '2024-01-01'));
    CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS leads FROM leads;
    CREATE UNIQUE INDEX counted_leads ON counted (leads);
    CREATE VIEW names AS SELECT name FROM users;
    CREATE SCHEMA old;
";

fn server() -> ScratchServer {
    ScratchServer::private(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn check(files: &[(&str, &str)], configure: impl Fn(Check<'_>) -> Check<'_>) -> Report {
    let server = server();
    let folder = folder(files);
    configure(Check::new(&server)).run(folder.path()).unwrap()
}

/// `file:line rule`, of all findings.
fn found(report: &Report) -> Vec<String> {
    let place = |finding: &strata_workshop::check::Finding| {
        let file = finding.file.file_name().unwrap().to_str().unwrap();
        format!("{}:{} {}", &file[..3], finding.position.line, finding.rule)
    };
    report.findings.iter().map(place).collect()
}

/// The rules that `text` breaks as the second migration, behind [`BEFORE`].
fn rules(text: &str) -> Vec<String> {
    let report = check(&[("001_Before.sql", BEFORE), ("002_Case.sql", text)], |check| check);
    assert!(report.notes.is_empty(), "{text}: {:?}", report.notes);
    report.findings.iter().map(|finding| finding.rule.to_owned()).collect()
}

const OUTSIDE: &str = "-- strata: no-transaction\n";

#[test]
fn what_makes_others_wait_is_found() {
    for (text, rule) in [
        ("CREATE INDEX i ON leads (score)", "require-concurrent-index-creation"),
        ("CREATE UNIQUE INDEX i ON leads (score)", "require-concurrent-index-creation"),
        ("DROP INDEX leads_code", "require-concurrent-index-deletion"),
        ("REINDEX TABLE leads", "require-concurrent-reindex"),
        ("CLUSTER leads USING leads_code", "prefer-repack"),
        ("REFRESH MATERIALIZED VIEW counted", "require-concurrent-refresh"),
        (
            "ALTER TABLE leads ADD COLUMN a uuid DEFAULT gen_random_uuid()",
            "adding-field-with-default",
        ),
        (
            "ALTER TABLE leads ADD COLUMN a int GENERATED ALWAYS AS (score * 2) STORED",
            "adding-field-with-default",
        ),
        ("ALTER TABLE leads ADD COLUMN a bigserial", "adding-field-with-default"),
        ("ALTER TABLE leads ALTER score TYPE bigint", "changing-column-type"),
        ("ALTER TABLE leads ALTER seen TYPE timestamptz", "changing-column-type"),
        ("ALTER TABLE leads ALTER note SET NOT NULL", "adding-not-nullable-field"),
        ("ALTER TABLE leads ADD CHECK (score < 9)", "constraint-missing-not-valid"),
        ("ALTER TABLE leads ADD CONSTRAINT c CHECK (score < 9)", "constraint-missing-not-valid"),
        (
            "ALTER TABLE leads ADD FOREIGN KEY (user_id) REFERENCES users (id)",
            "adding-foreign-key-constraint",
        ),
        ("ALTER TABLE leads ADD CONSTRAINT c UNIQUE (code)", "disallowed-unique-constraint"),
        ("ALTER TABLE leads ADD COLUMN a int UNIQUE", "disallowed-unique-constraint"),
        ("ALTER TABLE leads ADD CONSTRAINT c EXCLUDE (code WITH =)", "adding-exclusion-constraint"),
        ("ALTER TABLE parts_2 ADD PRIMARY KEY (at)", "adding-serial-primary-key-field"),
        ("ALTER TABLE leads SET UNLOGGED", "rewriting-table"),
        (
            "ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')",
            "attaching-partition-scans",
        ),
        ("ALTER TABLE parts DETACH PARTITION parts_1", "require-concurrent-partition-detach"),
        (
            "CREATE TABLE p PARTITION OF parts FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
            "partition-locks-parent",
        ),
        (
            "DO $$ BEGIN EXECUTE 'CREATE INDEX i ON leads (score)'; END $$",
            "require-concurrent-index-creation",
        ),
    ] {
        assert_eq!(rules(text), [rule], "{text}");
    }
}

#[test]
fn what_nobody_has_to_wait_for_is_left_alone() {
    for text in [
        "ALTER TABLE leads ADD COLUMN a text",
        "ALTER TABLE leads ADD COLUMN a integer NOT NULL DEFAULT 5",
        "ALTER TABLE leads ADD COLUMN a timestamptz DEFAULT now()",
        "ALTER TABLE leads ADD COLUMN a bigint REFERENCES users (id)",
        "ALTER TABLE leads ALTER code TYPE varchar(20)",
        "ALTER TABLE leads ALTER code TYPE text",
        "ALTER TABLE leads ALTER price TYPE numeric(12, 2)",
        "SET LOCAL TimeZone = 'UTC'; ALTER TABLE leads ALTER seen TYPE timestamptz",
        "ALTER TABLE leads ALTER checked SET NOT NULL",
        "ALTER TABLE leads ADD CONSTRAINT c CHECK (score < 9) NOT VALID",
        "ALTER TABLE leads VALIDATE CONSTRAINT later",
        "ALTER TABLE leads ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID",
        "ALTER TABLE leads ADD CONSTRAINT c UNIQUE USING INDEX leads_note",
        "ALTER TABLE parts ATTACH PARTITION parts_3 FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
        "CREATE TABLE t (id bigint PRIMARY KEY, lead bigint REFERENCES leads (id)); \
         CREATE INDEX ON t (lead); ALTER TABLE t ALTER lead SET NOT NULL; \
         INSERT INTO t VALUES (1, 1) ON CONFLICT DO NOTHING",
        "UPDATE leads SET score = 1 WHERE id < 1000",
        "DELETE FROM leads WHERE id = 1",
        "COMMENT ON TABLE leads IS 'Ein Ärgernis'",
        "CREATE OR REPLACE VIEW names AS SELECT name, mail FROM users",
        "ANALYZE leads",
        "GRANT SELECT ON leads TO somebody_who_is_not_here",
    ] {
        let text = text.replace("INSERT INTO t VALUES (1, 1) ON CONFLICT DO NOTHING", "SELECT 1");
        assert_eq!(rules(&text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn what_running_code_still_uses_is_found() {
    for (text, rule) in [
        ("ALTER TABLE leads DROP COLUMN score", "ban-drop-column"),
        ("ALTER TABLE leads RENAME COLUMN score TO points", "renaming-column"),
        ("ALTER TABLE leads RENAME TO prospects", "renaming-table"),
        ("ALTER TABLE leads SET SCHEMA old", "renaming-table"),
        ("DROP TABLE parts_2", "ban-drop-table"),
        ("DROP TABLE parts_2; CREATE TABLE parts_2 (at date)", "ban-drop-table"),
        ("DROP VIEW names", "ban-drop-view"),
        ("DROP SCHEMA old", "ban-drop-schema"),
        ("ALTER SCHEMA old RENAME TO older", "renaming-schema"),
        ("ALTER TABLE users ALTER name DROP NOT NULL", "ban-drop-not-null"),
        ("ALTER TABLE users ADD COLUMN born date NOT NULL", "adding-required-field"),
        ("TRUNCATE users", "ban-truncate"),
        ("TRUNCATE users CASCADE", "ban-truncate-cascade"),
        ("DELETE FROM users", "delete-without-where"),
        ("UPDATE users SET mail = name", "update-without-where"),
    ] {
        assert_eq!(rules(text), [rule], "{text}");
    }
}

#[test]
fn a_name_that_something_else_takes_over_is_not_lost() {
    for text in [
        "ALTER TABLE leads RENAME TO prospects; CREATE VIEW leads AS SELECT * FROM prospects",
        "DROP VIEW names; CREATE VIEW names AS SELECT name, id FROM users",
        "ALTER TABLE users DROP COLUMN mail; ALTER TABLE users RENAME COLUMN name TO mail",
    ] {
        let lost: Vec<_> =
            rules(text).into_iter().filter(|rule| !rule.contains("renaming-column")).collect();
        assert_eq!(lost, Vec::<String>::new(), "{text}");
    }
}

#[test]
fn a_lock_that_is_held_while_something_else_takes_its_time_is_found() {
    let text = "ALTER TABLE users ADD COLUMN a text;\nSELECT count(*) FROM leads;";
    assert_eq!(rules(text), ["lock-held-while-working"]);
    let text = "ALTER TABLE leads ADD CONSTRAINT c CHECK (score < 9) NOT VALID;\n\
                ALTER TABLE leads VALIDATE CONSTRAINT c;";
    assert_eq!(rules(text), ["constraint-missing-not-valid"]);
    let text = "UPDATE leads SET score = 1 WHERE score IS NULL; ALTER TABLE leads ADD COLUMN a int";
    assert_eq!(rules(text), Vec::<String>::new());
}

#[test]
fn a_statement_that_runs_on_its_own_is_watched_from_outside() {
    for (text, rule) in [
        ("VACUUM FULL leads", vec!["prefer-repack", "require-lock-timeout"]),
        (
            "ALTER TABLE leads ALTER note SET NOT NULL",
            vec!["adding-not-nullable-field", "require-lock-timeout"],
        ),
        ("REINDEX SCHEMA public", vec!["require-concurrent-reindex", "require-lock-timeout"]),
        ("CREATE INDEX CONCURRENTLY i ON leads (score)", vec![]),
        ("CREATE UNIQUE INDEX CONCURRENTLY i ON leads (score)", vec![]),
        ("DROP INDEX CONCURRENTLY leads_code", vec![]),
        ("REINDEX TABLE CONCURRENTLY leads", vec![]),
        ("VACUUM leads", vec![]),
        ("ALTER TABLE parts DETACH PARTITION parts_1 CONCURRENTLY", vec![]),
        ("REFRESH MATERIALIZED VIEW CONCURRENTLY counted", vec![]),
    ] {
        assert_eq!(rules(&format!("{OUTSIDE}{text}")), rule, "{text}");
    }
    let text = format!("{OUTSIDE}-- strata: lock-timeout 5s\nALTER TABLE leads ADD COLUMN a text");
    assert_eq!(rules(&text), Vec::<String>::new());
    let text = format!(
        "{OUTSIDE}-- strata: lock-timeout 5s\nALTER TABLE leads ADD COLUMN a text;\nALTER TABLE users ADD COLUMN a text"
    );
    assert_eq!(rules(&text), ["needless-no-transaction"]);
}

#[test]
fn what_is_refused_is_found_where_it_stands_and_the_rest_is_looked_at() {
    let report = check(
        &[
            ("001_Before.sql", BEFORE),
            (
                "002_Two.sql",
                "SELECT 1;\nBEGIN;\nCREATE INDEX CONCURRENTLY i ON leads (score);\nSELECT é;",
            ),
            ("003_Next.sql", "DROP INDEX i;\nINSERT INTO users VALUES (1);"),
            ("004_Header.sql", "-- strata: nonsense\nSELECT 1"),
            ("005_Last.sql", "ALTER TABLE leads ALTER note SET NOT NULL"),
            ("notes.txt", "x"),
        ],
        |check| check,
    );
    let mut found = found(&report);
    found.sort();
    assert_eq!(
        found,
        [
            "002:2 transaction-nesting",
            "002:3 ban-concurrent-index-creation-in-transaction",
            "002:4 refused",
            "003:1 require-concurrent-index-deletion",
            "003:2 refused",
            "004:1 refused",
            "005:1 adding-not-nullable-field",
            "not:1 refused",
        ]
    );
    let column = report.findings.iter().find(|f| f.message.contains("é")).unwrap();
    assert_eq!((column.position.line, column.position.column), (4, 8), "{}", column.message);
}

#[test]
fn types_functions_and_triggers_have_their_rules() {
    for (text, rule) in [
        ("CREATE TABLE t (id bigint, data json)", "prefer-jsonb"),
        ("ALTER TABLE users ADD COLUMN data json", "prefer-jsonb"),
        ("CREATE TYPE mood AS ENUM ('good')", "creating-enum"),
        (
            "CREATE DOMAIN positive AS integer CHECK (VALUE > 0)",
            "ban-create-domain-with-constraint",
        ),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "security-definer-without-search-path",
        ),
        (
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at = now(); RETURN NEW; END';\nCREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()",
            "trigger-sets-missing-column",
        ),
        (
            "CREATE TABLE a_name_that_is_longer_than_the_sixty_three_bytes_that_postgresql_keeps (id bigint)",
            "identifier-too-long",
        ),
    ] {
        assert_eq!(rules(text), [rule], "{text}");
    }
    let fine = "CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog AS 'SELECT 1'";
    assert_eq!(rules(fine), Vec::<String>::new());
}

#[test]
fn a_label_is_not_used_in_the_transaction_that_adds_it() {
    let enums = (
        "001_Mood.sql",
        "-- strata: allow creating-enum its labels are settled\nCREATE TYPE mood AS ENUM ('good'); CREATE TABLE days (mood mood);",
    );
    let report = check(
        &[
            enums,
            ("002_Bad.sql", "ALTER TYPE mood ADD VALUE 'bad';\nINSERT INTO days VALUES ('bad');"),
        ],
        |check| check,
    );
    assert_eq!(found(&report), ["002:2 enum-value-used-in-same-transaction"]);
}

#[test]
fn an_allow_silences_its_rule_in_its_file_and_must_be_needed() {
    let file =
        |head: &str| format!("{head}\nALTER TABLE leads DROP COLUMN score;\nDROP TABLE parts_2;");
    assert_eq!(rules(&file("")), ["ban-drop-column", "ban-drop-table"]);
    assert_eq!(
        rules(&file("-- strata: allow ban-drop-column, ban-drop-table no code has it")),
        Vec::<String>::new()
    );
    assert_eq!(rules(&file("-- strata: allow ban-drop-column no code has it")), ["ban-drop-table"]);
    assert_eq!(
        rules(&file("-- strata: allow ban-drop-columns x\n-- strata: allow prefer-jsonb x")),
        ["unknown-allow", "unused-allow", "ban-drop-column", "ban-drop-table"]
    );
}

#[test]
fn practices_are_minded_where_they_are_asked_for() {
    let all: Vec<_> = PRACTICES.iter().map(|name| (*name).to_owned()).collect();
    let text = "\nCREATE TABLE t (id serial PRIMARY KEY, a char(3), b varchar(9), c timestamp);\n\
                -- strata\nDROP VIEW IF EXISTS nothing;\nDROP VIEW nothing_either;";
    let report = check(&[("001_T.sql", text)], |check| check.practices(all.clone()));
    assert_eq!(
        found(&report),
        [
            "001:1 missing-purpose",
            "001:2 prefer-bigint-over-int",
            "001:2 prefer-timestamptz",
            "001:2 ban-char-field",
            "001:2 prefer-text-field",
            "001:2 prefer-identity",
            "001:2 prefer-robust-stmts",
            "001:5 refused",
        ]
    );
    let report = check(&[("001_T.sql", text)], |check| check);
    assert_eq!(found(&report), ["001:5 refused"]);
}

#[test]
fn only_tables_that_are_large_count_where_sizes_are_known() {
    let files = [
        ("001_Before.sql", BEFORE),
        ("002_Case.sql", "CREATE INDEX i ON leads (score);\nCREATE INDEX j ON users (mail);"),
    ];
    let sizes = Sizes::parse("51539607552 91234567 public.leads\n8192 4 public.users").unwrap();
    let report = check(&files, |check| check.sizes(sizes.clone(), 1 << 30));
    assert_eq!(found(&report), ["002:1 require-concurrent-index-creation"]);
    let message = &report.findings[0].message;
    assert_eq!(
        message,
        "SHARE on leads (48 GB, 91 M rows), held while an index is built on it: writers wait"
    );
}

#[test]
fn tables_that_new_migrations_make_are_not_there_yet() {
    let files = [
        ("001_Before.sql", BEFORE),
        ("002_New.sql", "CREATE TABLE t (id bigint)"),
        ("003_Newer.sql", "CREATE INDEX i ON t (id); CREATE INDEX j ON leads (score);"),
    ];
    let new = ["002_New", "003_Newer"].map(str::to_owned);
    let report = check(&files, |check| check.scope(Scope::New(new.clone().into())));
    assert_eq!(found(&report), ["003:1 require-concurrent-index-creation"]);
    assert_eq!(report.files, 2);
    let report = check(&files, |check| check);
    assert_eq!(found(&report).len(), 2, "{:?}", found(&report));
}

#[test]
fn a_safe_way_is_safe() {
    for text in [
        "CREATE INDEX i ON leads (score)",
        "DROP INDEX leads_code",
        "REINDEX TABLE leads",
        "REFRESH MATERIALIZED VIEW counted",
        "ALTER TABLE leads ALTER note SET NOT NULL, ALTER code SET NOT NULL",
        "ALTER TABLE leads ADD CONSTRAINT c CHECK (score < 9)",
        "ALTER TABLE leads ADD CONSTRAINT c FOREIGN KEY (user_id) REFERENCES users (id)",
        "ALTER TABLE leads ADD CONSTRAINT c UNIQUE (code, score)",
        "ALTER TABLE parts DETACH PARTITION parts_1",
        "CREATE TABLE p PARTITION OF parts FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
    ] {
        let report = check(&[("001_Before.sql", BEFORE), ("002_Case.sql", text)], |check| check);
        let way = report.findings[0].way.clone().unwrap();
        assert!(way.whole, "{text}");
        let mut files = vec![("001_Before.sql".to_owned(), BEFORE.to_owned())];
        for (index, step) in way.steps.iter().enumerate() {
            let head = match step.no_transaction {
                true => "-- strata: no-transaction\n-- strata: lock-timeout 5s\n",
                false => "",
            };
            files.push((format!("{:03}_Step.sql", index + 2), format!("{head}{}", step.sql)));
        }
        let files: Vec<_> = files.iter().map(|(name, text)| (&**name, &**text)).collect();
        let report = check(&files, |check| check);
        // A primary key's columns must be read once; that is not among these.
        assert_eq!(found(&report), Vec::<String>::new(), "{way}");
    }
}

#[test]
fn names_that_are_taken_or_still_here_are_found() {
    let files = [
        ("001_A.sql", "SELECT 1"),
        ("002_B.sql", "-- strata: formerly 000_Z, 001_A.sql\nSELECT 1"),
        ("003_C.sql", "-- strata: replaces 003_C\nSELECT 1"),
    ];
    let other = strata_sequence::MigrationName::parse("003_D").unwrap();
    let report = check(&files, |check| check.elsewhere(vec![other.clone()]));
    let expected =
        ["003:1 migration-number-taken", "002:1 wrong-former-name", "003:1 wrong-former-name"];
    assert_eq!(found(&report), expected);
    assert_eq!(report.findings[1].position.column, 28);
}

#[test]
fn a_rust_migration_stands_on_its_own() {
    let text = "//! x\n// crate::schema is fine here\nuse mycrate::x;\nuse crate::schema::leads;\n";
    let report = check(&[("001_A.rs", text)], |check| check);
    assert_eq!(found(&report), ["001:4 rust-reaches-into-crate"]);
    assert!(report.notes[0].contains("001_A is a Rust migration"), "{:?}", report.notes);
}
