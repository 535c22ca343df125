//! Numbers and names of a sequence: those that another branch has taken, and former ones that are
//! none.

use strata_sequence::MigrationName;
use strata_sql::Position;

use super::file::File;
use super::finding::Finding;

/// What there is to say of the names of `files`, where `elsewhere` has been added meanwhile.
pub(super) fn look(files: &[File], elsewhere: &[MigrationName]) -> Vec<Finding> {
    let taken = files.iter().filter_map(|file| taken(file, elsewhere));
    taken.chain(files.iter().flat_map(|file| former(file, files))).collect()
}

fn taken(file: &File, elsewhere: &[MigrationName]) -> Option<Finding> {
    let is_taken =
        |other: &&MigrationName| other.number() == file.name.number() && **other != file.name;
    let other = elsewhere.iter().find(is_taken)?;
    let message = format!(
        "the number {} is taken by {other} on the branch that this one goes to; give this one the \
         next free number",
        file.name.number()
    );
    let start = Position { line: 1, column: 1 };
    Some(file.finding(start, "migration-number-taken", message, None))
}

/// Names that `formerly` and `replaces` give and that are still migrations.
fn former(file: &File, files: &[File]) -> Vec<Finding> {
    let header = &file.header;
    let names = header.formerly.iter().chain(&header.replaces);
    let stem = |name: &str| name.trim_end_matches(".sql").trim_end_matches(".rs").to_owned();
    let still = names.filter(|name| files.iter().any(|file| file.name.as_str() == stem(name)));
    let finding = |name: &String| {
        let message = match stem(name) == file.name.as_str() {
            true => format!("{name} is the name of this migration itself; take it out"),
            false => format!(
                "{name} is a migration that is still here: a database that has it would skip this \
                 one; take the name out, or move that file away"
            ),
        };
        let at = file.text.find(name.as_str()).unwrap_or_default();
        file.finding(Position::of_byte(&file.text, at), "wrong-former-name", message, None)
    };
    still.map(finding).collect()
}
