//! The leading comment of a migration: its description and its directives.

use std::time::Duration;

use strata_sql::Position;

use crate::replaced::{Replaced, add, replaced};
use crate::{Kind, Problem};

/// A limit that a migration sets for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeout(Duration);

impl Timeout {
    /// A limit of `milliseconds`; 0 is none.
    pub const fn from_millis(milliseconds: u64) -> Self {
        Self(Duration::from_millis(milliseconds))
    }

    /// The limit in milliseconds; 0 is none.
    pub fn as_millis(self) -> u128 {
        self.0.as_millis()
    }

    /// The limit in `text`, a number with a unit as PostgreSQL writes it: `500ms`, `5s`, `10min`,
    /// `2h`, or `0`.
    fn parse(text: &str) -> Option<Self> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = text[..digits].parse().ok()?;
        let factor = match text[digits..].trim() {
            "" if number == 0 => 0,
            "ms" => 1,
            "s" => 1_000,
            "min" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        // The settings are 32-bit integers in the server.
        let milliseconds = number.checked_mul(factor).filter(|ms| i32::try_from(*ms).is_ok())?;
        Some(Self::from_millis(milliseconds))
    }
}

/// A rule of `check` that a file may break.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allow {
    /// The rule's name.
    pub rule: String,
    /// Why; empty where nothing was said.
    pub reason: String,
    /// Where the directive stands.
    pub position: Position,
}

/// What the leading comment of a migration says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header {
    /// The comment's text without the directives, lines joined by `\n`; empty where there is none.
    pub description: String,
    /// `no-transaction`: the statements run one by one, each on its own.
    pub no_transaction: bool,
    /// `statement-by-statement`: sent so, in one transaction, to a server that cannot take several
    /// statements in one message.
    pub statement_by_statement: bool,
    /// `formerly`: names under which a ledger may hold this migration.
    pub formerly: Vec<String>,
    /// `replaces`: names of the migrations that this one was squashed from.
    pub replaces: Vec<String>,
    /// The same, each with what answers for it where a ledger does not have its name.
    pub replaced: Vec<Replaced>,
    /// `allow`: rules of `check` that this file may break.
    pub allow: Vec<Allow>,
    /// `lock-timeout`: how long a statement may wait for a lock.
    pub lock_timeout: Option<Timeout>,
    /// `statement-timeout`: how long a statement may run.
    pub statement_timeout: Option<Timeout>,
}

impl Header {
    fn apply(&mut self, directive: &str, position: Position) -> Result<(), Problem> {
        let (key, value) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
        let value = value.trim();
        match key {
            "no-transaction" if value.is_empty() => self.no_transaction = true,
            "statement-by-statement" if value.is_empty() => self.statement_by_statement = true,
            "no-transaction" | "statement-by-statement" => {
                return Err(Problem::directive_value(key, value, "no value"));
            }
            "formerly" => self.formerly.extend(names(key, value)?),
            "replaces" => {
                replaced(key, value)?.into_iter().for_each(|new| add(&mut self.replaced, new));
                self.replaces =
                    self.replaced.iter().map(|replaced| replaced.name.clone()).collect();
            }
            "allow" => self.allow.extend(allows(key, value, position)?),
            "lock-timeout" => self.lock_timeout = Some(timeout(key, value)?),
            "statement-timeout" => self.statement_timeout = Some(timeout(key, value)?),
            _ => {
                return Err(Problem::UnknownDirective { directive: key.to_owned() });
            }
        }
        Ok(())
    }
}

/// What the leading comment of `text` says. `text` may be cut anywhere behind that comment.
///
/// # Errors
///
/// The first directive that is unknown or has a value that does not fit, and where it stands.
pub fn parse_header(text: &str, kind: Kind) -> Result<Header, (Position, Problem)> {
    let mut header = Header::default();
    let mut description: Vec<&str> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(comment) = header_line(line, kind) else {
            break;
        };
        let column = line.chars().take_while(|c| c.is_whitespace()).count() + 1;
        let position = Position { line: index + 1, column };
        let aside = is_aside(line, kind);
        match comment.trim().strip_prefix(DIRECTIVE) {
            Some(directive) if !aside => {
                let applied = header.apply(directive.trim(), position);
                applied.map_err(|problem| (position, problem))?;
            }
            _ if meant_as_directive(comment) => {
                let wanted = if kind == Kind::Sql { "-- strata: …" } else { "//! strata: …" };
                return Err((position, Problem::NearDirective { wanted }));
            }
            _ if aside => {}
            _ => description.push(comment.strip_prefix(' ').unwrap_or(comment).trim_end()),
        }
    }
    header.description = description.join("\n").trim_matches('\n').to_owned();
    Ok(header)
}

/// What opens a directive within a comment.
pub(crate) const DIRECTIVE: &str = "strata:";

/// The text of a line of a leading comment; `None` where the leading comment has ended.
pub(crate) fn header_line(line: &str, kind: Kind) -> Option<&str> {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    match kind {
        _ if line.is_empty() => Some(""),
        Kind::Sql => line.strip_prefix("--"),
        Kind::Rust => line.strip_prefix("//!").or(line.strip_prefix("//")),
    }
}

