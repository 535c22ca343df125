//! `strata.sum`: what each migration was when it was new, a line a migration.
//!
//! Two branches that each add a migration add a line at the same place, so that git shows the
//! conflict instead of letting both have one number.

mod digest;
pub(crate) mod line;

use std::collections::HashMap;
use std::path::Path;

use crate::error::SequenceError;
use crate::folder::{MigrationFile, read_header};

pub use digest::digest;
pub use line::{SumLine, SumProblem};

/// The name of the file, in the folder of migrations.
pub const SUM_FILE: &str = "strata.sum";

const HEAD: &str = "# What each migration was when it was new. Kept by `strata new` and `strata \
                    migrate`; commit it.\n";

/// The lines of a sum file, in the order of the sequence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sum {
    lines: Vec<SumLine>,
}

/// How a folder differs from its sum file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Deviation {
    /// A migration has no line.
    New(SumLine),
    /// A migration has another text than it had, as its second line says.
    Edited(SumLine, SumLine),
    /// A migration has another name, as its second line says, and the same text.
    Renamed(SumLine, SumLine),
    /// The same, and only the number is another one.
    Renumbered(SumLine, SumLine),
    /// A line has no migration, and no other migration stands for it.
    Removed(SumLine),
}

impl Deviation {
    /// The name of the migration that is meant, as the sum file has it.
    pub fn name(&self) -> &str {
        match self {
            Self::New(line)
            | Self::Removed(line)
            | Self::Edited(line, _)
            | Self::Renamed(line, _)
            | Self::Renumbered(line, _) => line.name.as_str(),
        }
    }
}

impl Sum {
    /// The sum file in `text`.
    ///
    /// # Errors
    ///
    /// The number of the first line, from 1, that is not one, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, (usize, SumProblem)> {
        let text = text.trim_start_matches('\u{feff}');
        let meant = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let lines =
            meant.map(|(index, line)| SumLine::parse(line).map_err(|problem| (index + 1, problem)));
        Ok(Self { lines: lines.collect::<Result<_, _>>()? })
    }

    /// What the sum file of these migrations is.
    ///
    /// # Errors
    ///
    /// A file, or one that it includes, cannot be read.
    pub fn of(files: &[MigrationFile]) -> Result<Self, SequenceError> {
        let lines = files.iter().map(|file| {
            let digest = digest(&file.path, file.kind)?;
            Ok(SumLine { name: file.name.clone(), kind: file.kind, digest })
        });
        Ok(Self { lines: lines.collect::<Result<_, SequenceError>>()? })
    }

    /// The text of the file.
    pub fn to_text(&self) -> String {
        let lines = self.lines.iter().map(|line| format!("{line}\n"));
        std::iter::once(HEAD.to_owned()).chain(lines).collect()
    }

    /// The lines.
    pub fn lines(&self) -> &[SumLine] {
        &self.lines
    }

    /// The line of the migration `name`.
    pub fn line(&self, name: &str) -> Option<&SumLine> {
        self.lines.iter().find(|line| line.name.as_str() == name)
    }

    /// Puts `line` in the place of the one that has its name, or adds it.
    pub fn set(&mut self, line: SumLine) {
        self.remove(line.name.as_str());
        self.lines.push(line);
        self.lines.sort_by(|a, b| a.name.cmp(&b.name));
    }

    /// Takes the line of the migration `name` out.
    pub fn remove(&mut self, name: &str) {
        self.lines.retain(|line| line.name.as_str() != name);
    }

    /// How the folder with these files differs. A name that a file says it was called or stands
    /// for (`formerly`, `replaces`) is accounted for.
    ///
    /// # Errors
    ///
    /// A file, or one that it includes, cannot be read.
    pub fn deviations(&self, files: &[MigrationFile]) -> Result<Vec<Deviation>, SequenceError> {
        let now = Self::of(files)?;
        let mut answered = HashMap::new();
        for file in files {
            let header = read_header(&file.path, file.kind)?;
            for name in header.formerly.into_iter().chain(header.replaces) {
                answered.insert(name, ());
            }
        }
        let mut deviations: Vec<_> =
            self.lines.iter().filter_map(|line| of_line(line, self, &now, &answered)).collect();
        let explained = |line: &&SumLine| {
            deviations.iter().any(|deviation| match deviation {
                Deviation::Renamed(_, new) | Deviation::Renumbered(_, new) => new.name == line.name,
                _ => false,
            })
        };
        let unknown = now.lines.iter().filter(|line| self.line(line.name.as_str()).is_none());
        let new: Vec<_> = unknown.filter(|line| !explained(line)).cloned().collect();
        deviations.extend(new.into_iter().map(Deviation::New));
        Ok(deviations)
    }
}

