//! One line of a sum file.

use std::fmt;

use crate::name::{Kind, MigrationName};

/// What a migration was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SumLine {
    /// Its name.
    pub name: MigrationName,
    /// Its language.
    pub kind: Kind,
    /// What its text was, as [`digest`](super::digest()) says it.
    pub digest: String,
}

/// Why a line of a sum file is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SumProblem {
    /// git left it there.
    #[error(
        "two branches have added a migration, and git could not merge the lines; keep both lines, \
         give one of the migrations another number if they have one, and run `strata sum`"
    )]
    Conflict,
    /// It is no number, name, kind and digest.
    #[error("a line is number, name, kind and digest; take it out, and run `strata sum`")]
    NotALine,
}

impl SumLine {
    pub(super) fn parse(line: &str) -> Result<Self, SumProblem> {
        if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
            return Err(SumProblem::Conflict);
        }
        let words: Vec<_> = line.split_whitespace().collect();
        let [number, name, kind, digest] = words.as_slice() else {
            return Err(SumProblem::NotALine);
        };
        let name = MigrationName::parse(name).map_err(|_| SumProblem::NotALine)?;
        let kind = match *kind {
            "sql" => Kind::Sql,
            "rust" => Kind::Rust,
            _ => return Err(SumProblem::NotALine),
        };
        match number.parse() == Ok(name.number()) && digest.contains(':') {
            true => Ok(Self { name, kind, digest: (*digest).to_owned() }),
            false => Err(SumProblem::NotALine),
        }
    }

    /// The name without its number.
    pub(super) fn words(&self) -> &str {
        self.name.as_str().split_once('_').map_or("", |(_, words)| words)
    }
}

impl fmt::Display for SumLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.name.as_str().split('_').next().unwrap_or_default();
        write!(f, "{digits} {} {} {}", self.name, self.kind.word(), self.digest)
    }
}
