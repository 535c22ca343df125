//! What git says of a folder of migrations.

use std::path::Path;
use std::process::Command;

use crate::error::CliError;

/// The branch that others go to, where `folder` is in a repository that has one.
pub(crate) fn main_branch(folder: &Path) -> Option<String> {
    let candidates = ["origin/HEAD", "origin/main", "origin/master", "main", "master"];
    let exists = |rev: &str| {
        let commit = format!("{rev}^{{commit}}");
        git(folder, &["rev-parse", "--verify", "--quiet", &commit]).is_some()
    };
    candidates.into_iter().find(|rev| exists(rev)).map(str::to_owned)
}

/// The commit at which this branch left `rev`.
fn merge_base(folder: &Path, rev: &str) -> Result<String, CliError> {
    let base = git(folder, &["merge-base", "HEAD", rev]);
    base.map(|base| base.trim().to_owned()).ok_or_else(|| {
        CliError::Usage(format!(
            "git knows no commit that {rev} and this branch have in common; fetch {rev} with its \
             history, or pass --all"
        ))
    })
}

/// The names of the migrations that `folder` had where this branch left `rev`.
pub(crate) fn names_at(folder: &Path, rev: &str) -> Result<Vec<String>, CliError> {
    let base = merge_base(folder, rev)?;
    let files = git(folder, &["ls-tree", "--name-only", "-z", &base, "./"]).unwrap_or_default();
    let stem =
        |file: &str| Some(file.strip_suffix(".sql").or(file.strip_suffix(".rs"))?.to_owned());
    Ok(files.split('\0').filter_map(stem).collect())
}

/// What git prints; none where it fails, or there is no git.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
