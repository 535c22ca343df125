//! Versions as Flyway compares them.

use std::cmp::Ordering;

/// The key of what is repeatable, by its description.
pub(crate) fn repeatable_key(description: &str) -> String {
    format!("R {description}")
}

/// A version such as `1_2` or `1.10`, without zeros that mean nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Version(Vec<String>);

impl Version {
    /// The version in `text`; none where that is no version.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let number = |part: &str| {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then(|| part.trim_start_matches('0').to_owned())
        };
        let mut parts: Vec<_> = text.split(['.', '_']).map(number).collect::<Option<_>>()?;
        while parts.len() > 1 && parts.last().is_some_and(String::is_empty) {
            parts.pop();
        }
        Some(Self(parts))
    }

    /// Its digits, if it is one number.
    pub(crate) fn digits(&self) -> Option<String> {
        match self.0.as_slice() {
            [only] if only.is_empty() => Some("0".to_owned()),
            [only] => Some(only.clone()),
            _ => None,
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |part: &String| if part.is_empty() { "0".to_owned() } else { part.clone() };
        f.write_str(&self.0.iter().map(part).collect::<Vec<_>>().join("."))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        // Without leading zeros a longer number is a larger one; a missing part is nothing.
        let part = |version: &Self, index: usize| version.0.get(index).cloned().unwrap_or_default();
        (0..self.0.len().max(other.0.len()))
            .map(|index| (part(self, index), part(other, index)))
            .map(|(a, b)| a.len().cmp(&b.len()).then_with(|| a.cmp(&b)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_versions_have_one_key() {
        for (a, b) in [("1", "01"), ("1.0", "1"), ("1_2", "1.2"), ("0", "00"), ("1.0.0", "1.0")] {
            assert_eq!(Version::parse(a), Version::parse(b), "{a} {b}");
        }
        assert_eq!(Version::parse("01_10.0").unwrap().to_string(), "1.10");
        assert_eq!(Version::parse("1..2"), None);
        assert_eq!(Version::parse(""), None);
    }
}
