//! What a project says of its checks: strata.toml, and strata.sizes.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use serde::Deserialize;
use strata_workshop::check::{PRACTICES, Sizes};

use crate::error::CliError;

/// What strata.toml and strata.sizes say; both lie in the folder of migrations' parent, or above.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub practices: Vec<String>,
    pub large: Option<u64>,
    pub sizes: Sizes,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    check: Section,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    practices: Option<Practices>,
    large: Option<String>,
}

/// `practices = true`, or a list of names.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Practices {
    All(bool),
    Some(Vec<String>),
}

impl Project {
    /// What the project that the migrations in `folder` belong to says.
    pub(crate) fn of(folder: &Path) -> Result<Self, CliError> {
        let mut project = Self::default();
        if let Some(path) = above(folder, "strata.toml") {
            project.read(&path)?;
        }
        if let Some(path) = above(folder, SIZES) {
            let text = fs::read_to_string(&path).map_err(CliError::io("read", &path))?;
            project.sizes = Sizes::parse(&text).map_err(|line| {
                invalid(&path)(format!("line {line} is not bytes, rows and a table"))
            })?;
        }
        Ok(project)
    }

    fn read(&mut self, path: &Path) -> Result<(), CliError> {
        let text = fs::read_to_string(path).map_err(CliError::io("read", path))?;
        let file: File = toml::from_str(&text).map_err(|error| invalid(path)(error.to_string()))?;
        self.practices = match file.check.practices {
            None | Some(Practices::All(false)) => Vec::new(),
            Some(Practices::All(true)) => PRACTICES.iter().map(|name| (*name).to_owned()).collect(),
            Some(Practices::Some(names)) => names,
        };
        if let Some(name) = self.practices.iter().find(|name| !PRACTICES.contains(&&***name)) {
            let all = PRACTICES.join(", ");
            return Err(invalid(path)(format!("there is no practice {name}; there are {all}")));
        }
        let large = file.check.large.as_deref().map(bytes).transpose();
        self.large = large.map_err(invalid(path))?;
        Ok(())
    }
}

/// The file that `strata sizes --write-sizes` writes.
pub(crate) const SIZES: &str = "strata.sizes";

fn above(folder: &Path, file: &str) -> Option<PathBuf> {
    let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().map(|folder| folder.join(file)).find(|path| path.is_file())
}

fn invalid(path: &Path) -> impl FnOnce(String) -> CliError {
    let path = path.to_owned();
    move |message| CliError::Config { path, message }
}

/// A size as people write it: `800`, `64kB`, `500 MB`, `1GB`, `2TB`.
pub(crate) fn bytes(text: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let factor = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" | "bytes" => 1,
        "kb" => 1 << 10,
        "mb" => 1 << 20,
        "gb" => 1 << 30,
        "tb" => 1_u64 << 40,
        _ => return Err(format!("{text} is not a size; write one such as 500MB or 1GB")),
    };
    let number = text[..digits].parse::<u64>().ok().and_then(|number| number.checked_mul(factor));
    number.ok_or_else(|| format!("{text} is not a size; write one such as 500MB or 1GB"))
}

#[derive(QueryableByName)]
struct Zone {
    #[diesel(sql_type = Text)]
    zone: String,
}

/// The time zone of a session of `conn`'s.
pub(crate) fn time_zone(conn: &mut PgConnection) -> Result<String, CliError> {
    let query = diesel::sql_query("SELECT pg_catalog.current_setting('TimeZone') AS zone");
    let zone = query
        .get_result::<Zone>(conn)
        .map_err(|source| diesel_strata::Error::Database { doing: "read the time zone", source })?;
    Ok(zone.zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, expected) in [("1GB", 1 << 30), ("500 mb", 500 << 20), ("64kB", 65536), ("7", 7)]
        {
            assert_eq!(bytes(text), Ok(expected), "{text}");
        }
        for text in ["", "GB", "1XB", "99999999999TB", "-1"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
