//! A migration's text as the engine takes it.

use strata_sequence::{Header, Kind, Problem, check_sql, parse_header};
use strata_sql::{Position, SplitError, Statement, split_statements};

use crate::adopt::copy::to_inserts;
use crate::adopt::edit::Edits;
use crate::adopt::tool::Tool;

/// A text of ours.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Body {
    /// The text, without directives.
    pub text: String,
    /// Whether its statements run one by one, outside a transaction.
    pub no_transaction: bool,
    /// What was changed, and why.
    pub notes: Vec<String>,
}

/// Whose text it is: what it may speak of that is not the application's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of<'a> {
    /// The tool.
    pub tool: Tool,
    /// Its ledger's name, without a schema.
    pub ledger: &'a str,
    /// Whether the tool runs it outside a transaction.
    pub outside: bool,
}

/// `sql` as the engine takes it.
///
/// # Errors
///
/// What cannot be carried over, and where in `sql`.
pub(crate) fn convert(sql: &str, of: Of<'_>) -> Result<Body, (Position, String)> {
    let mut notes = Vec::new();
    let text = without_psql(sql, &mut notes)?;
    let edited = edit(&text, of, &mut notes)?;
    let statements = split(&edited)?;
    if statements.is_empty() {
        notes.push("has no statement; it became one that does nothing".to_owned());
        return Ok(Body { text: nothing(&edited, of.tool), no_transaction: false, notes });
    }
    let no_transaction = of.outside || needs_no_transaction(&edited) || splits_an_enum(&text);
    let text = match no_transaction {
        true => without_local(&edited)?,
        false => edited,
    };
    if no_transaction && !of.outside {
        notes.push("runs statement by statement, outside a transaction, as it has to".to_owned());
    }
    let header = header(no_transaction);
    check_sql(&text, &header).map_err(|(position, problem)| (position, problem.to_string()))?;
    Ok(Body { text, no_transaction, notes })
}

fn split(text: &str) -> Result<Vec<Statement<'_>>, (Position, String)> {
    split_statements(text).map_err(|(offset, error)| {
        let advice = match &error {
            SplitError::PsqlCommand { .. } => {
                format!("{error}, or leave the file out with --leave-out")
            }
            _ => error.to_string(),
        };
        (Position::of_byte(text, offset), advice)
    })
}

fn header(no_transaction: bool) -> Header {
    let directive = if no_transaction { "-- strata: no-transaction" } else { "" };
    parse_header(directive, Kind::Sql).unwrap_or_default()
}

/// `sql` without what only psql and `pg_dump` write.
pub(crate) fn without_psql(
    sql: &str,
    notes: &mut Vec<String>,
) -> Result<String, (Position, String)> {
    let (text, copied) = to_inserts(sql).map_err(|options| {
        let found = sql.to_ascii_lowercase().find("stdin").unwrap_or_default();
        let advice = format!(
            "COPY … FROM stdin with {options} is not carried over; write its rows as INSERT … VALUES"
        );
        (Position::of_byte(sql, found), advice)
    })?;
    if copied > 0 {
        notes.push(format!("COPY … FROM stdin became INSERT ({copied})"));
    }
    let is_dumps =
        |line: &&str| line.starts_with(r"\restrict ") || line.starts_with(r"\unrestrict ");
    if !text.lines().any(|line| is_dumps(&line)) {
        return Ok(text);
    }
    notes.push(r"pg_dump's \restrict and \unrestrict are left out".to_owned());
    Ok(text.split_inclusive('\n').filter(|line| !is_dumps(line)).collect())
}

