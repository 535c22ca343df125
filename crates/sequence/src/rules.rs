//! What the text of an SQL migration must keep to before anything of it runs.

use strata_sql::{Position, SplitError, Statement, comments, split_statements};

use crate::header::{DIRECTIVE, header_line};
use crate::{Header, Kind};

/// What is wrong at a place in a file, ending with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A directive that does not exist.
    #[error(
        "unknown directive `{directive}`; known are no-transaction, statement-by-statement, formerly, \
         replaces, allow, lock-timeout and statement-timeout"
    )]
    UnknownDirective {
        /// Its first word.
        directive: String,
    },
    /// A directive with a value that does not fit.
    #[error("directive `{directive}` takes {wanted}, not `{value}`")]
    DirectiveValue {
        /// The directive.
        directive: String,
        /// The value that it has.
        value: String,
        /// What it takes.
        wanted: &'static str,
    },
    /// A directive behind the leading comment.
    #[error("a directive must stand in the comment at the top of the file; move it there")]
    MisplacedDirective,
    /// What is no SQL at all.
    #[error(transparent)]
    NotSql(#[from] SplitError),
    /// `COPY … FROM stdin`.
    #[error(
        "COPY … FROM stdin needs data that only psql can send; use INSERT … VALUES, or a Rust \
         migration with Diesel's copy_from"
    )]
    CopyFromStdin,
    /// `COPY … TO stdout`.
    #[error(
        "COPY … TO stdout sends rows that nobody reads here; leave it out, or copy to a file or a \
         table"
    )]
    CopyToStdout,
    /// A comment that only looks like one with a directive.
    #[error(
        "a directive is a line of its own, `{wanted}`, in the comment at the top of the file; \
         write it so"
    )]
    NearDirective {
        /// How it is written.
        wanted: &'static str,
    },
    /// A statement that would end, or open, the migration's transaction.
    #[error(
        "{statement} must not stand in a migration, which is one transaction with its ledger row \
         already; delete it, or split the file into several migrations"
    )]
    TransactionControl {
        /// Its first words.
        statement: String,
    },
    /// The same in a file whose statements run one by one.
    #[error(
        "{statement} must not stand in a no-transaction migration, whose statements run each on \
         its own; move what belongs together into a migration of its own, which is one transaction"
    )]
    TransactionControlOutside {
        /// Its first words.
        statement: String,
    },
    /// A statement that PostgreSQL refuses inside a transaction.
    #[error(
        "{statement} cannot run inside a transaction; put it into a migration of its own that \
         opens with the comment `-- strata: no-transaction`"
    )]
    NeedsNoTransaction {
        /// Its first words.
        statement: String,
    },
    /// A file without any statement.
    #[error("there is no statement in this file; write the migration, or delete the file")]
    NoStatement,
    /// A character that SQL text cannot have.
    #[error("SQL text cannot hold the character NUL; delete it")]
    Nul,
}

impl Problem {
    pub(crate) fn directive_value(directive: &str, value: &str, wanted: &'static str) -> Self {
        Self::DirectiveValue { directive: directive.to_owned(), value: value.to_owned(), wanted }
    }
}

/// Whether the whole text of an SQL migration with this `header` may run.
///
/// # Errors
///
/// The first problem, and where it stands.
pub fn check_sql(text: &str, header: &Header) -> Result<(), (Position, Problem)> {
    sql_problems(text, header).into_iter().next().map_or(Ok(()), Err)
}

/// All that [`check_sql`] would refuse, in the order in which it would; none is found behind a
/// place at which the text is no SQL.
pub fn sql_problems(text: &str, header: &Header) -> Vec<(Position, Problem)> {
    let at = |(offset, problem)| (Position::of_byte(text, offset), problem);
    if let Some(offset) = text.find('\0') {
        return vec![at((offset, Problem::Nul))];
    }
    let statements = match split_statements(text) {
        Ok(statements) => statements,
        Err((offset, error)) => return vec![at((offset, error.into()))],
    };
    let misplaced = misplaced_directive(text);
    let empty = statements.is_empty().then_some((0, Problem::NoStatement));
    let of_statements = statements.iter().filter_map(|statement| {
        let problem = statement_problem(statement, header.no_transaction)?;
        Some((statement.offset, problem))
    });
    misplaced.into_iter().chain(empty).chain(of_statements).map(at).collect()
}

