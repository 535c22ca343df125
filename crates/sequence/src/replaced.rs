//! What a squash stands for, and under which names ledgers have it.

use crate::{MigrationName, Problem};

/// A migration that a squash replaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// Its name.
    pub name: String,
    /// What answers for it where a ledger does not have its name: names that a ledger has all of.
    pub stands_for: Vec<Vec<String>>,
}

/// The migrations in `value`: `001_A, 002_B = 2_Old, 003_C = 001_X + 002_Y`. A name may come
/// several times, each with something else that answers for it.
pub(crate) fn replaced(key: &str, value: &str) -> Result<Vec<Replaced>, Problem> {
    let wanted = "names of migrations without extension, separated by commas, each perhaps with a \
                  former name (`NAME = OTHER`) or what it was squashed from (`NAME = A + B`)";
    let wrong = || Problem::directive_value(key, value, wanted);
    let mut all: Vec<Replaced> = Vec::new();
    for item in value.split(',') {
        let (name, other) = item.split_once('=').map_or((item, None), |(a, b)| (a, Some(b)));
        let name = MigrationName::parse(name.trim()).map_err(|_| wrong())?;
        let other = other.map(|other| other.split('+').map(|part| part.trim().to_owned()));
        let other = other.map(Iterator::collect::<Vec<_>>);
        if other.iter().flatten().any(String::is_empty) {
            return Err(wrong());
        }
        add(&mut all, Replaced { name: name.to_string(), stands_for: other.into_iter().collect() });
    }
    Ok(all)
}

/// Adds `new` to `all`, once for each name.
pub(crate) fn add(all: &mut Vec<Replaced>, new: Replaced) {
    match all.iter_mut().find(|replaced| replaced.name == new.name) {
        Some(replaced) => replaced.stands_for.extend(new.stands_for),
        None => all.push(new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> Vec<(String, Vec<Vec<String>>)> {
        let all = replaced("replaces", value).unwrap();
        all.into_iter().map(|replaced| (replaced.name, replaced.stands_for)).collect()
    }

    #[test]
    fn a_name_may_have_others_that_answer_for_it() {
        let others = |others: &[&[&str]]| -> Vec<Vec<String>> {
            others.iter().map(|all| all.iter().map(|name| (*name).to_owned()).collect()).collect()
        };
        assert_eq!(
            shown("001_A,002_B"),
            [("001_A".to_owned(), others(&[])), ("002_B".to_owned(), others(&[])),]
        );
        assert_eq!(
            shown("003_C = 3_Old.sql, 003_C=001_A + 002_B"),
            [("003_C".to_owned(), others(&[&["3_Old.sql"], &["001_A", "002_B"]])),]
        );
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for value in ["", "one", "001_A,", "001_A =", "001_A = +", "001_A = 001_B +", "= 001_A"] {
            let problem = replaced("replaces", value).unwrap_err().to_string();
            assert!(
                problem.contains("names of migrations without extension"),
                "{value}: {problem}"
            );
        }
    }
}
