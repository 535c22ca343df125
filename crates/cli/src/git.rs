//! What git says of a folder of migrations.

use std::path::Path;
use std::process::Command;

use strata_sequence::sum::{SUM_FILE, Sum};

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

/// The names of the migrations that `folder` had where this branch left `rev`: those of the sum
/// file, or of the files where there was none.
pub(crate) fn names_at(folder: &Path, rev: &str) -> Result<Vec<String>, CliError> {
    let base = merge_base(folder, rev)?;
    let sum = text_at(folder, &base, SUM_FILE).and_then(|text| Sum::parse(&text).ok());
    if let Some(sum) = sum {
        return Ok(sum.lines().iter().map(|line| line.name.as_str().to_owned()).collect());
    }
    Ok(files_at(folder, &base))
}

/// The names of the migrations that `folder` has at `rev`.
pub(crate) fn files_at(folder: &Path, rev: &str) -> Vec<String> {
    let files = git(folder, &["ls-tree", "--name-only", "-z", rev, "./"]).unwrap_or_default();
    let stem =
        |file: &str| Some(file.strip_suffix(".sql").or(file.strip_suffix(".rs"))?.to_owned());
    files.split('\0').filter_map(stem).collect()
}

/// What `file` of `folder` is at the commit that `rev` names; none where it is not there.
pub(crate) fn text_at(folder: &Path, rev: &str, file: &str) -> Option<String> {
    git(folder, &["show", &format!("{rev}:./{file}")])
}

/// Whether `folder` is in a working tree of git's.
pub(crate) fn is_work_tree(folder: &Path) -> bool {
    git(folder, &["rev-parse", "--is-inside-work-tree"]).is_some_and(|yes| yes.trim() == "true")
}

/// What git prints; none where it fails, or there is no git.
fn git(folder: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