/// `text` without transactions of its own and without statements about its tool's ledger.
fn edit(text: &str, of: Of<'_>, notes: &mut Vec<String>) -> Result<String, (Position, String)> {
    let statements = split(text)?;
    let mut edits = Edits::default();
    let mut own = Own::default();
    for (index, statement) in statements.iter().enumerate() {
        let at = |problem: &str| (Position::of_byte(text, statement.offset), problem.to_owned());
        match control(statement) {
            Control::None => {
                if names(statement, of.ledger) {
                    edits.replace(text, statement, &left_out(statement, of.tool));
                    let note = format!("what it does to {} is left out", of.ledger);
                    if !notes.contains(&note) {
                        notes.push(note);
                    }
                } else {
                    if speaks_of(statement, of.ledger) {
                        notes.push(format!("speaks of {} within a block, which stays", of.ledger));
                    }
                    own.statement(index);
                }
            }
            Control::Begin | Control::Commit | Control::Mode => {
                own.control(control(statement));
                edits.remove(text, statement);
            }
            Control::Rollback => {
                let undone = own.roll_back().ok_or_else(|| {
                    at("ROLLBACK undoes what the tool itself began; delete it with what it undoes")
                })?;
                undone.iter().for_each(|index| edits.remove(text, &statements[*index]));
                edits.remove(text, statement);
                notes.push("what it rolls back itself is left out".to_owned());
            }
            Control::Prepared => {
                return Err(at("a prepared transaction is not carried over; delete it"));
            }
        }
    }
    notes.extend(own.note(statements.len()));
    Ok(edits.apply(text))
}

/// What a statement does to the transaction.
#[derive(Clone, Copy, PartialEq)]
enum Control {
    None,
    Begin,
    Commit,
    Rollback,
    /// `SET TRANSACTION`, which must come before all else.
    Mode,
    Prepared,
}

fn control(statement: &Statement<'_>) -> Control {
    let words = statement.opening(2);
    let (first, second) = words.split_once(' ').unwrap_or((&words, ""));
    match (first, second) {
        ("BEGIN", _) | ("START", "TRANSACTION") => Control::Begin,
        ("PREPARE", "TRANSACTION") | ("COMMIT" | "ROLLBACK", "PREPARED") => Control::Prepared,
        ("COMMIT" | "END", _) => Control::Commit,
        ("ROLLBACK", "TO") => Control::None,
        ("ROLLBACK" | "ABORT", _) => Control::Rollback,
        ("SET", "TRANSACTION") => Control::Mode,
        _ => Control::None,
    }
}

/// The transactions that a file makes for itself.
#[derive(Default)]
struct Own {
    begun: usize,
    ended: usize,
    modes: usize,
    /// The statements since the last BEGIN; none outside one.
    open: Option<Vec<usize>>,
    outside: usize,
}

impl Own {
    fn statement(&mut self, index: usize) {
        match &mut self.open {
            Some(statements) => statements.push(index),
            None => self.outside += 1,
        }
    }

    fn control(&mut self, control: Control) {
        match control {
            Control::Begin => {
                self.begun += 1;
                self.open.get_or_insert_default();
            }
            Control::Commit => {
                self.ended += 1;
                self.open = None;
            }
            _ => self.modes += 1,
        }
    }

    fn roll_back(&mut self) -> Option<Vec<usize>> {
        self.open.take()
    }

    fn note(&self, statements: usize) -> Option<String> {
        match (self.begun, self.ended) {
            (0, 0) if self.modes > 0 => Some("SET TRANSACTION is left out".to_owned()),
            (0, 0) => None,
            (1, 1) if self.outside == 0 && statements > 1 => {
                Some("its own BEGIN and COMMIT are left out: it is one transaction".to_owned())
            }
            (1, 1) => {
                Some("its own BEGIN and COMMIT, which held a part of it, are left out".to_owned())
            }
            (begun, ended) => {
                Some(format!("its own transactions are left out ({begun} BEGIN, {ended} COMMIT)"))
            }
        }
    }
}

/// Whether `statement`, which is no block of code, is about the table `ledger`.
fn names(statement: &Statement<'_>, ledger: &str) -> bool {
    let is_it = |token: &str| token.trim_matches('"').eq_ignore_ascii_case(ledger);
    statement.opening(1) != "DO" && statement.tokens().any(is_it)
}

