//! `schema.rs` printed by the programs, from the process's start to its end.

use std::env;
use std::path::Path;
use std::process::Command;

use diesel_strata::testing::TestDatabase;

use super::{Section, case};
use crate::linked_tables;
use crate::measure::{Effort, Subject, measure};
use crate::record::{Case, Measured};

pub(super) const SECTION: Section =
    Section { key: "print-schema", title: "`print-schema`", measure: all };

fn all(effort: Effort) -> Vec<Case> {
    let sizes = [(10, 31, "10 tables"), (100, 15, "100 tables"), (1_000, 3, "1,000 tables")];
    sizes
        .map(|(tables, rounds, name)| {
            eprintln!("print-schema, {name}");
            let database = linked_tables::database(tables);
            case(&SECTION, name, of(&database, effort.rounds(rounds)))
        })
        .into()
}

/// Both programs, which must print the same.
fn of(database: &TestDatabase, rounds: usize) -> Vec<Measured> {
    let folder = tempfile::tempdir().unwrap();
    let beside = env::current_exe().unwrap().with_file_name("strata");
    let programs = [("strata", beside.as_path()), ("diesel CLI", Path::new("diesel"))];
    let print = |program: &Path| print(program, &database.url(), folder.path());
    let [ours, theirs] = programs.map(|(_, program)| print(program));
    assert!(ours == theirs, "strata and diesel print different schemas");
    let subjects = programs.map(|(name, program)| {
        Subject::new(name, move |()| {
            print(program);
            0
        })
    });
    measure(rounds, &subjects, || ())
}

fn print(program: &Path, url: &str, folder: &Path) -> Vec<u8> {
    let mut command = Command::new(program);
    command.args(["print-schema", "--database-url", url]).current_dir(folder);
    let output = command.output().unwrap_or_else(|error| {
        panic!("{} does not run: {error}; install diesel_cli 2.3", program.display())
    });
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", program.display());
    output.stdout
}
