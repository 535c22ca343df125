//! What is sent: migrations that follow one another, in one text, each in its own transaction.

use std::ops::Range;
use std::time::Duration;

use diesel::result::Error as DieselError;
use strata_sequence::Header;
use strata_sql::split_statements;

use crate::error::Error;
use crate::migrations::Migration;
use crate::session::{advance, stop_clock};

/// A transactional SQL migration that is about to run.
pub(crate) struct Part<'m> {
    pub migration: &'m Migration,
    pub header: &'m Header,
    pub text: String,
    /// Where its statements are, in bytes.
    pub statements: Vec<Range<usize>>,
    /// The name under which the ledger gets it.
    pub row: String,
    /// Whether its commit waits for the disk.
    pub durable: bool,
    /// The settings that its text names.
    pub named: Vec<String>,
}

impl<'m> Part<'m> {
    pub(crate) fn new(migration: &'m Migration, row: String, durable: bool) -> Result<Self, Error> {
        let text = migration.sql()?;
        // The text has been split once already, when it was checked.
        let statements = split_statements(&text).unwrap_or_default();
        let statements = statements.iter().map(|it| it.offset..it.offset + it.text.len()).collect();
        let named = strata_sql::named_settings(&text);
        let header = migration.header()?;
        Ok(Self { migration, header, text, statements, row, durable, named })
    }

    /// Whether it may leave a prepared statement behind, which no message can take away unseen.
    pub(crate) fn prepares(&self) -> bool {
        self.text.as_bytes().windows(7).any(|word| word.eq_ignore_ascii_case(b"prepare"))
    }

    /// Whether it sets the setting `name` itself.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.named.iter().any(|named| named == name)
            || (name == "lock_timeout" && self.header.lock_timeout.is_some())
    }

    /// Its marks: one for its row, one for each statement, one for its end.
    fn marks(&self) -> usize {
        self.statements.len() + 2
    }
}

/// How the parts of a message are dressed.
pub(crate) trait Frame {
    /// What a part begins with: `opening` expressions that are to be evaluated, and its row, which
    /// sets the mark `recorded`.
    fn open(&self, part: &Part<'_>, opening: &str, recorded: &str) -> String;
    /// What sets the lock's limit anew before a part's statement that is not its first.
    fn between(&self, part: &Part<'_>) -> String;
    /// What a part ends with.
    fn close(&self, part: &Part<'_>) -> String;
}

/// A message, and where in it the files are.
pub(crate) struct Message {
    pub text: String,
    pieces: Vec<Piece>,
    /// The first mark of each part.
    bases: Vec<usize>,
}

/// A piece of a file.
struct Piece {
    part: usize,
    /// Where it begins in the message, and where in the file, in bytes.
    at: usize,
    from: usize,
    length: usize,
}

/// Where in the parts something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Before the first statement.
    Row,
    /// In this statement, from 0.
    Statement(usize),
    /// Behind the last one.
    End,
}

impl Message {
    /// The message of `parts`, behind `before`.
    pub(crate) fn new(parts: &[Part<'_>], before: &str, frame: &impl Frame) -> Self {
        let size: usize = parts.iter().map(|part| part.text.len() + 1024).sum();
        let mut message = Self {
            text: String::with_capacity(size + before.len()),
            pieces: Vec::new(),
            bases: Vec::new(),
        };
        message.text.push_str(before);
        let mut mark = 0;
        for (index, part) in parts.iter().enumerate() {
            message.bases.push(mark);
            message.push(index, part, mark, frame);
            mark += part.marks();
        }
        message.text.push_str(&format!(";SELECT {}", stop_clock(parts.len())));
        message
    }

    fn push(&mut self, index: usize, part: &Part<'_>, base: usize, frame: &impl Frame) {
        let opening = format!("{},{}", stop_clock(index), advance(base));
        self.text.push_str(&frame.open(part, &opening, &advance(base + 1)));
        let mut from = 0;
        for (number, statement) in part.statements.iter().enumerate().skip(1) {
            self.piece(index, part, from..statement.start);
            from = statement.start;
            let mark = advance(base + 1 + number);
            self.text.push_str(&format!("SELECT {mark}{};", frame.between(part)));
        }
        self.piece(index, part, from..part.text.len());
        // The line break ends a comment that the text may end with.
        let mark = advance(base + part.marks() - 1);
        self.text.push_str(&format!("\n;SELECT {mark};SET CONSTRAINTS ALL IMMEDIATE;"));
        self.text.push_str(&frame.close(part));
    }

    fn piece(&mut self, part: usize, source: &Part<'_>, range: Range<usize>) {
        let (from, length) = (range.start, range.len());
        self.pieces.push(Piece { part, at: self.text.len(), from, length });
        self.text.push_str(&source.text[range]);
    }

    /// The part, and the byte of its file, that the server says `error` is at.
    pub(crate) fn place_of(&self, error: &DieselError, in_bytes: bool) -> Option<(usize, usize)> {
        // The server counts from 1.
        let position = position(error)?.checked_sub(1)?;
        let byte = match in_bytes {
            true => position,
            false => self.text.char_indices().nth(position).map_or(self.text.len(), |(at, _)| at),
        };
        let piece = self.pieces.iter().rev().find(|piece| piece.at <= byte)?;
        let within = byte - piece.at;
        // At the end of a file's last piece stands what its end lacks.
        (within <= piece.length).then(|| (piece.part, piece.from + within))
    }

    /// The part, and the step of it, that `mark` stands for.
    pub(crate) fn step_of(&self, mark: usize, parts: &[Part<'_>]) -> (usize, Step) {
        let part = self.bases.iter().rposition(|base| *base <= mark).unwrap_or_default();
        let step = match mark - self.bases.get(part).copied().unwrap_or_default() {
            0 => Step::Row,
            step if step <= parts[part].statements.len() => Step::Statement(step - 1),
            _ => Step::End,
        };
        (part, step)
    }
}

/// How long each of `count` parts took, by the `clocks` of the message.
pub(crate) fn durations(clocks: &[u64], count: usize) -> Vec<Duration> {
    let between = |pair: &[u64]| Duration::from_micros(pair[1].saturating_sub(pair[0]));
    clocks.windows(2).take(count).map(between).collect()
}

pub(crate) fn position(error: &DieselError) -> Option<usize> {
    let DieselError::DatabaseError(_, info) = error else {
        return None;
    };
    info.statement_position().and_then(|position| usize::try_from(position).ok())
}
