//! How findings are shown: to people, to programs, to GitHub.

use console::Style;
use serde::Serialize;
use strata_workshop::check::{Finding, Report};

use crate::printer::Printer;
use crate::text::{Text, bold, dim};

/// How wide a message gets, on however wide a terminal.
const WIDTH: usize = 96;
/// How much of a line of a file is shown, in characters.
const SHOWN: usize = 72;

pub(super) fn report(printer: &Printer, report: &Report) {
    report.notes.iter().for_each(|note| printer.note(note.as_str()));
    if printer.is_json() {
        let findings = report.findings.iter().map(JsonFinding::from).collect();
        return printer.json(&JsonReport { findings });
    }
    for finding in &report.findings {
        match printer.is_github() {
            true => printer.line(annotation(finding)),
            false => show(printer, finding),
        }
    }
    let files = counted(report.files, "migration");
    match report.findings.len() {
        0 => printer.say(bold(format!("{files} looked at, nothing found"))),
        found => printer.say(bold(format!("{files} looked at, {} found", counted(found, "thing")))),
    }
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn show(printer: &Printer, finding: &Finding) {
    let margin_style = Style::new().blue().bold();
    let number = finding.position.line.to_string();
    let margin = " ".repeat(number.len());
    let head = Text::styled(finding.rule, Style::new().yellow().bold());
    printer.line(head);
    for line in wrapped(&finding.message, printer.width().min(WIDTH).saturating_sub(2)) {
        printer.line(format!("  {line}"));
    }
    let place = format!(" {}:{}", finding.file.display(), finding.position);
    printer.line(Text::styled(format!("{margin}-->"), margin_style.clone()) + place);
    if !finding.line.is_empty() {
        let (line, before) = clip(&finding.line, finding.position.column - 1);
        let bar = |text: &str| Text::styled(format!("{text} |"), margin_style.clone());
        printer.line(bar(&number) + " " + line);
        let caret = Text::styled("^", Style::new().red().bold());
        printer.line(bar(&margin) + " " + " ".repeat(before) + caret);
    }
    if let Some(way) = &finding.way {
        printer.line(dim("  instead:"));
        way.to_string().lines().for_each(|line| printer.line(format!("    {line}")));
    }
    printer.line("");
}

/// The part of `line` that its character number `index` is in, and how many columns come before.
fn clip(line: &str, index: usize) -> (String, usize) {
    let skipped = if index > SHOWN { index - SHOWN / 2 } else { 0 };
    let shown: String = line.replace('\t', " ").chars().skip(skipped).take(SHOWN).collect();
    let before: String = shown.chars().take(index - skipped).collect();
    (shown, console::measure_text_width(&before))
}

/// `text` in lines of at most `width` columns.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map(String::as_str).unwrap_or_default();
        let full =
            console::measure_text_width(line) + 1 + console::measure_text_width(word) > width;
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if !full => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A finding as GitHub Actions shows it beside the line.
fn annotation(finding: &Finding) -> String {
    format!(
        "::error file={},line={},col={},title={}::{}",
        property(&finding.file.display().to_string()),
        finding.position.line,
        finding.position.column,
        property(finding.rule),
        escaped(&finding.message)
    )
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[derive(Serialize)]
struct JsonReport<'a> {
    findings: Vec<JsonFinding<'a>>,
}

#[derive(Serialize)]
struct JsonFinding<'a> {
    file: String,
    line: usize,
    column: usize,
    rule: &'a str,
    message: &'a str,
}

impl<'a> From<&'a Finding> for JsonFinding<'a> {
    fn from(finding: &'a Finding) -> Self {
        Self {
            file: finding.file.display().to_string(),
            line: finding.position.line,
            column: finding.position.column,
            rule: finding.rule,
            message: &finding.message,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_wrapped_at_words() {
        assert_eq!(wrapped("ab cd é efghij", 5), ["ab cd", "é", "efghij"]);
    }

    #[test]
    fn an_annotation_holds_no_separator_of_its_own() {
        assert_eq!(property("a:b,c%"), "a%3Ab%2Cc%25");
    }
}