fn of_line(
    line: &SumLine,
    before: &Sum,
    now: &Sum,
    answered: &HashMap<String, ()>,
) -> Option<Deviation> {
    let name = line.name.as_str();
    if let Some(same) = now.line(name) {
        let edited = same != line;
        return edited.then(|| Deviation::Edited(line.clone(), same.clone()));
    }
    if answered.contains_key(name) {
        return None;
    }
    let moved = now
        .lines
        .iter()
        .find(|other| other.digest == line.digest && before.line(other.name.as_str()).is_none());
    Some(match moved {
        Some(other) if other.words() == line.words() => {
            Deviation::Renumbered(line.clone(), other.clone())
        }
        Some(other) => Deviation::Renamed(line.clone(), other.clone()),
        None => Deviation::Removed(line.clone()),
    })
}

/// The sum file of `folder`; none where there is none.
///
/// # Errors
///
/// It cannot be read, or a line of it is none.
pub fn read_sum(folder: &Path) -> Result<Option<Sum>, SequenceError> {
    let path = folder.join(SUM_FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(SequenceError::Read { path, source }),
    };
    let sum =
        Sum::parse(&text).map_err(|(line, problem)| SequenceError::Sum { path, line, problem })?;
    Ok(Some(sum))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::folder::list_folder;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn sum(folder: &Path) -> Sum {
        Sum::of(&list_folder(folder).unwrap()).unwrap()
    }

    /// What each deviation is called, and of what.
    fn deviations(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<String> {
        let sum = sum(folder(before).path());
        let after = folder(after);
        let files = list_folder(after.path()).unwrap();
        let told = sum.deviations(&files).unwrap().into_iter().map(|deviation| match deviation {
            Deviation::New(line) => format!("new {}", line.name),
            Deviation::Edited(line, _) => format!("edited {}", line.name),
            Deviation::Renamed(old, new) => format!("renamed {} {}", old.name, new.name),
            Deviation::Renumbered(old, new) => format!("renumbered {} {}", old.name, new.name),
            Deviation::Removed(line) => format!("removed {}", line.name),
        });
        told.collect()
    }

    #[test]
    fn a_sum_file_is_read_as_it_was_written() {
        let folder =
            folder(&[("001_A.sql", "SELECT 'é'"), ("015_B.rs", "fn x() {}"), ("004_C.sql", "x")]);
        let sum = sum(folder.path());
        let text = sum.to_text();
        assert_eq!(Sum::parse(&text), Ok(sum.clone()));
        assert_eq!(Sum::parse(&format!("\u{feff}{}", text.replace('\n', "\r\n"))), Ok(sum));
        let lines: Vec<_> = text.lines().map(|line| line.rsplit_once(' ').unwrap().0).collect();
        assert_eq!(lines[1..], ["001 001_A sql", "004 004_C sql", "015 015_B rust"]);
    }

    #[test]
    fn each_way_to_differ_has_its_name() {
        let before = [("001_A.sql", "a"), ("002_B.sql", "b")];
        for (after, expected) in [
            (vec![("001_A.sql", "\u{feff}a"), ("002_B.sql", "b")], vec![]),
            (vec![("001_A.sql", "a"), ("002_B.sql", "b"), ("003_C.sql", "c")], vec!["new 003_C"]),
            (vec![("001_A.sql", "a2"), ("002_B.sql", "b")], vec!["edited 001_A"]),
            (vec![("001_A.sql", "a"), ("002_C.sql", "b")], vec!["renamed 002_B 002_C"]),
            (vec![("001_A.sql", "a"), ("005_B.sql", "b")], vec!["renumbered 002_B 005_B"]),
            (vec![("001_A.sql", "a")], vec!["removed 002_B"]),
            (
                vec![("001_A.sql", "a"), ("005_B.sql", "-- strata: formerly 002_B\nb")],
                vec!["new 005_B"],
            ),
            (vec![("003_S.sql", "-- strata: replaces 001_A, 002_B\nab")], vec!["new 003_S"]),
        ] {
            assert_eq!(deviations(&before, &after), expected, "{after:?}");
        }
    }

    #[test]
    fn a_merge_that_was_left_half_done_is_told_so() {
        let text = "001 001_A sql 1:aa\n<<<<<<< HEAD\n";
        let (line, problem) = Sum::parse(text).unwrap_err();
        assert_eq!(line, 2);
        assert!(problem.to_string().contains("keep both lines"), "{problem}");
        let (line, _) = Sum::parse("# x\n\n001 002_A sql 1:aa").unwrap_err();
        assert_eq!(line, 3);
    }
}