/// Whether a string or a body in `statement` holds the name `ledger`.
fn speaks_of(statement: &Statement<'_>, ledger: &str) -> bool {
    let bodies = statement.tokens().filter(|token| token.starts_with(['\'', '$', 'E', 'e']));
    bodies.into_iter().any(|body| body.to_ascii_lowercase().contains(ledger))
}

/// The comment in the place of a statement about the tool's ledger.
fn left_out(statement: &Statement<'_>, tool: Tool) -> String {
    let words: Vec<_> = statement.text.split_whitespace().collect();
    let words = words.join(" ");
    let shown: String = words.chars().take(60).collect();
    let dots = if shown.len() < words.len() { " …" } else { "" };
    format!("-- Left out, as it is about {tool}'s own ledger: {shown}{dots}")
}

/// Whether the server refuses some statement of `text` inside a transaction.
pub(crate) fn needs_no_transaction(text: &str) -> bool {
    matches!(check_sql(text, &Header::default()), Err((_, Problem::NeedsNoTransaction { .. })))
}

/// Whether `text` adds a value to an enum and commits in between, perhaps to use it.
fn splits_an_enum(text: &str) -> bool {
    let statements = split_statements(text).unwrap_or_default();
    let adds = |statement: &Statement<'_>| {
        let tokens: Vec<_> = statement.tokens().map(str::to_ascii_uppercase).collect();
        tokens.starts_with(&["ALTER".to_owned(), "TYPE".to_owned()])
            && tokens.windows(2).any(|pair| pair == ["ADD", "VALUE"])
    };
    let Some(added) = statements.iter().position(adds) else { return false };
    let rest = &statements[added..];
    let Some(committed) = rest.iter().position(|s| control(s) == Control::Commit) else {
        return false;
    };
    rest[committed..].iter().any(|statement| control(statement) == Control::None)
}

/// `text` with `SET LOCAL`, which needs a transaction, as `SET`: the engine sets it back too.
fn without_local(text: &str) -> Result<String, (Position, String)> {
    let mut edits = Edits::default();
    for statement in split(text)? {
        if statement.opening(2) == "SET LOCAL" {
            edits.reword(&statement, "local ", "");
        }
    }
    Ok(edits.apply(text))
}

