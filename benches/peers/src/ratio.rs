//! How subjects stand to the first one, round by round.

use crate::record::{Case, Measured};

/// The middle and the ends of what was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    pub median: f64,
    pub least: f64,
    pub most: f64,
}

impl Spread {
    /// Of at least one value.
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let (least, most) = (values[0], values[values.len() - 1]);
        Self { median: values[values.len() / 2], least, most }
    }
}

/// A subject's seconds.
pub fn seconds(measured: &Measured) -> Spread {
    Spread::of(measured.values.iter().map(|value| value.seconds).collect())
}

/// A subject's ratio to the first of its case, in the same round.
pub fn ratio(case: &Case, measured: &Measured) -> Spread {
    let pairs = measured.values.iter().zip(&case.measured[0].values);
    Spread::of(pairs.map(|(value, first)| value.seconds / first.seconds).collect())
}

/// A ratio to be read: two places below ten, none from there on.
pub fn shown(ratio: f64) -> String {
    if ratio < 9.995 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    #[test]
    fn a_ratio_is_taken_within_its_round() {
        let text = "s\tc\tbare\t1.0\t2.0\t4.0\ns\tc\tstrata\t2.0\t2.0\t2.0\n";
        let case = &Record::from_text(text).cases[0];
        let spread = ratio(case, &case.measured[1]);
        assert_eq!(spread, Spread { median: 1.0, least: 0.5, most: 2.0 });
        assert_eq!(ratio(case, &case.measured[0]).most, 1.0);
    }

    #[test]
    fn a_ratio_has_as_many_places_as_mean_something() {
        assert_eq!([0.154, 9.99, 9.996, 124.4].map(shown), ["0.15", "9.99", "10", "124"]);
    }
}
