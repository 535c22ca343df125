//! Numbers that are times, and the next of them.

use chrono::{DateTime, NaiveDate, Utc};

/// The time `now` as a number of the kind that `highest` is; none where that is a count.
pub(crate) fn like(highest: u64, now: DateTime<Utc>) -> Option<u64> {
    let digits = highest.to_string();
    let date = digits.get(..8).and_then(|date| NaiveDate::parse_from_str(date, "%Y%m%d").ok());
    let is_date = date.is_some_and(|date| (1970..2200).contains(&chrono::Datelike::year(&date)));
    match digits.len() {
        8.. if is_date => {
            let whole = now.format("%Y%m%d%H%M%S%6f").to_string();
            whole.get(..digits.len())?.parse().ok()
        }
        10 => u64::try_from(now.timestamp()).ok(),
        13 => u64::try_from(now.timestamp_millis()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_followed_by_a_time_of_its_kind_and_a_count_by_none() {
        let now = "2026-02-03T04:05:06.789Z".parse().unwrap();
        for (highest, next) in [
            (20_240_131_235_959, Some(20_260_203_040_506)),
            (202_401_312_359, Some(202_602_030_405)),
            (20_240_131, Some(20_260_203)),
            (2_024_013_101, Some(2_026_020_304)),
            (202_401_312_359_590_000, Some(202_602_030_405_067_890)),
            (1_700_000_000, Some(1_770_091_506)),
            (1_700_000_000_000, Some(1_770_091_506_789)),
            (285, None),
            (99_999_999, None),
            (0, None),
        ] {
            assert_eq!(like(highest, now), next, "{highest}");
        }
    }
}
