//! Numbers in words.

use std::time::Duration;

/// `1 migration`, `2 migrations`.
pub(crate) fn migrations(number: usize) -> String {
    format!("{number} migration{}", if number == 1 { "" } else { "s" })
}

/// A time in three digits or so, with its unit.
pub(crate) fn time(time: Duration) -> String {
    match time.as_millis() {
        0 => "1 ms".to_owned(),
        ms @ 1..1_000 => format!("{ms} ms"),
        ms @ 1_000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        ms => format!("{} min {} s", ms / 60_000, ms / 1000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_the_unit_that_fits() {
        for (ms, words) in [(0, "1 ms"), (999, "999 ms"), (1_250, "1.2 s"), (125_000, "2 min 5 s")]
        {
            assert_eq!(time(Duration::from_millis(ms)), words);
        }
    }
}
