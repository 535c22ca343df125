//! A sum file and what has to be done to it: lines of what is new follow the files, as a lock file
//! of Cargo's does; lines that are committed stay.

use std::fs;
use std::path::Path;

use strata_sequence::list_folder;
use strata_sequence::sum::{Deviation, SUM_FILE, Sum};

use super::{committed, new_line, read};
use crate::error::CliError;

/// A sum file, as it is to be written.
#[derive(Debug)]
pub(super) struct Kept {
    /// Whether there is one already.
    pub is_there: bool,
    before: Sum,
    sum: Sum,
    left: Vec<Deviation>,
}

impl Kept {
    /// The sum file of `folder`, with what is new followed.
    pub(super) fn read(folder: &Path) -> Result<Self, CliError> {
        let (found, deviations) = read(folder)?;
        let committed = committed(folder);
        let before = found.clone().unwrap_or_default();
        let mut kept =
            Self { is_there: found.is_some(), sum: before.clone(), before, left: Vec::new() };
        kept.drop_answered(folder, &deviations)?;
        for deviation in deviations {
            // Without git, what has a line is taken for committed.
            let is_old = match (&deviation, &committed) {
                (Deviation::New(_), _) => false,
                (_, Some(committed)) => committed.line(deviation.name()).is_some(),
                (_, None) => true,
            };
            match is_old {
                true => kept.left.push(deviation),
                false => kept.follow(&deviation),
            }
        }
        Ok(kept)
    }

    /// Drops the lines that another migration answers for (`formerly`, `replaces`).
    fn drop_answered(&mut self, folder: &Path, deviations: &[Deviation]) -> Result<(), CliError> {
        let files = list_folder(folder)?;
        let is_file = |name: &str| files.iter().any(|file| file.name.as_str() == name);
        let is_told = |name: &str| deviations.iter().any(|deviation| deviation.name() == name);
        let lines = self.before.lines().iter().map(|line| line.name.as_str());
        let answered = lines.filter(|name| !is_file(name) && !is_told(name));
        answered.for_each(|name| self.sum.remove(name));
        Ok(())
    }

    fn follow(&mut self, deviation: &Deviation) {
        if !matches!(deviation, Deviation::New(_)) {
            self.sum.remove(deviation.name());
        }
        if let Some(line) = new_line(deviation) {
            self.sum.set(line.clone());
        }
    }

    /// Follows what has happened to the migration `name` too; says whether anything had.
    pub(super) fn accept(&mut self, name: &str) -> bool {
        let is_it = |deviation: &Deviation| {
            deviation.name() == name
                || new_line(deviation).is_some_and(|line| line.name.as_str() == name)
        };
        let (accepted, left): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.left).into_iter().partition(is_it);
        self.left = left;
        accepted.iter().for_each(|deviation| self.follow(deviation));
        !accepted.is_empty()
    }

    /// What does not hold and stays so.
    pub(super) fn left(&self) -> Vec<Deviation> {
        self.left.clone()
    }

    /// Writes the file if it changes; says whether it did.
    pub(super) fn write(&mut self, folder: &Path) -> Result<bool, CliError> {
        if self.is_there && self.sum == self.before {
            return Ok(false);
        }
        let path = folder.join(SUM_FILE);
        fs::write(&path, self.sum.to_text()).map_err(CliError::io("write", &path))?;
        Ok(true)
    }
}
