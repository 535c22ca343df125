//! `--format json`: one object on stdout, however a command ends.

use serde_json::Value;
use strata_test_support::execute;

use crate::support::Project;

fn project() -> Project {
    Project::new(&[
        ("migrations/001_A.sql", "CREATE TABLE a (id int PRIMARY KEY);"),
        ("migrations/002_B.sql", "CREATE TABLE b (id int PRIMARY KEY);"),
        ("diesel.toml", "[print_schema]\nfile = \"schema.rs\"\n"),
    ])
}

/// The one object, and the exit code.
#[track_caller]
fn json(project: &Project, arguments: &[&str]) -> (Value, i32) {
    let output = project.strata(arguments).args(["--format", "json"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), 1, "{arguments:?}: {text}");
    let value: Value = serde_json::from_str(&text).unwrap();
    assert!(value.is_object(), "{arguments:?}: {text}");
    (value, output.status.code().unwrap())
}

#[test]
fn every_command_prints_one_object() {
    let project = project();
    for (arguments, key) in [
        (&["status"][..], "/migrations/0/state"),
        (&["migrate", "--dry-run"], "/pending/1"),
        (&["migrate"], "/applied/1/elapsed_ms"),
        (&["migrate", "--locked-schema"], "/schema/0/changed"),
        (&["migrate", "--verify"], "/applied"),
        (&["status", "--check"], "/migrations/1/recorded"),
        (&["new", "C", "--rust"], "/files/0"),
        (&["print-schema"], "/schemas/0/text"),
        (&["snapshot"], "/snapshot"),
        (&["forget", "002", "--yes"], "/forgotten/0"),
        (&["database", "create"], "/created"),
        (&["database", "wait"], "/waited_ms"),
        (&["sizes"], "/sizes/0/table"),
        (&["sizes", "--write-sizes"], "/written"),
        (&["sum"], "/deviations"),
        (&["check"], "/findings"),
        (&["docs"], ""),
        (&["server", "list"], "/servers"),
    ] {
        let (value, code) = json(&project, arguments);
        assert_eq!(code, 0, "{arguments:?}: {value}");
        assert!(value.pointer(key).is_some(), "{arguments:?}: {value}");
    }
}

#[test]
fn a_run_that_fails_says_what_was_done_and_where_it_failed() {
    let project = project();
    project.write("migrations/003_Bad.sql", "SELECT 'é', wrong;");
    project.write("migrations/004_D.sql", "SELECT 1;");
    let (value, code) = json(&project, &["migrate"]);
    assert_eq!(code, 1, "{value}");
    assert_eq!(value["applied"][1]["name"], "002_B");
    assert_eq!(value["not_run"], 1);
    assert_eq!(value["error"]["migration"], "003_Bad");
    assert_eq!(value["error"]["file"], "migrations/003_Bad.sql");
    assert_eq!((&value["error"]["line"], &value["error"]["column"]), (&1.into(), &13.into()));
    assert_eq!(value["error"]["exit_code"], 1);
    assert!(project.read("schema.rs").contains("b (id)"), "schema.rs fits what was applied");
}

#[test]
fn a_failure_of_any_kind_is_in_the_object() {
    let project = project();
    for (arguments, code, said) in [
        (&["migrate", "--wait", "x"][..], 2, "invalid value 'x'"),
        (&["nonsense"], 2, "nonsense"),
        (&["forget", "9"], 1, "holds no 9"),
        (&["forget", "001"], 2, "--yes"),
        (&["new", "!"], 2, "file name"),
        (&["status", "--migrations-dir", "nowhere"], 1, "nowhere"),
        (&["status", "--database-url", "mysql://h"], 2, "mysql://"),
        (&["migrate", "--to", "9"], 1, "no migration number 9"),
    ] {
        if arguments[0] == "forget" {
            project.strata(&["migrate", "-q"]).assert().success();
        }
        let (value, found) = json(&project, arguments);
        assert_eq!(found, code, "{arguments:?}: {value}");
        let message = value["error"]["message"].as_str().unwrap();
        assert!(message.contains(said), "{arguments:?}: {value}");
        let text = project.strata(arguments).output().unwrap();
        assert_eq!(text.status.code(), Some(code), "the same exit code without JSON");
    }
}

#[test]
fn a_finding_is_no_error_and_has_its_exit_code() {
    let project = project();
    assert_eq!(json(&project, &["status", "--check"]).1, 3);
    json(&project, &["migrate"]);
    execute(&mut project.database.conn(), "ALTER TABLE a ADD c text");
    let (value, code) = json(&project, &["migrate", "--locked-schema"]);
    assert_eq!(code, 3, "{value}");
    assert!(value.get("error").is_none(), "{value}");
    let difference = value["schema"][0]["difference"].as_str().unwrap();
    assert!(difference.contains("+         c -> Nullable<Text>,\n"), "{value}");
}

#[test]
fn a_note_is_in_the_object_too() {
    let project = project();
    project.write("migrations/015_Code.rs", "pub fn up() {}");
    let (value, code) = json(&project, &["new", "C"]);
    assert_eq!((code, &value["files"][0]), (0, &"migrations/003_C.sql".into()));
    assert!(value["notes"][0].as_str().unwrap().contains("--last"), "{value}");
}