/// Whether a line of a Rust file's leading comment is one to its readers only, such as a notice of
/// copyright above the documentation.
fn is_aside(line: &str, kind: Kind) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim_start();
    kind == Kind::Rust && line.starts_with("//") && !line.starts_with("//!")
}

/// Whether a comment opens as a directive does, but for its case.
fn meant_as_directive(comment: &str) -> bool {
    let start = comment.trim().get(..DIRECTIVE.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(DIRECTIVE))
}

/// The leading comment of `text`, with its line ends: what [`parse_header`] reads of it.
pub fn leading_comment(text: &str, kind: Kind) -> &str {
    let lines = text.split_inclusive('\n').take_while(|line| header_line(line, kind).is_some());
    &text[..lines.map(str::len).sum()]
}

fn names(key: &str, value: &str) -> Result<Vec<String>, Problem> {
    let names: Vec<_> = value.split(',').map(|name| name.trim().to_owned()).collect();
    if names.iter().any(String::is_empty) {
        return Err(Problem::directive_value(key, value, "names, separated by commas"));
    }
    Ok(names)
}

/// `RULE because …` or `RULE, RULE because …`.
fn allows(key: &str, value: &str, position: Position) -> Result<Vec<Allow>, Problem> {
    let mut rest = value;
    let mut rules = Vec::new();
    loop {
        let end = rest.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(rest.len());
        rules.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
        match rest.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => break,
        }
    }
    if rules.iter().any(String::is_empty) {
        let wanted = "names of rules, separated by commas, and then the reason";
        return Err(Problem::directive_value(key, value, wanted));
    }
    let reason = rest.trim_start_matches([':', '-', '(', '–', '—']).trim_start().to_owned();
    Ok(rules.into_iter().map(|rule| Allow { rule, reason: reason.clone(), position }).collect())
}

fn timeout(key: &str, value: &str) -> Result<Timeout, Problem> {
    let wanted = "a time such as 500ms, 5s, 10min or 2h";
    Timeout::parse(value).ok_or_else(|| Problem::directive_value(key, value, wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leading_comment_gives_description_and_directives() {
        let header = parse_header(
            "\u{feff}-- Adds an index.\r\n--\r\n-- strata: no-transaction\r\n\
             --   strata: formerly 4_Old, Older.sql\r\n-- strata: lock-timeout 5s\r\n\
             -- strata: statement-timeout 10min\r\n-- strata: allow a-rule, b-rule it is é\r\n\
             -- strata: replaces 001_A, 002_B\r\n-- Why: é.\r\n\r\nCREATE …\r\n-- strata: nonsense",
            Kind::Sql,
        )
        .unwrap();
        assert_eq!(header.description, "Adds an index.\n\nWhy: é.");
        assert!(header.no_transaction);
        assert_eq!(header.formerly, ["4_Old", "Older.sql"]);
        assert_eq!(header.replaces, ["001_A", "002_B"]);
        let allows: Vec<_> = header.allow.iter().map(|a| (&*a.rule, &*a.reason)).collect();
        assert_eq!(allows, [("a-rule", "it is é"), ("b-rule", "it is é")]);
        assert_eq!(header.allow[0].position, Position { line: 7, column: 1 });
        assert_eq!(header.lock_timeout, Some(Timeout::from_millis(5_000)));
        assert_eq!(header.statement_timeout, Some(Timeout::from_millis(600_000)));
    }

    #[test]
    fn a_rust_file_carries_them_in_its_inner_documentation() {
        let text = "//! Adds tables.\n//! strata: formerly 015_Old\n\nuse x;\n//! strata: bad";
        let header = parse_header(text, Kind::Rust).unwrap();
        assert_eq!(header.description, "Adds tables.");
        assert_eq!(header.formerly, ["015_Old"]);
    }

    #[test]
    fn a_directive_that_does_not_fit_is_refused_where_it_stands() {
        for (line, said) in [
            ("-- strata: no-transactions", "unknown directive `no-transactions`"),
            ("-- strata: no-transaction please", "takes no value"),
            ("-- strata: formerly", "takes names"),
            ("-- strata: formerly a,,b", "takes names"),
            ("-- strata: replaces one", "names of migrations"),
            ("-- strata: allow", "names of rules"),
            ("-- strata: allow a,, b", "names of rules"),
            ("-- strata: lock-timeout 5", "500ms"),
            ("-- strata: lock-timeout 5 days", "500ms"),
            ("-- strata: statement-timeout 9999999h", "500ms"),
            ("-- strata:", "unknown directive ``"),
        ] {
            let text = format!("-- é\n {line}\n");
            let (position, problem) = parse_header(&text, Kind::Sql).unwrap_err();
            assert_eq!(position, Position { line: 2, column: 2 });
            assert!(problem.to_string().contains(said), "{line}: {problem}");
        }
    }
}
