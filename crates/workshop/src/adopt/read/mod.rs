//! What lies in a folder of another tool's: one file a tool.

mod dbmate;
mod diesel;
mod flyway;
mod golang_migrate;
mod goose;
mod refinery;
mod sqlx;
mod variables;

use std::path::Path;

use crate::adopt::error::AdoptError;
use crate::adopt::options::Options;
use crate::adopt::theirs::{Found, Theirs, file_name};
use crate::adopt::tool::Tool;

/// The migrations of `tool`'s in `folder`.
///
/// # Errors
///
/// There are none, two have one version, or a file cannot be read or makes no sense.
pub(crate) fn read(tool: Tool, folder: &Path, options: &Options) -> Result<Found, AdoptError> {
    let mut found = match tool {
        Tool::Diesel => diesel::read(folder, options)?,
        Tool::Sqlx => sqlx::read(folder, options)?,
        Tool::Refinery => refinery::read(folder, options)?,
        Tool::Dbmate => dbmate::read(folder, options)?,
        Tool::Goose => goose::read(folder, options)?,
        Tool::GolangMigrate => golang_migrate::read(folder, options)?,
        Tool::Flyway => flyway::read(folder, options)?,
    };
    found.code.retain(|path| !options.leaves_out(path));
    let mut problems: Vec<_> = found.code.iter().map(|path| code(path)).collect();
    problems.extend(doubles(&found.migrations));
    if !problems.is_empty() {
        return Err(AdoptError::Refused { problems });
    }
    if found.migrations.is_empty() {
        return Err(AdoptError::NothingThere { tool, path: folder.to_owned() });
    }
    Ok(found)
}

fn code(path: &Path) -> String {
    format!(
        "{} is code, which cannot be carried over: pass --leave-out {} and write what it does as a \
         migration of your own",
        path.display(),
        file_name(path)
    )
}

/// Migrations of one version, of which their tool would run one or none.
fn doubles(migrations: &[Theirs]) -> Vec<String> {
    let mut by_key: Vec<_> = migrations.iter().collect();
    by_key.sort_by(|a, b| a.key.cmp(&b.key));
    let pairs = by_key.windows(2).filter(|pair| pair[0].key == pair[1].key);
    let said = |pair: &[&Theirs]| {
        format!(
            "{} and {} have one version, {}: leave one out with --leave-out {}",
            pair[0].path.display(),
            pair[1].path.display(),
            pair[0].key,
            file_name(&pair[1].path)
        )
    };
    pairs.map(said).collect()
}