/// A comment that is no directive and was meant to be one.
fn misplaced_directive(text: &str) -> Option<(usize, Problem)> {
    let header: usize = text
        .split_inclusive('\n')
        .take_while(|line| header_line(line, Kind::Sql).is_some())
        .map(str::len)
        .sum();
    comments(text).find_map(|(offset, comment)| {
        let block = comment.starts_with("/*");
        let mut lines =
            comment.lines().map(|line| line.trim_start_matches(['-', '/', '*', ' ', '\t']));
        let meant = lines.any(|line| {
            line.get(..DIRECTIVE.len()).is_some_and(|start| start.eq_ignore_ascii_case(DIRECTIVE))
        });
        let problem = match (meant, block) {
            (false, _) => return None,
            (true, true) => Problem::NearDirective { wanted: "-- strata: …" },
            (true, false) if offset >= header => Problem::MisplacedDirective,
            (true, false) => return None,
        };
        Some((offset, problem))
    })
}

fn statement_problem(statement: &Statement<'_>, no_transaction: bool) -> Option<Problem> {
    let words = statement.opening(WORDS);
    let mut parts = words.split(' ');
    let mut next = || parts.next().unwrap_or_default();
    let (first, second) = (next(), next());
    if controls_transaction(first, second, next()) {
        let statement = short(first, second);
        return Some(match no_transaction {
            true => Problem::TransactionControlOutside { statement },
            false => Problem::TransactionControl { statement },
        });
    }
    if first == "COPY" && has_pair(statement, "from", "stdin") {
        return Some(Problem::CopyFromStdin);
    }
    if first == "COPY" && has_pair(statement, "to", "stdout") {
        return Some(Problem::CopyToStdout);
    }
    if no_transaction {
        return None;
    }
    let statement = outside_transaction(&words, statement)?;
    Some(Problem::NeedsNoTransaction { statement })
}

/// How many tokens tell statements apart; a partition's name may be quoted and qualified.
const WORDS: usize = 6;

fn short(first: &str, second: &str) -> String {
    match (first, second) {
        ("START" | "PREPARE", _) | (_, "PREPARED") => format!("{first} {second}"),
        _ => first.to_owned(),
    }
}

fn controls_transaction(first: &str, second: &str, third: &str) -> bool {
    match first {
        "BEGIN" | "COMMIT" | "END" | "ABORT" => true,
        "ROLLBACK" if matches!(second, "WORK" | "TRANSACTION") => third != "TO",
        "ROLLBACK" => second != "TO",
        "START" | "PREPARE" => second == "TRANSACTION",
        _ => false,
    }
}

fn has_pair(statement: &Statement<'_>, first: &str, second: &str) -> bool {
    let tokens: Vec<_> = statement.tokens().collect();
    tokens
        .windows(2)
        .any(|pair| pair[0].eq_ignore_ascii_case(first) && pair[1].eq_ignore_ascii_case(second))
}

