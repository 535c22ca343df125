//! The commands within an application's own command line.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use diesel_strata::testing::TestDatabase;
use strata_test_support::{folder, recorded};

#[derive(Debug, Parser)]
struct App {
    #[command(flatten)]
    globals: strata_cli::Globals,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve requests.
    Serve,
    #[command(flatten)]
    Database(strata_cli::Command),
}

#[test]
fn they_stand_beside_the_applications() {
    App::command().debug_assert();
    assert!(matches!(App::parse_from(["app", "serve"]).command, Command::Serve));

    let database = TestDatabase::empty();
    let migrations = folder(&[("001_A.sql", "CREATE TABLE a ();")]);
    let app = App::parse_from([
        "app",
        "migrate",
        "--quiet",
        "--no-schema",
        "--database-url",
        &database.url(),
        "--migrations-dir",
        &migrations.path().to_string_lossy(),
    ]);
    let Command::Database(command) = app.command else { panic!("migrate is a command") };
    assert_eq!(strata_cli::run(app.globals, command, None), ExitCode::SUCCESS);
    assert_eq!(recorded(&mut database.conn()), ["001_A"]);
}
