//! What the server does, statement by statement, against what its manual says.

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::testing::TestDatabase;
use strata_test_support::number;
use strata_workshop::measure::{ColumnChange, Kind, Measured, Meter, Relation};

/// The tables that are there before each statement.
const BEFORE: &str = "
    CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL);
    CREATE TABLE leads (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id integer, score integer,
        price numeric(10, 2), code varchar(10), note text, seen timestamp, data json,
        checked integer CHECK (checked IS NOT NULL),
        CONSTRAINT leads_users FOREIGN KEY (user_id) REFERENCES users (id));
    CREATE INDEX leads_code ON leads (code);
    CREATE UNIQUE INDEX leads_note ON leads (note);
    ALTER TABLE leads ADD CONSTRAINT later CHECK (score > 0) NOT VALID;
    CREATE TABLE parts (id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE parts_2 (id integer NOT NULL, at date NOT NULL);
    CREATE TABLE parts_3 (id integer NOT NULL, at date NOT NULL,
        CHECK (at >= '2023-01-01' AND at < '2024-01-01'));
    CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
    CREATE TABLE prices (id integer, price positive);
    CREATE TYPE mood AS ENUM ('good');
    CREATE VIEW names AS SELECT name FROM users;
    CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM leads;
    CREATE UNIQUE INDEX counted_count ON counted (count);
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER touched BEFORE UPDATE ON leads FOR EACH ROW EXECUTE FUNCTION nothing();
";

/// What is worth telling of a measurement, in one line: locks on tables that others would wait
/// for, and what is done under them.
fn told(measured: &Measured) -> String {
    let mut parts = Vec::new();
    let mut locks: Vec<_> = measured
        .locks
        .iter()
        .filter(|lock| lock.relation.kind != Kind::Index && lock.mode > ROW_EXCLUSIVE)
        .filter(|lock| !measured.created.contains(&lock.relation))
        .map(|lock| format!("{} {}", lock.mode, lock.relation))
        .collect();
    locks.sort();
    parts.extend(locks);
    let mut named = |what: &str, relations: &[Relation]| {
        let mut names: Vec<_> =
            relations.iter().map(|relation| format!("{what} {relation}")).collect();
        names.sort();
        parts.extend(names);
    };
    named("rewrites", &measured.rewritten);
    named("rebuilds", &measured.rebuilt);
    let built: Vec<_> = measured.built.iter().map(|built| built.index.clone()).collect();
    let of_old = |index: &Relation| !measured.created.iter().any(|t| Some(t.oid) == index.table);
    named("builds", &built.into_iter().filter(of_old).collect::<Vec<_>>());
    named("scans", &measured.scanned);
    named("drops", &measured.dropped);
    for (before, after) in &measured.renamed {
        parts.push(format!("renames {before} to {after}"));
    }
    for (table, change) in &measured.columns {
        parts.push(match change {
            ColumnChange::Added(column) => format!("adds {table}.{}", column.name),
            ColumnChange::Dropped(column) => format!("loses {table}.{}", column.name),
            ColumnChange::Changed(_, column) => format!("changes {table}.{}", column.name),
            _ => String::new(),
        });
    }
    parts.join("; ")
}

const ROW_EXCLUSIVE: strata_workshop::measure::LockMode =
    strata_workshop::measure::LockMode::RowExclusive;

fn measure(conn: &mut PgConnection, statement: &str) -> String {
    conn.batch_execute("BEGIN").unwrap();
    let mut meter = Meter::start(conn).unwrap();
    let told = match conn.batch_execute(statement) {
        Ok(()) => told(&meter.look(conn).unwrap()),
        Err(error) => format!("refused: {error}"),
    };
    conn.batch_execute("ROLLBACK").unwrap();
    told
}

#[test]
fn what_is_measured_is_what_the_manual_says() {
    let database = TestDatabase::empty();
    let conn = &mut database.conn();
    conn.batch_execute(BEFORE).unwrap();
    let version = number(conn, "current_setting('server_version_num')") / 10_000;
    let mut wrong = Vec::new();
    for (statement, expected) in TABLE {
        let expected = expected.split(" | ").fold("", |chosen, part| {
            match part.split_once(": ").and_then(|(v, rest)| Some((v.parse::<i64>().ok()?, rest))) {
                Some((since, rest)) if version >= since => rest,
                Some(_) => chosen,
                None => part,
            }
        });
        let measured = measure(conn, statement);
        if measured != expected {
            wrong.push(format!("    (\"{statement}\", \"{measured}\"),"));
        }
    }
    assert!(wrong.is_empty(), "on {version}:\n{}", wrong.join("\n"));
    assert!(TABLE.len() >= 56);
}

/// Statements and what they do; behind ` | N: ` what they do since version N.
const TABLE: &[(&str, &str)] = &[
    ("ALTER TABLE leads ADD COLUMN a text", "ACCESS EXCLUSIVE leads; adds leads.a"),
    ("ALTER TABLE leads ADD COLUMN a integer DEFAULT 5", "ACCESS EXCLUSIVE leads; adds leads.a"),
    (
        "ALTER TABLE leads ADD COLUMN a integer NOT NULL DEFAULT 5",
        "ACCESS EXCLUSIVE leads; adds leads.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a timestamptz DEFAULT now()",
        "ACCESS EXCLUSIVE leads; adds leads.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a timestamptz DEFAULT clock_timestamp()",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; adds leads.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a uuid DEFAULT gen_random_uuid()",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; adds leads.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a serial",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; adds leads.a",
    ),
    (
        "ALTER TABLE users ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY",
        "ACCESS EXCLUSIVE users; rewrites users; rebuilds users_pkey; scans users; adds users.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a integer GENERATED ALWAYS AS (score * 2) STORED",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; adds leads.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a positive",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; adds leads.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a integer UNIQUE",
        "ACCESS EXCLUSIVE leads; builds leads_a_key; scans leads; adds leads.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a integer REFERENCES users (id)",
        "ACCESS EXCLUSIVE leads; SHARE ROW EXCLUSIVE users; adds leads.a",
    ),
    (
        "ALTER TABLE leads ADD COLUMN a integer CHECK (a > 0)",
        "ACCESS EXCLUSIVE leads; scans leads; adds leads.a",
    ),
    ("ALTER TABLE leads DROP COLUMN score", "ACCESS EXCLUSIVE leads; loses leads.score"),
    (
        "ALTER TABLE leads RENAME COLUMN score TO points",
        "ACCESS EXCLUSIVE leads; changes leads.points",
    ),
    (
        "ALTER TABLE leads RENAME TO prospects",
        "ACCESS EXCLUSIVE prospects; renames leads to prospects",
    ),
    (
        "ALTER TABLE leads SET SCHEMA pg_catalog",
        "ACCESS EXCLUSIVE pg_catalog.leads; ACCESS EXCLUSIVE pg_catalog.leads_id_seq; renames leads_id_seq to pg_catalog.leads_id_seq; renames leads to pg_catalog.leads",
    ),
    (
        "ALTER TABLE leads ALTER score TYPE bigint",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; changes leads.score",
    ),
    (
        "ALTER TABLE leads ALTER code TYPE varchar(20)",
        "ACCESS EXCLUSIVE leads; drops leads_code; changes leads.code",
    ),
    (
        "ALTER TABLE leads ALTER code TYPE varchar(5)",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_note; rebuilds leads_pkey; builds leads_code; scans leads; drops leads_code; changes leads.code",
    ),
    (
        "ALTER TABLE leads ALTER code TYPE text",
        "ACCESS EXCLUSIVE leads; drops leads_code; changes leads.code",
    ),
    (
        "ALTER TABLE leads ALTER note TYPE varchar(100)",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_pkey; builds leads_note; scans leads; drops leads_note; changes leads.note",
    ),
    (
        "ALTER TABLE leads ALTER price TYPE numeric(12, 2)",
        "ACCESS EXCLUSIVE leads; changes leads.price",
    ),
    (
        "ALTER TABLE leads ALTER price TYPE numeric(12, 4)",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; changes leads.price",
    ),
    (
        "SET LOCAL TimeZone = 'UTC'; ALTER TABLE leads ALTER seen TYPE timestamptz",
        "ACCESS EXCLUSIVE leads; changes leads.seen",
    ),
    (
        "SET LOCAL TimeZone = 'Europe/Berlin'; ALTER TABLE leads ALTER seen TYPE timestamptz",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; changes leads.seen",
    ),
    (
        "ALTER TABLE leads ALTER data TYPE jsonb",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads; changes leads.data",
    ),
    (
        "ALTER TABLE leads ALTER code TYPE text COLLATE \"C\"",
        "ACCESS EXCLUSIVE leads; builds leads_code; scans leads; drops leads_code; changes leads.code",
    ),
    (
        "ALTER TABLE leads ALTER note SET NOT NULL",
        "ACCESS EXCLUSIVE leads; scans leads; changes leads.note",
    ),
    (
        "ALTER TABLE leads ALTER checked SET NOT NULL",
        "ACCESS EXCLUSIVE leads; changes leads.checked",
    ),
    ("ALTER TABLE users ALTER name DROP NOT NULL", "ACCESS EXCLUSIVE users; changes users.name"),
    ("ALTER TABLE leads ALTER score SET DEFAULT 3", "ACCESS EXCLUSIVE leads; changes leads.score"),
    ("ALTER TABLE leads ALTER score SET STATISTICS 500", "SHARE UPDATE EXCLUSIVE leads"),
    ("ALTER TABLE leads ALTER note SET STORAGE EXTERNAL", "ACCESS EXCLUSIVE leads"),
    ("ALTER TABLE leads ADD CONSTRAINT c CHECK (score < 9)", "ACCESS EXCLUSIVE leads; scans leads"),
    ("ALTER TABLE leads ADD CONSTRAINT c CHECK (score < 9) NOT VALID", "ACCESS EXCLUSIVE leads"),
    ("ALTER TABLE leads VALIDATE CONSTRAINT later", "SHARE UPDATE EXCLUSIVE leads; scans leads"),
    (
        "ALTER TABLE leads ADD CONSTRAINT c FOREIGN KEY (score) REFERENCES users (id)",
        "SHARE ROW EXCLUSIVE leads; SHARE ROW EXCLUSIVE users; scans leads",
    ),
    (
        "ALTER TABLE leads ADD CONSTRAINT c FOREIGN KEY (score) REFERENCES users (id) NOT VALID",
        "SHARE ROW EXCLUSIVE leads; SHARE ROW EXCLUSIVE users",
    ),
    (
        "ALTER TABLE leads DROP CONSTRAINT leads_users",
        "ACCESS EXCLUSIVE leads; ACCESS EXCLUSIVE users",
    ),
    (
        "ALTER TABLE leads ADD CONSTRAINT c UNIQUE (code)",
        "ACCESS EXCLUSIVE leads; builds c; scans leads",
    ),
    (
        "ALTER TABLE leads ADD CONSTRAINT c UNIQUE USING INDEX leads_note",
        "ACCESS EXCLUSIVE leads; renames leads_note to c",
    ),
    (
        "ALTER TABLE prices ADD PRIMARY KEY (id)",
        "ACCESS EXCLUSIVE prices; builds prices_pkey; scans prices; changes prices.id",
    ),
    (
        "ALTER TABLE leads ADD CONSTRAINT c EXCLUDE (code WITH =)",
        "ACCESS EXCLUSIVE leads; builds c; scans leads",
    ),
    ("CREATE INDEX i ON leads (score)", "SHARE leads; builds i; scans leads"),
    ("DROP INDEX leads_code", "ACCESS EXCLUSIVE leads; drops leads_code"),
    ("REINDEX INDEX leads_code", "SHARE leads; rebuilds leads_code; scans leads"),
    ("REINDEX TABLE users", "SHARE users; rebuilds users_pkey; scans users"),
    ("ALTER INDEX leads_code RENAME TO i", "renames leads_code to i"),
    (
        "CLUSTER leads USING leads_code",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads",
    ),
    (
        "TRUNCATE users CASCADE",
        "ACCESS EXCLUSIVE leads; ACCESS EXCLUSIVE users; rewrites leads; rewrites users; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; rebuilds users_pkey; scans leads; scans users",
    ),
    (
        "ALTER TABLE leads SET UNLOGGED",
        "ACCESS EXCLUSIVE leads; rewrites leads; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads | 15: ACCESS EXCLUSIVE leads; ACCESS EXCLUSIVE leads_id_seq; rewrites leads; rewrites leads_id_seq; rebuilds leads_code; rebuilds leads_note; rebuilds leads_pkey; scans leads",
    ),
    ("ALTER TABLE leads SET (fillfactor = 70)", "SHARE UPDATE EXCLUSIVE leads"),
    ("ALTER TABLE leads SET (autovacuum_enabled = false)", "SHARE UPDATE EXCLUSIVE leads"),
    ("CREATE TABLE t (id integer REFERENCES users (id))", "SHARE ROW EXCLUSIVE users"),
    ("CREATE TABLE t AS SELECT * FROM leads", "scans leads"),
    (
        "CREATE TABLE parts_9 PARTITION OF parts FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')",
        "ACCESS EXCLUSIVE parts",
    ),
    (
        "ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')",
        "ACCESS EXCLUSIVE parts_2; SHARE UPDATE EXCLUSIVE parts; scans parts_2",
    ),
    (
        "ALTER TABLE parts ATTACH PARTITION parts_3 FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')",
        "ACCESS EXCLUSIVE parts_3; SHARE UPDATE EXCLUSIVE parts",
    ),
    (
        "ALTER TABLE parts DETACH PARTITION parts_1",
        "ACCESS EXCLUSIVE parts; ACCESS EXCLUSIVE parts_1",
    ),
    ("ALTER TABLE leads DISABLE TRIGGER touched", "SHARE ROW EXCLUSIVE leads"),
    ("ALTER TABLE leads ENABLE ROW LEVEL SECURITY", "ACCESS EXCLUSIVE leads"),
    (
        "CREATE TRIGGER t BEFORE INSERT ON leads FOR EACH ROW EXECUTE FUNCTION nothing()",
        "SHARE ROW EXCLUSIVE leads",
    ),
    ("DROP TRIGGER touched ON leads", "ACCESS EXCLUSIVE leads"),
    ("CREATE POLICY p ON leads USING (true)", "ACCESS EXCLUSIVE leads"),
    ("CREATE RULE r AS ON DELETE TO leads DO INSTEAD NOTHING", "ACCESS EXCLUSIVE leads"),
    (
        "CREATE OR REPLACE VIEW names AS SELECT name, id FROM users",
        "ACCESS EXCLUSIVE names; adds names.id",
    ),
    ("DROP VIEW names", "ACCESS EXCLUSIVE names; drops names"),
    ("DROP TABLE prices", "ACCESS EXCLUSIVE prices; drops prices"),
    (
        "REFRESH MATERIALIZED VIEW counted",
        "ACCESS EXCLUSIVE counted; rewrites counted; rebuilds counted_count; scans counted; scans leads",
    ),
    ("ALTER DOMAIN positive ADD CONSTRAINT c CHECK (VALUE < 9)", "SHARE prices; scans prices"),
    ("ALTER DOMAIN positive ADD CONSTRAINT c CHECK (VALUE < 9) NOT VALID", ""),
    ("ALTER TYPE mood ADD VALUE 'bad'", ""),
    ("COMMENT ON TABLE leads IS 'x'", "SHARE UPDATE EXCLUSIVE leads"),
    ("GRANT SELECT ON leads TO public", ""),
    ("ANALYZE leads", "SHARE UPDATE EXCLUSIVE leads"),
    ("LOCK TABLE leads IN SHARE MODE", "SHARE leads"),
    ("UPDATE leads SET score = 1", "scans leads"),
    ("DELETE FROM users WHERE id = 1", ""),
    ("SELECT count(*) FROM leads", "scans leads"),
];
