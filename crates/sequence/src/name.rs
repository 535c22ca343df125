//! The name of a migration: a number, an underscore, words.

use std::cmp::Ordering;
use std::fmt;

/// The longest name of a migration, in characters: a ledger whose column is `VARCHAR(255)` must
/// hold it with its extension.
pub const MAX_NAME_LENGTH: usize = 250;

/// Which language a migration is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A `.sql` file.
    Sql,
    /// A `.rs` file with a function `up`.
    Rust,
}

impl Kind {
    /// The file extension, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Kind::Sql => "sql",
            Kind::Rust => "rs",
        }
    }

    /// The word for it in reports: `sql` or `rust`.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Sql => "sql",
            Kind::Rust => "rust",
        }
    }
}

/// The name of a migration, `001_InitialSchema`: what its file is called, without the extension.
///
/// Names sort by number, as integers, then by the whole name.
///
/// ```
/// use strata_sequence::MigrationName;
///
/// let name = MigrationName::parse("015_AddWebhookEventTables").unwrap();
/// assert_eq!(name.number(), 15);
/// assert!(MigrationName::parse("15_TooFewDigits").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MigrationName {
    number: u64,
    name: String,
}

impl MigrationName {
    /// The name in `name`, which has no extension.
    ///
    /// # Errors
    ///
    /// The rule that the name breaks, as a sentence's end: "… is not a migration's name: {rule}".
    pub fn parse(name: &str) -> Result<Self, &'static str> {
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        if digits < 3 {
            return Err("it must begin with a number of three or more digits, as in 004_AddIndex");
        }
        let Some(words) = name[digits..].strip_prefix('_') else {
            return Err("an underscore must follow the number, as in 004_AddIndex");
        };
        if words.is_empty() {
            return Err("words must follow the number, as in 004_AddIndex");
        }
        if !words.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
            return Err("only letters, digits, '_' and '-' may follow the number");
        }
        if name.chars().count() > MAX_NAME_LENGTH {
            return Err("it is longer than 250 characters");
        }
        let number = name[..digits].parse().map_err(|_| "its number is larger than 2^64")?;
        Ok(Self { number, name: name.to_owned() })
    }

    /// The number in front.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for MigrationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Ord for MigrationName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number).then_with(|| self.name.cmp(&other.name))
    }
}

impl PartialOrd for MigrationName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_compare_as_integers_and_not_as_text() {
        let mut names: Vec<_> = ["1000_D", "010_B", "999_C", "009_A"]
            .map(|name| MigrationName::parse(name).unwrap())
            .into();
        names.sort();
        let sorted: Vec<_> = names.iter().map(MigrationName::as_str).collect();
        assert_eq!(sorted, ["009_A", "010_B", "999_C", "1000_D"]);
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_rule_that_it_breaks() {
        for (name, rule) in [
            ("notes", "three or more digits"),
            ("12_Two", "three or more digits"),
            ("012", "an underscore"),
            ("012-Dash", "an underscore"),
            ("012_", "words"),
            ("012_a b", "only letters"),
            ("012_a.b", "only letters"),
            ("012_a'b", "only letters"),
            ("99999999999999999999_x", "2^64"),
        ] {
            let error = MigrationName::parse(name).unwrap_err();
            assert!(error.contains(rule), "{name}: {error}");
        }
        assert!(MigrationName::parse(&format!("001_{}", "x".repeat(250))).is_err());
        assert!(MigrationName::parse("20240131120000_größe-1").is_ok());
    }
}
