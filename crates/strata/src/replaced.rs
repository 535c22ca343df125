//! Whether a ledger has what a squash replaces.

use strata_sequence::Replaced;

/// What a ledger says of a squash.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It has nothing of it.
    Nothing,
    /// It has all of it, and this is the last row.
    Whole(usize),
    /// It lacks these, and has others.
    Partly(Vec<String>),
}

/// What a ledger, whose rows `look_up` gives by name, says of a squash that replaces `all`.
pub(crate) fn answer(all: &[Replaced], look_up: &mut dyn FnMut(&str) -> Option<usize>) -> Answer {
    let (mut rows, mut missing) = (Vec::new(), Vec::new());
    // What only says what another one stood for is not asked for by itself.
    let is_part = |name: &str| {
        let others = all.iter().filter(|replaced| replaced.name != name);
        others.flat_map(|replaced| replaced.stands_for.iter().flatten()).any(|part| part == name)
    };
    for replaced in all.iter().filter(|replaced| !is_part(&replaced.name)) {
        one(&replaced.name, all, look_up, &mut rows, &mut missing);
    }
    match rows.iter().max() {
        None => Answer::Nothing,
        Some(last) if missing.is_empty() => Answer::Whole(*last),
        Some(_) => Answer::Partly(missing),
    }
}

/// Adds the rows that answer for `name`, and what is missing where none do.
fn one(
    name: &str,
    all: &[Replaced],
    look_up: &mut dyn FnMut(&str) -> Option<usize>,
    rows: &mut Vec<usize>,
    missing: &mut Vec<String>,
) {
    if let Some(row) = look_up(name) {
        rows.push(row);
        return;
    }
    let others = all.iter().filter(|replaced| replaced.name == name);
    let others = others.flat_map(|replaced| &replaced.stands_for);
    let rest: Vec<_> = all.iter().filter(|replaced| replaced.name != name).cloned().collect();
    let mut nearest = None;
    for names in others {
        let (mut found, mut lacking) = (Vec::new(), Vec::new());
        names.iter().for_each(|name| one(name, &rest, look_up, &mut found, &mut lacking));
        if lacking.is_empty() {
            return rows.extend(found);
        }
        if !found.is_empty() {
            nearest = Some((found, lacking));
        }
    }
    match nearest {
        Some((found, lacking)) => {
            rows.extend(found);
            missing.extend(lacking);
        }
        None => missing.push(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use strata_sequence::{Kind, parse_header};

    use super::*;

    fn answered(replaces: &str, rows: &[&str]) -> Answer {
        let text = format!("-- strata: replaces {replaces}");
        let header = parse_header(&text, Kind::Sql).unwrap();
        answer(&header.replaced, &mut |name| rows.iter().position(|row| *row == name))
    }

    #[test]
    fn a_name_is_answered_by_every_name_that_it_ever_had() {
        for (replaces, rows, expected) in [
            ("001_A, 002_B", &[][..], Answer::Nothing),
            ("001_A, 002_B", &["002_B", "001_A"], Answer::Whole(1)),
            ("001_A, 002_B", &["001_A"], Answer::Partly(vec!["002_B".to_owned()])),
            ("001_A = 1_Old, 002_B", &["1_Old", "002_B"], Answer::Whole(1)),
            ("001_A = 1_Old, 001_A = 1_Older", &["1_Older"], Answer::Whole(0)),
        ] {
            assert_eq!(answered(replaces, rows), expected, "{replaces} {rows:?}");
        }
    }

    #[test]
    fn a_squash_of_a_squash_is_answered_by_what_that_stood_for() {
        let replaces = "003_S = 001_A + 002_B, 004_C, 001_A = 1_Old";
        for (rows, expected) in [
            (&["003_S", "004_C"][..], Answer::Whole(1)),
            (&["001_A", "002_B", "004_C"], Answer::Whole(2)),
            (&["1_Old", "002_B", "004_C"], Answer::Whole(2)),
            (&["1_Old", "002_B"], Answer::Partly(vec!["004_C".to_owned()])),
            (&["001_A", "004_C"], Answer::Partly(vec!["002_B".to_owned()])),
            (&["004_C"], Answer::Partly(vec!["003_S".to_owned()])),
            (&[], Answer::Nothing),
        ] {
            assert_eq!(answered(replaces, rows), expected, "{rows:?}");
        }
    }

    #[test]
    fn names_that_answer_for_one_another_do_not_go_round() {
        assert_eq!(answered("001_A = 002_B, 002_B = 001_A", &[]), Answer::Nothing);
    }
}
