//! `status` of few and of many migrations, in a wide terminal and in a narrow one.

use strata_test_support::execute;

use crate::support::{Project, assert_shown, said};

#[test]
fn a_description_has_room_and_does_not_repeat_the_name() {
    let project = Project::new(&[
        (
            "migrations/001_InitialSchema.sql",
            "-- Migration 1: InitialSchema\n-- Purpose: Users, clients and campaigns, and who may see which of them.\nSELECT 1;",
        ),
        ("migrations/002_AddLeadScore.sql", "-- 002_AddLeadScore\n--\n-- Scores; é.\nSELECT 1;"),
        ("migrations/003_None.sql", "SELECT 1;"),
        (
            "migrations/004_ANameThatIsLongerThanAnybodyWouldEverWantToType.sql",
            "-- What it is for.\nSELECT 1;",
        ),
    ]);
    project.strata(&["migrate", "--to", "2", "-q"]).assert().success();
    assert_shown!(project.strata(&["status"]).env("COLUMNS", "80"), @"
    exit 0
    --- stdout
      001_InitialSchema               applied  [when]  Users, clients and…
      002_AddLeadScore                applied  [when]  Scores; é.
      003_None                        pending
      004_ANameThatIsLongerThanAnybodyWouldEverWantToType  pending  What it is for.
    2 applied, 2 pending: database [database]
    --- stderr
    (nothing)
    ");
    let text = said(project.strata(&["status"]).env("COLUMNS", "80"));
    let table = text.lines().filter(|line| line.starts_with("  ") && !line.contains("ANameThat"));
    assert!(table.clone().count() == 3 && table.into_iter().all(|line| line.chars().count() <= 80));
}

#[test]
fn what_is_applied_is_folded_where_it_is_much() {
    let project = Project::new(&[("migrations/286_New.sql", "-- Next.\nSELECT 1;")]);
    for number in (1..=285).filter(|number| *number != 120) {
        project.write(&format!("migrations/{number:03}_M.sql"), "SELECT 1;");
    }
    project.strata(&["migrate", "--to", "285", "-q"]).assert().success();
    project.write("migrations/120_Late.sql", "SELECT 1;");
    let conn = &mut project.database.conn();
    execute(conn, "INSERT INTO __migrations (migration_name) VALUES ('150_Unknown')");
    assert_shown!(&mut project.strata(&["status"]), @"
    exit 0
    --- stdout
      … 119 applied
      120_Late     pending
      … 30 applied
      150_Unknown  unknown  [when]
      … 132 applied
      283_M        applied  [when]
      284_M        applied  [when]
      285_M        applied  [when]
      286_New      pending  Next.
    284 applied, 2 pending, 1 unknown (--all lists them): database [database]
    --- stderr
    (nothing)
    ");
    assert_shown!(&mut project.strata(&["status", "--pending"]), @"
    exit 0
    --- stdout
      120_Late  pending
      286_New   pending  Next.
    284 applied, 2 pending, 1 unknown: database [database]
    --- stderr
    (nothing)
    ");
    let all = said(&mut project.strata(&["status", "--all"]));
    assert_eq!(all.lines().count(), 288, "{all}");
    let json = said(&mut project.strata(&["status", "--format", "json"]));
    assert_eq!(json.matches("\"state\"").count(), 287);
    let json = said(&mut project.strata(&["status", "--format", "json", "--pending"]));
    assert_eq!(json.matches("\"state\"").count(), 2);
}

#[test]
fn the_ledgers_own_name_is_shown_where_it_is_another_one() {
    let project = Project::new(&[
        ("migrations/001_A.sql", "SELECT 1;"),
        ("migrations/015_AddTables.sql", "-- strata: formerly 015_Tables\nSELECT 1;"),
    ]);
    let conn = &mut project.database.conn();
    execute(
        conn,
        "CREATE TABLE __migrations (id serial, migration_name text, applied_at timestamp DEFAULT now())",
    );
    execute(conn, "INSERT INTO __migrations (migration_name) VALUES ('001_A.sql'), ('015_Tables')");
    assert_shown!(&mut project.strata(&["status"]), @"
    exit 0
    --- stdout
      001_A          applied  [when]
      015_AddTables  applied  [when]  as 015_Tables
    2 applied: database [database]
    --- stderr
    (nothing)
    ");
    let json = said(&mut project.strata(&["status", "--format", "json"]));
    assert!(json.contains(r#""recorded":"001_A.sql""#), "{json}");
    assert!(json.contains(r#""recorded":"015_Tables""#), "{json}");
}

#[test]
fn what_is_pending_above_a_target_is_said() {
    let project = Project::new(&[("migrations/003_C.sql", "SELECT 1;")]);
    for name in ["004_D", "005_E"] {
        project.write(&format!("migrations/{name}.sql"), "SELECT 1;");
    }
    project.strata(&["migrate", "--to", "3", "-q"]).assert().success();
    assert_shown!(&mut project.strata(&["migrate", "--to", "3"]), @"
    exit 0
    --- stdout
    nothing is pending up to there: database [database]
    still pending above that: 004_D, 005_E
    --- stderr
    (nothing)
    ");
}
