//! Text from outside that would do something to a terminal.

use strata_test_support::execute;

use crate::support::{Project, assert_shown, said};

/// Clears the screen, forges an error, turns a word around.
const HOSTILE: &str = "\u{1b}[2J\r\nerror: all is lost\n\u{202e}lqs.\u{9b}31m";

fn failing() -> Project {
    let raise = format!(
        "DO $$ BEGIN RAISE EXCEPTION '{HOSTILE}' USING DETAIL = '{HOSTILE}', HINT = '{HOSTILE}'; END $$;"
    );
    Project::new(&[("migrations/001_A.sql", "SELECT 1;"), ("migrations/002_B.sql", &raise)])
}

fn is_hostile(text: &str) -> bool {
    text.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\r']) || text.contains("\nerror: all")
}

#[test]
fn a_servers_message_does_nothing_to_a_terminal() {
    let project = failing();
    assert_shown!(&mut project.strata(&["migrate"]), @r#"
    exit 1
    --- stdout
      001_A [time]
    1 migration applied, 1 failed, 0 not run
    --- stderr
    error: migration 002_B failed: \u{1b}[2J
          error: all is lost
          \u{202e}lqs.\u{9b}31m
       --> migrations/002_B.sql:1:1
        |
      1 | DO $$ BEGIN RAISE EXCEPTION '�[2J
        | ^ in statement 1, which begins here
        detail: \u{1b}[2J
          error: all is lost
          \u{202e}lqs.\u{9b}31m
        hint: \u{1b}[2J
          error: all is lost
          \u{202e}lqs.\u{9b}31m
        nothing of it was applied: correct the file and migrate again
    "#);
    let coloured = said(project.strata(&["migrate"]).args(["--color", "always"]));
    assert!(coloured.contains("\u{1b}[31m\u{1b}[1merror:\u{1b}[0m"), "{coloured:?}");
    for ours in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m", "\u{1b}[34m"] {
        assert!(coloured.contains(ours), "{coloured:?}");
    }
    let ours = ["0", "1", "2", "31", "32", "34", "36"].map(|code| format!("\u{1b}[{code}m"));
    let rest = ours.iter().fold(coloured, |text, ours| text.replace(ours.as_str(), ""));
    assert!(!is_hostile(&rest), "{rest:?}");
}

#[test]
fn a_row_of_the_ledger_does_nothing_to_a_terminal() {
    let project = Project::new(&[("migrations/001_A.sql", "SELECT 1;")]);
    project.strata(&["migrate"]).assert().success();
    let conn = &mut project.database.conn();
    execute(conn, &format!("INSERT INTO __migrations (migration_name) VALUES ('{HOSTILE}')"));
    assert_shown!(&mut project.strata(&["status"]), @r#"
    exit 0
    --- stdout
      001_A                                                   applied  [when]
      \u{1b}[2J\r\nerror: all is lost\n\u{202e}lqs.\u{9b}31m  unknown  [when]
    1 applied, 1 unknown: database [database]
    --- stderr
    (nothing)
    "#);
    for command in [&["status", "--format", "json"][..], &["migrate"], &["forget", HOSTILE]] {
        let said = said(&mut project.strata(command));
        assert!(said.contains("all is lost") && !is_hostile(&said), "{said:?}");
    }
}

#[test]
fn a_message_of_megabytes_is_cut_short() {
    let raise = "DO $$ BEGIN RAISE EXCEPTION 'begin% end', repeat(E'no\n', 3000000); END $$;";
    let project = Project::new(&[("migrations/001_A.sql", raise)]);
    for format in ["text", "json"] {
        let said = said(project.strata(&["migrate"]).args(["--format", format]));
        assert!(said.len() < 30_000, "{} bytes", said.len());
        assert!(said.contains("begin") && said.contains("characters left out"), "{said}");
        assert!(said.contains("migrate again"), "what to do is said all the same: {said}");
    }
}
