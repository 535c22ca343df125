//! One variable of the nearest `.env`: that one alone, so that no other line can be in the way.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// The value of `name` in the nearest `.env`, in `folder` or above, and that file; none where it
/// is not given, or empty.
///
/// # Errors
///
/// The file, or its line that gives `name`, cannot be read.
pub fn variable(folder: &Path, name: &str) -> Result<Option<(String, PathBuf)>, Error> {
    let mut files = folder.ancestors().map(|folder| folder.join(".env"));
    let Some(path) = files.find(|path| path.is_file()) else {
        return Ok(None);
    };
    let unreadable = |line| Error::EnvFile { name: name.to_owned(), path: path.clone(), line };
    let bytes = fs::read(&path).map_err(|_| unreadable(None))?;
    match value_in(&bytes, name) {
        Ok(value) => Ok(value.filter(|value| !value.is_empty()).map(|value| (value, path))),
        Err(line) => Err(unreadable(Some(line))),
    }
}

/// The first value of `name`, or the number of the line that should give it.
fn value_in(file: &[u8], name: &str) -> Result<Option<String>, usize> {
    // A line that cannot be read is an error of its own, after which the next line is read.
    let mut pairs = dotenvy::from_read_iter(file).flatten();
    if let Some((_, value)) = pairs.find(|(found, _)| found == name) {
        return Ok(Some(value));
    }
    let text = String::from_utf8_lossy(file);
    let gives = |line: &str| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
        line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('='))
    };
    text.lines().position(gives).map_or(Ok(None), |line| Err(line + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_whatever_stands_beside_it() {
        for (file, expected) in [
            ("URL=postgres://a", Ok(Some("postgres://a"))),
            ("API_KEY=two words\nURL=a", Ok(Some("a"))),
            ("no sense\n\nexport URL = 'host=h dbname=d'\n", Ok(Some("host=h dbname=d"))),
            ("PASSWORD=é\nURL=u:${PASSWORD}@h", Ok(Some("u:é@h"))),
            ("URL=first\nURL=second", Ok(Some("first"))),
            ("URL=", Ok(Some(""))),
            ("OTHER_URL=a\n# URL=b", Ok(None)),
            ("", Ok(None)),
        ] {
            let expected = expected.map(|value: Option<&str>| value.map(str::to_owned));
            assert_eq!(value_in(file.as_bytes(), "URL"), expected, "{file}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_told_by_its_number() {
        for (file, line) in [
            ("A=1\nURL=host=h password=secret", 2),
            ("URL='secret", 1),
            ("A=\"open\n\nURL=secret", 3),
        ] {
            assert_eq!(value_in(file.as_bytes(), "URL"), Err(line), "{file}");
        }
    }
}
