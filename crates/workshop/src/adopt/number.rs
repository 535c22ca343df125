//! Their numbers to ours.

use strata_sequence::{MAX_NAME_LENGTH, MigrationName};

use crate::adopt::theirs::Theirs;

/// What became of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Numbering {
    /// They are kept, with zeros in front where they have fewer than three digits.
    Kept,
    /// They are timestamps of several lengths, which their tool orders as text: the shorter ones
    /// have zeros behind them now, so that they keep that order as numbers.
    Padded,
    /// They do not give their tool's order as numbers, or are none: ours count from 1.
    Counted,
}

/// Digits of a number that is a time rather than a count.
const TIMESTAMP: usize = 12;

/// The names that `migrations` get, in their order.
pub(crate) fn names(migrations: &[Theirs]) -> (Numbering, Vec<MigrationName>) {
    let digits: Vec<_> = migrations.iter().map(|theirs| theirs.digits.clone()).collect();
    let ways = [
        (Numbering::Kept, kept(&digits)),
        (Numbering::Padded, padded(&digits)),
        (Numbering::Counted, Some(counted(digits.len()))),
    ];
    for (numbering, numbers) in ways {
        let named = numbers.and_then(|numbers| named(migrations, &numbers));
        if let Some(names) = named {
            return (numbering, names);
        }
    }
    (Numbering::Counted, Vec::new())
}

/// A name for each, if the numbers rise and the names are names.
fn named(migrations: &[Theirs], numbers: &[String]) -> Option<Vec<MigrationName>> {
    let name = |(theirs, number): (&Theirs, &String)| {
        let words: String = words(&theirs.words).chars().take(MAX_NAME_LENGTH - 25).collect();
        MigrationName::parse(&format!("{number:0>3}_{words}")).ok()
    };
    let names: Vec<_> = migrations.iter().zip(numbers).map(name).collect::<Option<_>>()?;
    names.is_sorted_by(|a, b| a.number() < b.number()).then_some(names)
}

/// Their own numbers; what has none, behind all that have one, counts on from the last.
fn kept(digits: &[Option<String>]) -> Option<Vec<String>> {
    let mut last = 0_u64;
    let number = |digits: &Option<String>| {
        let text = match digits {
            Some(digits) => digits.clone(),
            None => last.checked_add(1)?.to_string(),
        };
        last = text.parse().ok()?;
        Some(text)
    };
    digits.iter().map(number).collect()
}

/// Timestamps, all as long as the longest.
fn padded(digits: &[Option<String>]) -> Option<Vec<String>> {
    let digits: Vec<_> = digits.iter().map(Option::as_ref).collect::<Option<_>>()?;
    let longest = digits.iter().map(|digits| digits.len()).max()?;
    digits
        .iter()
        .all(|digits| digits.len() >= TIMESTAMP)
        .then(|| digits.iter().map(|digits| format!("{digits:0<longest$}")).collect())
}

fn counted(count: usize) -> Vec<String> {
    let width = count.to_string().len().max(3);
    (1..=count).map(|number| format!("{number:0width$}")).collect()
}

/// `words` as a migration's name may hold them.
fn words(words: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || c == '-' { c } else { '_' };
    let plain: String = words.trim().chars().map(plain).collect();
    let plain = plain.trim_matches('_');
    if plain.is_empty() { "migration".to_owned() } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(names_: &[(&str, &str)]) -> (Numbering, Vec<String>) {
        let theirs = |(digits, words): &(&str, &str)| Theirs {
            digits: Some((*digits).to_owned()).filter(|digits| !digits.is_empty()),
            words: (*words).to_owned(),
            ..Theirs::default()
        };
        let theirs: Vec<_> = names_.iter().map(theirs).collect();
        let (numbering, names) = names(&theirs);
        (numbering, names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn numbers_that_give_the_order_are_kept() {
        let (numbering, names) = given(&[("1", "a"), ("02", "b c"), ("010", "größe"), ("", "r.x")]);
        assert_eq!(numbering, Numbering::Kept);
        assert_eq!(names, ["001_a", "002_b_c", "010_größe", "011_r_x"]);
        let (_, names) = given(&[("00000000000000", "setup"), ("20240101000000", "")]);
        assert_eq!(names, ["00000000000000_setup", "20240101000000_migration"]);
    }

    #[test]
    fn timestamps_of_two_lengths_keep_their_order_as_text() {
        let (numbering, names) =
            given(&[("20230101000000", "a"), ("202302010000000000", "b"), ("20230301000000", "c")]);
        assert_eq!(numbering, Numbering::Padded);
        assert_eq!(names, ["202301010000000000_a", "202302010000000000_b", "202303010000000000_c"]);
    }

    #[test]
    fn whatever_else_is_counted() {
        for digits in [["1", "10", "9"], ["1", "", "2"], ["2", "1", "3"], ["1", "1", "2"]] {
            let names: Vec<_> = digits.iter().map(|digits| (*digits, "x")).collect();
            let expected = ["001_x", "002_x", "003_x"].map(str::to_owned).into();
            assert_eq!(given(&names), (Numbering::Counted, expected));
        }
        let (_, names) = given(&[("99999999999999999999", "x")]);
        assert_eq!(names, ["001_x"]);
    }
}
