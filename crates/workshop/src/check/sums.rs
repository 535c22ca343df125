//! The sum file: whether the migrations are what they were when they were new.

use std::path::Path;

use strata_sequence::sum::{Deviation, SUM_FILE, read_sum};
use strata_sequence::{MigrationFile, SequenceError, list_folder};
use strata_sql::Position;

use super::finding::Finding;

/// What there is to say of the sum file of `folder`; nothing where there is none.
pub(super) fn look(folder: &Path) -> Vec<Finding> {
    let files = list_folder(folder).unwrap_or_default();
    let deviations = match read_sum(folder) {
        Ok(Some(sum)) => sum.deviations(&files),
        Ok(None) => return Vec::new(),
        Err(error) => Err(error),
    };
    match deviations {
        Ok(deviations) => deviations.iter().map(|d| of_deviation(folder, &files, d)).collect(),
        Err(SequenceError::Sum { path, line, problem }) => {
            let position = Position { line, column: 1 };
            vec![finding(&path, position, "refused", problem.to_string())]
        }
        // What else cannot be read is told of the files themselves.
        Err(_) => Vec::new(),
    }
}

fn of_deviation(folder: &Path, files: &[MigrationFile], deviation: &Deviation) -> Finding {
    let sum = folder.join(SUM_FILE);
    let (name, rule, message) = match deviation {
        Deviation::New(line) => (
            line.name.as_str(),
            "migration-not-in-sum",
            format!("{} has no line in {SUM_FILE}; run `strata sum`, and commit it", line.name),
        ),
        Deviation::Edited(line, _) => (
            line.name.as_str(),
            "migration-edited",
            format!(
                "{0} is not what its line in {SUM_FILE} says: if it is new, run `strata sum`; if \
                 it has run anywhere that matters, put it back and write a new one, or, if it \
                 comes to the same, run `strata sum --accept {0}`",
                line.name
            ),
        ),
        Deviation::Renamed(old, new) | Deviation::Renumbered(old, new) => (
            new.name.as_str(),
            "migration-renamed",
            format!(
                "{0} is called {1} now, and databases know it by its old name: call it {0} again, \
                 or write `strata: formerly {0}` into its leading comment",
                old.name, new.name
            ),
        ),
        other => (
            "",
            "migration-missing",
            format!(
                "{0} is gone, and new databases lack what it does: put it back, name it in the \
                 `strata: replaces` of a migration that does the same, or run `strata sum \
                 --accept {0}`",
                other.name()
            ),
        ),
    };
    let file = files.iter().find(|file| file.name.as_str() == name);
    finding(file.map_or(&sum, |file| &file.path), START, rule, message)
}

const START: Position = Position { line: 1, column: 1 };

fn finding(file: &Path, position: Position, rule: &'static str, message: String) -> Finding {
    let line = String::new();
    Finding { file: file.to_owned(), position, line, rule, message, way: None }
}
