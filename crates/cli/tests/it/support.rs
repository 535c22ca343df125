//! The program, as tests run it.

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use diesel_strata::testing::TestDatabase;
use tempfile::TempDir;

/// What would tell the program where to work.
const SETTINGS: [&str; 8] = [
    "DATABASE_URL",
    "TEST_DATABASE_URL",
    "DIESEL_CONFIG_FILE",
    "MIGRATION_DIRECTORY",
    "COLUMNS",
    "RUST_BACKTRACE",
    "CI",
    "STRATA_PRIVATE_SERVER",
];

/// The program `strata`, with nothing from the environment of the test, and in a folder that is in
/// no project.
pub(crate) fn strata() -> Command {
    let mut command = Command::new(program());
    command.current_dir(std::env::temp_dir());
    for name in SETTINGS {
        command.env_remove(name);
    }
    command
}

pub(crate) fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_strata").into()
}

/// A folder with files in it, and an empty database.
pub(crate) struct Project {
    folder: TempDir,
    pub database: TestDatabase,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project =
            Self { folder: tempfile::tempdir().unwrap(), database: TestDatabase::empty() };
        files.iter().for_each(|(file, text)| project.write(file, text));
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[track_caller]
    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap()
    }

    /// The program in this folder, on this database.
    pub(crate) fn strata(&self, arguments: &[&str]) -> Command {
        let mut command = strata();
        command.current_dir(self.path()).env("DATABASE_URL", self.database.url()).args(arguments);
        command
    }
}

/// What a command prints: stdout, then stderr.
pub(crate) fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

/// Exit code, stdout and stderr, with what differs from run to run replaced.
pub(crate) fn shown(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).trim_end().to_owned();
        if text.is_empty() { "(nothing)".to_owned() } else { text }
    };
    format!(
        "exit {}\n--- stdout\n{}\n--- stderr\n{}",
        output.status.code().unwrap_or(-1),
        text(&output.stdout),
        text(&output.stderr)
    )
}

macro_rules! assert_shown {
    ($command:expr, @$expected:literal) => {
        insta::with_settings!({filters => [
            (r"\d+(\.\d+)? m?s\b", "[time]"),
            (r"\d{4}-\d\d-\d\d \d\d:\d\d", "[when]"),
            (r"strata_test_\w+ at [^\s,]+(, port \d+)?", "[database]"),
            (r"strata_test_\w+", "[name]"),
            (r"/tmp/\.tmp\w+", "[folder]"),
            (r" +\[time\]", " [time]"),
        ]}, {
            insta::assert_snapshot!(crate::support::shown($command), @$expected);
        });
    };
}

pub(crate) use assert_shown;
