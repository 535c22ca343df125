//! What a command shows: results on stdout, everything else on stderr.

use std::error::Error as StdError;
use std::io::{self, Write};

use console::{Term, style};
use serde::Serialize;

use crate::error::CliError;
use crate::globals::{Color, Format, Globals};

/// Wide enough for a file; a terminal has its own width.
const PIPED_WIDTH: usize = 200;

#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    quiet: bool,
    verbose: bool,
}

impl Printer {
    pub(crate) fn new(globals: &Globals) -> Self {
        if globals.color != Color::Auto {
            console::set_colors_enabled(globals.color == Color::Always);
            console::set_colors_enabled_stderr(globals.color == Color::Always);
        }
        Self { format: globals.format, quiet: globals.quiet, verbose: globals.verbose }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A line of the result.
    pub(crate) fn line(&self, line: &str) {
        // A reader that has gone does not want the rest.
        let _ = writeln!(io::stdout(), "{line}");
    }

    /// The result as JSON, in one line.
    pub(crate) fn json(&self, value: &impl Serialize) {
        let text = serde_json::to_string(value);
        self.line(&text.unwrap_or_else(|error| format!("{{\"error\":\"{error}\"}}")));
    }

    /// What happened, unless quiet or JSON was asked for.
    pub(crate) fn say(&self, line: &str) {
        if !self.quiet && !self.is_json() {
            self.line(line);
        }
    }

    /// What is worth knowing and is not the result.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.insist(text);
        }
    }

    /// A note that nobody may miss, whatever was asked for.
    pub(crate) fn insist(&self, text: &str) {
        self.aside(&format!("{} {text}", style("note:").for_stderr().cyan().bold()));
    }

    /// What only `--verbose` shows.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.aside(&style(text).for_stderr().dim().to_string());
        }
    }

    pub(crate) fn error(&self, error: &CliError) {
        if matches!(error, CliError::Found) {
            return;
        }
        let label = style("error:").for_stderr().red().bold();
        self.aside(&format!("{label} {error}"));
        let mut source = error.source();
        while let Some(cause) = source {
            self.aside(&format!("  caused by: {cause}"));
            source = cause.source();
        }
    }

    fn aside(&self, line: &str) {
        let _ = writeln!(io::stderr(), "{line}");
    }

    /// How many columns a line of the result may have.
    pub(crate) fn width(&self) -> usize {
        let terminal = Term::stdout();
        match terminal.is_term() {
            true => usize::from(terminal.size().1),
            false => PIPED_WIDTH,
        }
    }
}