/// A text with the comments of `text` and a statement that does nothing.
fn nothing(text: &str, tool: Tool) -> String {
    let comments = text.trim();
    let gap = if comments.is_empty() { "" } else { "\n\n" };
    format!(
        "{comments}{gap}-- There is nothing in {tool}'s file; it stays for the rows of it in ledgers.\nSELECT 1;\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF: Of<'_> = Of { tool: Tool::Sqlx, ledger: "_sqlx_migrations", outside: false };

    fn converted(sql: &str) -> Body {
        convert(sql, OF).unwrap()
    }

    #[track_caller]
    fn assert_body(sql: &str, text: &str, no_transaction: bool, note: &str) {
        let body = converted(sql);
        assert_eq!((body.text.as_str(), body.no_transaction), (text, no_transaction), "{sql}");
        let notes = body.notes.join("; ");
        assert!(notes.contains(note) && (note.is_empty() == notes.is_empty()), "{sql}: {notes}");
    }

    #[test]
    fn what_is_fine_stays_to_the_byte() {
        for sql in [
            "-- é\r\nCREATE TABLE t (a text DEFAULT 'BEGIN;')\r\n",
            "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
            "SAVEPOINT a; ROLLBACK TO a",
        ] {
            assert_body(sql, sql, false, "");
        }
    }

    #[test]
    fn transactions_of_its_own_are_left_out() {
        assert_body("BEGIN;\nSELECT 1;\nCOMMIT;\n", "SELECT 1;\n", false, "it is one transaction");
        assert_body("start transaction; SELECT 1; end;", " SELECT 1; ", false, "it is one");
        assert_body(
            "SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\n",
            "SELECT 1;\nSELECT 2;\n",
            false,
            "a part",
        );
        assert_body(
            "SELECT 1;\nCOMMIT;\nSELECT 2;\n",
            "SELECT 1;\nSELECT 2;\n",
            false,
            "0 BEGIN, 1 COMMIT",
        );
        assert_body(
            "SET TRANSACTION READ WRITE;\nSELECT 1;\n",
            "SELECT 1;\n",
            false,
            "SET TRANSACTION",
        );
        let two = "BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;\n";
        assert_body(two, "SELECT 1;\nSELECT 2;\n", false, "2 BEGIN, 2 COMMIT");
    }

    #[test]
    fn what_a_file_rolls_back_itself_never_was() {
        let sql = "SELECT 1;\nBEGIN;\nDROP TABLE t;\nROLLBACK;\n";
        assert_body(sql, "SELECT 1;\n", false, "rolls back itself");
        let (position, problem) = convert("SELECT 1;\nROLLBACK;", OF).unwrap_err();
        assert_eq!(position.line, 2);
        assert!(problem.contains("delete it with what it undoes"), "{problem}");
    }

    #[test]
    fn what_cannot_run_in_a_transaction_runs_outside_one() {
        let sql = "CREATE INDEX CONCURRENTLY i ON t (a);\n";
        assert_body(sql, sql, true, "statement by statement");
        assert_body(
            "BEGIN;\nSET LOCAL lock_timeout = '1s';\nSELECT 1;\nCOMMIT;\nDROP INDEX CONCURRENTLY i;\n",
            "SET lock_timeout = '1s';\nSELECT 1;\nDROP INDEX CONCURRENTLY i;\n",
            true,
            "a part of it",
        );
        let outside = convert("SELECT 1;", Of { outside: true, ..OF }).unwrap();
        assert!(outside.no_transaction && outside.notes.is_empty());
    }

    #[test]
    fn a_new_value_of_an_enum_that_is_used_after_a_commit_still_is() {
        let sql = "ALTER TYPE e ADD VALUE 'b';\nCOMMIT;\nBEGIN;\nINSERT INTO t VALUES ('b');\n";
        let text = "ALTER TYPE e ADD VALUE 'b';\nINSERT INTO t VALUES ('b');\n";
        assert_body(sql, text, true, "a part of it");
        let wrapped = "BEGIN;\nALTER TYPE e ADD VALUE 'b';\nCOMMIT;\n";
        assert_body(wrapped, "ALTER TYPE e ADD VALUE 'b';\n", false, "one transaction");
    }

    #[test]
    fn statements_about_the_tools_own_ledger_are_left_out() {
        let body =
            converted("SELECT 1;\nDELETE FROM public.\"_sqlx_migrations\"\nWHERE version = 1;\n");
        assert_eq!(
            body.text,
            "SELECT 1;\n-- Left out, as it is about sqlx's own ledger: DELETE FROM \
             public.\"_sqlx_migrations\" WHERE version = 1\n"
        );
        let body = converted("DO $$ BEGIN DELETE FROM _sqlx_migrations; END $$;\n");
        assert!(body.text.starts_with("DO") && body.notes[0].contains("which stays"));
    }

    #[test]
    fn a_file_with_nothing_in_it_becomes_one_that_does_nothing() {
        for sql in ["", " \n", "-- only é\n", "BEGIN;\nCOMMIT;\n"] {
            let body = converted(sql);
            assert!(body.text.ends_with("SELECT 1;\n"), "{body:?}");
            assert!(check_sql(&body.text, &Header::default()).is_ok());
        }
        assert!(converted("-- only é\n").text.starts_with("-- only é\n\n-- There is nothing"));
    }

    #[test]
    fn what_is_psqls_is_taken_out_or_said() {
        assert_body("\\restrict x\nSELECT 1;\n\\unrestrict x\n", "SELECT 1;\n", false, "restrict");
        assert_body(
            "COPY t FROM stdin;\n1\n\\.\n",
            "INSERT INTO t OVERRIDING SYSTEM VALUE VALUES\n    ('1');\n",
            false,
            "COPY",
        );
        let (position, problem) = convert("SELECT 1;\n\\connect x\n", OF).unwrap_err();
        assert_eq!(position.to_string(), "2:1");
        assert!(problem.contains("--leave-out"), "{problem}");
    }
}
