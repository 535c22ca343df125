//! What a database URL may look like.

use crate::error::CliError;

/// Refuses what libpq would answer with a riddle. The URL is not quoted, as it may hold a password.
pub(crate) fn check(url: &str) -> Result<(), CliError> {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    let is_scheme =
        |text: &&str| text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    match scheme.filter(is_scheme) {
        Some("postgres" | "postgresql") => Ok(()),
        Some(other) => Err(CliError::Usage(format!(
            "the database URL begins with {other}://, which is not PostgreSQL's; {FORM}"
        ))),
        None if url.contains('=') => Ok(()),
        None => Err(CliError::Usage(format!("the database URL is not one; {FORM}"))),
    }
}

const FORM: &str = "write postgres://USER@HOST/DATABASE, or libpq's host=HOST dbname=DATABASE";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_postgresql_is_said_plainly() {
        for url in ["postgres://", "postgresql:///app", "host=/run dbname=x options='-c a=b://c'"] {
            assert!(check(url).is_ok(), "{url}");
        }
        for (url, said) in [
            ("mysql://me:secret@h/app", "begins with mysql://"),
            ("notaurl", "is not one"),
            ("postgres:/me:secret@h/app", "is not one"),
        ] {
            let error = check(url).unwrap_err();
            assert_eq!(error.exit_code(), 2);
            let message = error.to_string();
            assert!(message.contains(said) && !message.contains("secret"), "{message}");
        }
    }
}
