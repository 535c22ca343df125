//! When a command may take the private server for its target.
//!
//! A program that was deployed and has lost its database's URL must fail: it is in no Cargo
//! project, or where `CI` is set.

use std::env;
use std::path::Path;

use crate::error::CliError;

/// Asks for the private server where `CI` is set.
const VARIABLE: &str = "STRATA_PRIVATE_SERVER";

/// Refuses where a database's URL is more likely to be lost than left out.
pub(crate) fn may_be_target(here: &Path) -> Result<(), CliError> {
    let set = |name| env::var(name).unwrap_or_default();
    match refusal(is_in_project(here), is_yes(&set("CI")), is_yes(&set(VARIABLE))) {
        Some(message) => Err(CliError::Usage(message)),
        None => Ok(()),
    }
}

fn refusal(in_project: bool, in_ci: bool, asked_for: bool) -> Option<String> {
    let missing = "no database is named: set DATABASE_URL, here or in .env, or pass --database-url";
    match () {
        () if !in_project => Some(format!(
            "{missing} (a private server is used only inside a Cargo project, and this is none)"
        )),
        () if in_ci && !asked_for => Some(format!(
            "{missing} (CI is set, where a private server is used only with {VARIABLE}=1)"
        )),
        () => None,
    }
}

fn is_in_project(here: &Path) -> bool {
    here.ancestors().any(|folder| folder.join("Cargo.toml").is_file())
}

/// Whether a variable is switched on: `CI=false` is not.
fn is_yes(value: &str) -> bool {
    !matches!(value.to_ascii_lowercase().as_str(), "" | "0" | "false" | "no" | "off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_url_is_an_error_where_nobody_develops() {
        for (in_project, in_ci, asked_for, may) in [
            (true, false, false, true),
            (true, true, false, false),
            (true, true, true, true),
            (false, false, false, false),
            (false, true, true, false),
        ] {
            let refused = refusal(in_project, in_ci, asked_for);
            assert_eq!(refused.is_none(), may, "{refused:?}");
        }
    }

    #[test]
    fn a_variable_can_be_switched_off() {
        for (value, yes) in [("1", true), ("true", true), ("", false), ("False", false)] {
            assert_eq!(is_yes(value), yes, "{value}");
        }
    }
}