/// The words of a statement that PostgreSQL refuses inside a transaction block; the list is that
/// of the server's `PreventInTransactionBlock`, where the text alone can tell.
fn outside_transaction(words: &str, statement: &Statement<'_>) -> Option<String> {
    let has = |wanted: &str| statement.tokens().any(|token| token.eq_ignore_ascii_case(wanted));
    let opens_with = |openings: &[&'static str]| {
        openings.iter().copied().find(|opening| {
            words.strip_prefix(opening).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        })
    };
    let always = opens_with(&[
        "VACUUM",
        "CREATE DATABASE",
        "DROP DATABASE",
        "CREATE TABLESPACE",
        "DROP TABLESPACE",
        "ALTER SYSTEM",
        "CREATE INDEX CONCURRENTLY",
        "CREATE UNIQUE INDEX CONCURRENTLY",
        "DROP INDEX CONCURRENTLY",
        "REINDEX DATABASE",
        "REINDEX SYSTEM",
        "REINDEX SCHEMA",
        "DISCARD ALL",
    ]);
    let found = match opens_with(&["REINDEX", "ALTER TABLE", "CREATE SUBSCRIPTION", "CLUSTER"]) {
        _ if always.is_some() => always?,
        Some("REINDEX") if has("concurrently") => "REINDEX … CONCURRENTLY",
        Some("ALTER TABLE") if has("detach") && has("concurrently") => {
            "DETACH PARTITION … CONCURRENTLY"
        }
        Some("CREATE SUBSCRIPTION") if !has("create_slot") && !has("connect") => {
            "CREATE SUBSCRIPTION with a replication slot"
        }
        Some("CLUSTER") if statement.tokens().count() == 1 => "CLUSTER of all tables",
        _ => return None,
    };
    Some(found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str, no_transaction: bool) -> Option<String> {
        let header = Header { no_transaction, ..Header::default() };
        let (position, problem) = check_sql(text, &header).err()?;
        Some(format!("{position} {problem}"))
    }

    #[test]
    fn statements_that_break_the_migrations_transaction_are_refused() {
        for (statement, said) in [
            ("BEGIN", "BEGIN"),
            ("begin transaction isolation level serializable", "BEGIN"),
            ("START TRANSACTION", "START TRANSACTION"),
            ("/* x */ Commit", "COMMIT"),
            ("COMMIT AND CHAIN", "COMMIT"),
            ("COMMIT PREPARED 'x'", "COMMIT PREPARED"),
            ("END", "END"),
            ("ABORT", "ABORT"),
            ("ROLLBACK", "ROLLBACK"),
            ("ROLLBACK AND CHAIN", "ROLLBACK"),
            ("PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION"),
        ] {
            let text = format!("SELECT 1;\n -- é\n {statement};\n");
            for no_transaction in [true, false] {
                let said = format!("{said} must not stand");
                let problem = problem(&text, no_transaction).unwrap();
                assert!(problem.starts_with("3:") && problem.contains(&said), "{problem}");
            }
        }
    }

    #[test]
    fn savepoints_and_words_that_only_look_alike_are_fine() {
        for text in [
            "SAVEPOINT a; INSERT INTO t VALUES (1); ROLLBACK TO SAVEPOINT a; RELEASE a",
            "ROLLBACK WORK TO SAVEPOINT a",
            "rollback transaction to a",
            "COPY t TO '/tmp/x'",
            "-- the strata: what they are\nSELECT 1",
            "DO $$ BEGIN COMMIT; END $$",
            "PREPARE p AS SELECT 1",
            "CREATE TABLE commit (vacuum int)",
            "SELECT 'BEGIN;'",
            "REINDEX TABLE t",
            "REINDEX INDEX i",
            "CLUSTER t USING i",
            "DROP INDEX i",
            "CREATE INDEX concurrent ON t (a)",
            "COPY t FROM '/tmp/x'",
            "ALTER TABLE t DETACH PARTITION p",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = false)",
        ] {
            assert_eq!(problem(text, false), None, "{text}");
        }
    }

    #[test]
    fn statements_that_cannot_run_inside_a_transaction_need_the_directive() {
        for statement in [
            "create unique index /* now */ concurrently i on t (a)",
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
            "DROP INDEX CONCURRENTLY i",
            "REINDEX TABLE CONCURRENTLY t",
            "REINDEX (VERBOSE, CONCURRENTLY) TABLE t",
            "REINDEX SCHEMA s",
            "VACUUM",
            "VACUUM (FULL) t",
            "CREATE DATABASE d",
            "DROP DATABASE IF EXISTS d",
            "ALTER SYSTEM SET work_mem = '1MB'",
            "CREATE TABLESPACE s LOCATION '/x'",
            "ALTER TABLE a.\"T x\" DETACH PARTITION p CONCURRENTLY",
            "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p",
            "CLUSTER",
            "DISCARD ALL",
        ] {
            let problem_inside = problem(statement, false).unwrap();
            assert!(problem_inside.contains("cannot run inside"), "{problem_inside}");
            assert_eq!(problem(statement, true), None, "{statement}");
        }
    }

    #[test]
    fn what_is_not_for_the_server_is_refused() {
        for (text, said) in [
            ("COPY t (a, b) FROM STDIN WITH CSV;\n1,2\n\\.\n", "psql"),
            ("COPY t (a, b) FROM STDIN WITH CSV;", "COPY … FROM stdin"),
            ("-- only a comment", "no statement"),
            ("SELECT '\0'", "NUL"),
            ("SELECT 1;\n-- strata: no-transaction", "2:1 a directive must stand"),
            ("SELECT 1; --strata: no-transaction", "1:11 a directive must stand"),
            ("SELECT 1; -- STRATA: allow x", "1:11 a directive must stand"),
            ("/* strata: formerly 002_X */ SELECT 1", "1:1 a directive is a line of its own"),
            ("/*\n * Strata: formerly 002_X\n */ SELECT 1", "1:1 a directive is a line of its own"),
            ("COPY t TO STDOUT", "COPY … TO stdout"),
            ("copy (select 1) to stdout with csv", "COPY … TO stdout"),
        ] {
            let problem = problem(text, false).unwrap();
            assert!(problem.contains(said), "{text}: {problem}");
        }
    }
}
