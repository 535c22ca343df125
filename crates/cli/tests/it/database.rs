//! The day's commands: `database create`, `drop`, `reset` and `wait`, `migrate --create`, `redo`.

use std::fs;

use assert_cmd::Command;
use strata_test_support::{execute, number};

use crate::support::{Project, assert_shown, said, strata};

const FILES: [(&str, &str); 3] = [
    ("migrations/001_A.sql", "CREATE TABLE a (id int PRIMARY KEY);"),
    ("migrations/002_B.sql", "CREATE TABLE b (id int PRIMARY KEY);"),
    ("diesel.toml", "[print_schema]\nfile = \"schema.rs\"\n"),
];

/// The program on a database that does not exist; it is dropped with the value.
struct Missing {
    project: Project,
    name: String,
}

impl Missing {
    fn new() -> Self {
        let project = Project::new(&FILES);
        let url = project.database.url();
        let name = format!("{}_new", url.split(['/', '?']).nth(3).unwrap());
        Self { project, name }
    }

    fn url(&self) -> String {
        diesel_strata::with_database(&self.project.database.url(), &self.name)
    }

    fn strata(&self, arguments: &[&str]) -> Command {
        let mut command = self.project.strata(arguments);
        command.env("DATABASE_URL", self.url());
        command
    }

    fn exists(&self) -> bool {
        let conn = &mut self.project.database.conn();
        number(conn, &format!("SELECT count(*) FROM pg_database WHERE datname = '{}'", self.name))
            == 1
    }
}

impl Drop for Missing {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        execute(&mut self.project.database.conn(), &drop);
    }
}

