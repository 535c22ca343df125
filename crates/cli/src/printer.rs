//! What a command shows: results on stdout, everything else on stderr.
//!
//! Everything goes through here, and is made safe here: text is safe to show (see
//! [`Text`]), and with `--format json` there is one object on stdout, whatever a command has to say
//! and however it ends.

use std::cell::RefCell;
use std::env;
use std::io::{self, Write};

use console::{Style, Term};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::CliError;
use crate::globals::{Color, Format, Globals};
use crate::safe;
use crate::text::{Lines, Text, dim};

/// Wide enough for a file; a terminal has its own width.
const PIPED_WIDTH: usize = 200;

#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    quiet: bool,
    verbose: bool,
    /// What a result as JSON has so far.
    result: RefCell<Map<String, Value>>,
    /// What else there is to know, for JSON.
    notes: RefCell<Vec<Value>>,
}

impl Printer {
    pub(crate) fn new(globals: &Globals) -> Self {
        if globals.color != Color::Auto {
            console::set_colors_enabled(globals.color == Color::Always);
            console::set_colors_enabled_stderr(globals.color == Color::Always);
        }
        Self::of_format(globals.format, globals.quiet, globals.verbose)
    }

    /// What prints JSON, before the options are known.
    pub(crate) fn of_json() -> Self {
        Self::of_format(Format::Json, false, false)
    }

    fn of_format(format: Format, quiet: bool, verbose: bool) -> Self {
        Self { format, quiet, verbose, result: RefCell::default(), notes: RefCell::default() }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    pub(crate) fn is_github(&self) -> bool {
        self.format == Format::Github
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// A line of the result; nothing with JSON, which has its own.
    pub(crate) fn line(&self, line: impl Into<Text>) {
        if self.is_json() {
            return;
        }
        let line = line.into().render(Lines::One, console::colors_enabled());
        write_to(&mut io::stdout(), &format!("{line}\n"));
    }

    /// A result that is a text of its own, such as a file: on a terminal made safe, else as it is.
    pub(crate) fn document(&self, text: &str) {
        match Term::stdout().is_term() {
            _ if self.is_json() => {}
            true => write_to(&mut io::stdout(), &safe::lines(text)),
            false => write_to(&mut io::stdout(), text),
        }
    }

    /// The result as JSON, or a part of it: its fields are added to those that are there.
    pub(crate) fn json(&self, value: &impl Serialize) {
        if let Ok(Value::Object(fields)) = serde_json::to_value(value) {
            self.result.borrow_mut().extend(fields);
        }
    }

    /// What happened, unless quiet or JSON was asked for.
    pub(crate) fn say(&self, line: impl Into<Text>) {
        if !self.quiet && !self.is_json() {
            self.line(line);
        }
    }

    /// What is worth knowing and is not the result.
    pub(crate) fn note(&self, text: impl Into<Text>) {
        if !self.quiet {
            self.insist(text);
        }
    }

    /// A note that nobody may miss, whatever was asked for.
    pub(crate) fn insist(&self, text: impl Into<Text>) {
        let text = text.into();
        if self.is_json() {
            self.notes.borrow_mut().push(text.plain().into());
        }
        aside(&note(text));
    }

    /// What only `--verbose` shows.
    pub(crate) fn detail(&self, text: impl Into<String>) {
        if self.verbose {
            aside(&dim(text));
        }
    }

    /// Prints what is left to print when a command ends.
    pub(crate) fn finish(&self, result: &Result<(), CliError>) {
        let has_spoken =
            |error: &&CliError| matches!(error, CliError::Found | CliError::Program(_));
        let error = result.as_ref().err().filter(|error| !has_spoken(error));
        if !self.is_json() {
            if let Some(error) = error {
                aside(&(label("error:", Style::new().red()) + error.text()));
            }
            return;
        }
        let mut fields = self.result.take();
        let notes = self.notes.take();
        if !notes.is_empty() {
            fields.insert("notes".to_owned(), notes.into());
        }
        if let Some(error) = error {
            fields.insert("error".to_owned(), error.json());
        }
        let text = Value::Object(fields).to_string();
        write_to(&mut io::stdout(), &format!("{}\n", safe::json(&text)));
    }

    /// How many columns a line of the result may have.
    pub(crate) fn width(&self) -> usize {
        let terminal = Term::stdout();
        match terminal.is_term() {
            true => usize::from(terminal.size().1),
            false => columns_wished_for().unwrap_or(PIPED_WIDTH),
        }
    }
}

/// A note from another thread, about what goes on meanwhile.
pub(crate) fn say_meanwhile(text: &str) {
    aside(&note(text));
}

fn note(text: impl Into<Text>) -> Text {
    label("note:", Style::new().cyan()) + text
}

/// Writes to stderr, on a terminal in lines that fit it.
fn aside(text: &Text) {
    let terminal = Term::stderr();
    let width = terminal.is_term().then(|| usize::from(terminal.size().1));
    let text = text.render(Lines::Several { width }, console::colors_enabled_stderr());
    write_to(&mut io::stderr(), &format!("{}\n", text.trim_end()));
}

/// `COLUMNS`, for what is piped to something that shows it.
fn columns_wished_for() -> Option<usize> {
    env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns > 0)
}

fn label(word: &str, style: Style) -> Text {
    Text::styled(word, style.bold()) + " "
}

/// Writes `text` whole; a reader that has gone does not want the rest.
fn write_to(stream: &mut impl Write, text: &str) {
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}
