//! The leading comment of a squash: what it replaces, under every name that ledgers may have.

use strata_sequence::{Header, MigrationFile, read_header};

use crate::error::WorkshopError;

/// The comment of a squash of `files`.
pub(super) fn header(files: &[MigrationFile]) -> Result<String, WorkshopError> {
    let (Some(first), Some(last)) = (files.first(), files.last()) else {
        return Ok(String::new());
    };
    let mut text = format!("-- {} to {}, in one.\n", first.name, last.name);
    for file in files {
        let header = read_header(&file.path, file.kind).map_err(diesel_strata::Error::from)?;
        for line in replaces(file.name.as_str(), &header) {
            text.push_str(&format!("-- strata: replaces {line}\n"));
        }
    }
    Ok(text)
}

/// The directives' values for one migration: its name, its former names, and what it stood for.
fn replaces(name: &str, header: &Header) -> Vec<String> {
    let mut lines: Vec<_> =
        header.formerly.iter().map(|other| format!("{name} = {other}")).collect();
    if !header.replaces.is_empty() {
        lines.push(format!("{name} = {}", whole(header).join(" + ")));
    }
    for replaced in &header.replaced {
        let answers = replaced.stands_for.iter().map(|all| all.join(" + "));
        lines.extend(answers.map(|answer| format!("{} = {answer}", replaced.name)));
    }
    if lines.is_empty() {
        lines.push(name.to_owned());
    }
    lines
}

/// The migrations that a squash replaces, without those that only say what another one stood for.
pub(super) fn whole(header: &Header) -> Vec<&str> {
    let parts: Vec<_> =
        header.replaced.iter().flat_map(|r| r.stands_for.iter().flatten()).collect();
    let names = header.replaces.iter().filter(|name| !parts.contains(name));
    names.map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use strata_sequence::{Kind, list_folder, parse_header};

    use super::*;

    #[test]
    fn every_name_that_ledgers_may_have_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [
            ("003_S.sql", "-- strata: replaces 001_A = 1_Old, 002_B\nSELECT 1;"),
            ("004_C.sql", "-- strata: formerly 3_C, 03_C\nSELECT 1;"),
            ("005_D.rs", "//! Rows.\n"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let files = list_folder(folder.path()).unwrap();
        let text = header(&files).unwrap();
        assert_eq!(
            text,
            "-- 003_S to 005_D, in one.\n\
             -- strata: replaces 003_S = 001_A + 002_B\n\
             -- strata: replaces 001_A = 1_Old\n\
             -- strata: replaces 004_C = 3_C\n\
             -- strata: replaces 004_C = 03_C\n\
             -- strata: replaces 005_D\n"
        );
        let read = parse_header(&text, Kind::Sql).unwrap();
        assert_eq!(whole(&read), ["003_S", "004_C", "005_D"]);
    }
}
