//! Questions before what cannot be taken back.

use std::io::{self, BufRead, IsTerminal, Write};

use crate::error::CliError;

/// Whether the answer to `question` is yes; `advice` is for where nobody can answer.
pub(crate) fn is_yes(question: &str, advice: &str) -> Result<bool, CliError> {
    let answer = answer(question, advice)?.to_lowercase();
    Ok(matches!(answer.as_str(), "y" | "yes"))
}

/// What is answered to `question`.
pub(crate) fn answer(question: &str, advice: &str) -> Result<String, CliError> {
    if !io::stdin().is_terminal() {
        return Err(CliError::Usage(format!("there is nobody to ask for confirmation; {advice}")));
    }
    let mut answer = String::new();
    // Without an answer it is a no.
    let _ = write!(io::stderr(), "{question} ");
    let _ = io::stdin().lock().read_line(&mut answer);
    Ok(answer.trim().to_owned())
}