#[test]
fn a_missing_database_is_said_to_be_and_created() {
    let missing = Missing::new();
    assert_shown!(&mut missing.strata(&["migrate"]), @"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: there is no database [database] `database create` creates it, and so does `migrate --create` before it migrates
    ");
    assert_shown!(&mut missing.strata(&["migrate", "--create"]), @"
    exit 0
    --- stdout
    created: database [database]
      001_A [time]
      002_B [time]
    2 migrations applied in [time]: database [database]
    schema.rs regenerated
    --- stderr
    (nothing)
    ");
    assert_shown!(&mut missing.strata(&["database", "create"]), @"
    exit 0
    --- stdout
    it is there already: database [database]
    --- stderr
    (nothing)
    ");
    assert_shown!(&mut missing.strata(&["status", "--check", "-q"]), @"
    exit 0
    --- stdout
    (nothing)
    --- stderr
    (nothing)
    ");
}

#[test]
fn a_database_of_a_server_of_others_is_dropped_by_its_name_only() {
    let missing = Missing::new();
    missing.strata(&["database", "create"]).assert().success();
    assert_shown!(&mut missing.strata(&["database", "drop"]), @"
    exit 2
    --- stdout
    (nothing)
    --- stderr
    error: there is nobody to ask for confirmation; pass --yes [name] if you mean it
    ");
    assert_shown!(&mut missing.strata(&["database", "drop", "--yes", "other"]), @"
    exit 2
    --- stdout
    (nothing)
    --- stderr
    error: that is not the name of database [database] pass --yes [name] if you mean it
    ");
    let session = diesel_strata::connect(&missing.url()).unwrap();
    let yes = ["database", "drop", "--yes", &missing.name];
    assert_shown!(&mut missing.strata(&yes), @"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    error: database [database] is in use: 1 session is in it; end them, or have them ended with --force
    ");
    assert!(missing.exists());
    missing.strata(&yes).arg("--force").assert().success();
    drop(session);
    assert!(!missing.exists());
    assert_shown!(&mut missing.strata(&["database", "drop"]), @"
    exit 0
    --- stdout
    it is not there: database [database]
    --- stderr
    (nothing)
    ");
}

#[test]
fn reset_builds_a_database_anew() {
    let missing = Missing::new();
    missing.strata(&["migrate", "--create", "-q"]).assert().success();
    let mut conn = diesel_strata::connect(&missing.url()).unwrap();
    execute(&mut conn, "CREATE TABLE stray (id int)");
    drop(conn);
    missing.strata(&["database", "reset"]).assert().code(2);
    assert_shown!(&mut missing.strata(&["database", "reset", "--yes", &missing.name]), @"
    exit 0
    --- stdout
      001_A [time]
      002_B [time]
    reset to 2 migrations in [time]: database [database]
    --- stderr
    (nothing)
    ");
    let conn = &mut diesel_strata::connect(&missing.url()).unwrap();
    assert_eq!(number(conn, "SELECT count(*) FROM pg_class WHERE relname = 'stray'"), 0);
    assert_eq!(number(conn, "SELECT count(*) FROM __migrations"), 2);
}

/// A project of Cargo's without a URL, and so with a private server.
fn private() -> (tempfile::TempDir, impl Fn(&[&str]) -> Command) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("migrations")).unwrap();
    fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"app\"\n").unwrap();
    for (file, text) in FILES {
        fs::write(folder.path().join(file), text).unwrap();
    }
    let path = folder.path().to_owned();
    let run = move |arguments: &[&str]| {
        let mut command = strata();
        command.current_dir(&path).args(arguments);
        command
    };
    (folder, run)
}

#[test]
fn on_the_private_server_nobody_is_asked() {
    let (folder, strata) = private();
    strata(&["server", "start"]).assert().success();
    strata(&["migrate", "-q"]).assert().success();
    let query = |sql: &str| said(&mut strata(&["server", "psql", "--", "-Atqc", sql]));
    query("CREATE TABLE stray (id int); INSERT INTO a VALUES (1)");
    let text = said(&mut strata(&["database", "reset"]));
    assert!(text.contains("reset to 2 migrations in"), "{text}");
    assert_eq!(query("SELECT count(*) FROM a").trim(), "0");
    assert_eq!(query("SELECT count(*) FROM pg_class WHERE relname = 'stray'").trim(), "0");

    let write = |text: &str| fs::write(folder.path().join("migrations/002_B.sql"), text).unwrap();
    write("CREATE TABLE b (id int PRIMARY KEY, name text);");
    let text = said(&mut strata(&["redo"]));
    assert!(text.contains("002_B once more in"), "{text}");
    assert!(fs::read_to_string(folder.path().join("schema.rs")).unwrap().contains("name -> "));
    assert_eq!(query("SELECT count(name) FROM b").trim(), "0");

    // A migration that fails leaves the database as it was.
    write("CREATE TABLE b (id int PRIMARY KEY, name wrong);");
    query("INSERT INTO a VALUES (1)");
    let text = said(&mut strata(&["database", "reset"]));
    assert!(text.contains("migrations/002_B.sql:1:42"), "{text}");
    assert_eq!(query("SELECT count(*) FROM a").trim(), "1");

    write("CREATE TABLE b (id int PRIMARY KEY);");
    strata(&["database", "drop"]).assert().success();
    let text = said(&mut strata(&["status"]));
    assert!(text.contains("`database create` creates it"), "{text}");
    strata(&["database", "create"]).assert().success();
    strata(&["migrate", "-q"]).assert().success();
    strata(&["server", "remove", "--yes"]).assert().success();
}

#[test]
fn redo_is_for_the_private_server() {
    let project = Project::new(&FILES);
    project.strata(&["migrate", "-q"]).assert().success();
    assert_shown!(&mut project.strata(&["redo"]), @"
    exit 2
    --- stdout
    (nothing)
    --- stderr
    error: redo is for development, on the private server; on database [database] write the next migration
    ");
}

#[test]
fn waiting_has_an_end() {
    let missing = Missing::new();
    assert_shown!(&mut missing.project.strata(&["database", "wait"]), @"
    exit 0
    --- stdout
    up after [time]: database [database]
    --- stderr
    (nothing)
    ");
    assert_shown!(&mut missing.strata(&["database", "wait"]), @"
    exit 0
    --- stdout
    the server is up after [time]; there is no database [database] `database create` creates it
    --- stderr
    (nothing)
    ");
    let mut nobody = missing.strata(&["database", "wait", "--timeout", "1"]);
    nobody.env("DATABASE_URL", "postgres://127.0.0.1:1/app");
    assert_shown!(&mut nobody, @r#"
    exit 1
    --- stdout
    (nothing)
    --- stderr
    note: waiting for database app at 127.0.0.1, port 1
    error: cannot connect to database app at 127.0.0.1, port 1: connection to server at "127.0.0.1", port 1 failed: Connection refused
           Is the server running on that host and accepting TCP/IP connections?
    "#);
}
