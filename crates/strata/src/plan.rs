//! From migrations and ledger rows to what runs. Pure: no connection, no printing.

use std::collections::{HashMap, HashSet};

use strata_sequence::Kind;

use crate::error::Error;
use crate::migrations::Migration;
use crate::replaced::{Answer, answer};
use crate::report::Report;
use crate::row::{Row, stem};

/// What the caller asks of a plan.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rules {
    /// Nothing above this number runs.
    pub target: Option<u64>,
    /// A pending migration below an applied one is refused.
    pub strict_order: bool,
    /// Rows that no migration answers to are refused.
    pub refuse_unknown: bool,
}

/// What a ledger means for a sequence.
#[derive(Debug, Default)]
pub(crate) struct Plan<'a> {
    /// What runs, in order.
    pub pending: Vec<&'a Migration>,
    /// What does not run although it is pending, in order: it is above the target.
    pub above_target: Vec<&'a Migration>,
    /// What is applied, in order, each with the row that says so (an index into the rows).
    pub applied: Vec<(&'a Migration, usize)>,
    /// Pending migrations that are numbered below an applied one.
    pub out_of_order: Vec<&'a Migration>,
    /// Rows that no migration answers to, as indexes into the rows.
    pub unknown: Vec<usize>,
    /// Whether SQL migrations are recorded with their extension.
    pub with_extension: bool,
}

impl Plan<'_> {
    /// The report of a run of this plan that has only begun.
    pub(crate) fn report(&self, rows: &[Row]) -> Report {
        Report {
            unknown: self.unknown.iter().map(|row| rows[*row].name.clone()).collect(),
            out_of_order: names(&self.out_of_order),
            above_target: names(&self.above_target),
            ..Report::default()
        }
    }

    /// The name under which the ledger gets `migration`.
    pub(crate) fn row_name(&self, migration: &Migration) -> String {
        match migration.kind() {
            Kind::Sql if self.with_extension => {
                format!("{}.sql", migration.name())
            }
            _ => migration.name().to_owned(),
        }
    }
}

/// What `rows`, in the order of their ids, mean for `migrations`, in the order of the sequence.
///
/// # Errors
///
/// A rule is broken, the target does not exist, or a leading comment cannot be read.
pub(crate) fn plan<'a>(
    migrations: &'a [Migration],
    rows: &[Row],
    rules: Rules,
) -> Result<Plan<'a>, Error> {
    let mut matcher = Matcher::new(rows);
    let mut plan = Plan {
        with_extension: rows.iter().any(|row| row.name.ends_with(".sql")),
        ..Plan::default()
    };
    for migration in migrations {
        match matcher.find(migration)? {
            Some(row) => plan.applied.push((migration, row)),
            None => plan.pending.push(migration),
        }
    }
    plan.unknown = matcher.unknown();
    if let Some(target) = rules.target {
        check_target(migrations, target)?;
        (plan.pending, plan.above_target) =
            plan.pending.into_iter().partition(|migration| migration.number() <= target);
    }
    let highest = plan.applied.last().map(|(migration, _)| migration.number());
    let late = |migration: &&Migration| highest.is_some_and(|highest| migration.number() < highest);
    plan.out_of_order = plan.pending.iter().copied().filter(|m| late(m)).collect();
    check_rules(&plan, rows, rules)?;
    Ok(plan)
}

fn names(migrations: &[&Migration]) -> Vec<String> {
    migrations.iter().map(|migration| migration.name().to_owned()).collect()
}

fn check_target(migrations: &[Migration], target: u64) -> Result<(), Error> {
    if target == 0 || migrations.iter().any(|migration| migration.number() == target) {
        return Ok(());
    }
    let highest = migrations.last().map(|migration| migration.name().to_owned());
    Err(Error::NoSuchTarget { target, highest })
}

fn check_rules(plan: &Plan<'_>, rows: &[Row], rules: Rules) -> Result<(), Error> {
    if rules.strict_order && !plan.out_of_order.is_empty() {
        let names = plan.out_of_order.iter().map(|m| m.name().to_owned()).collect();
        let highest = plan.applied.last().map(|(m, _)| m.name().to_owned()).unwrap_or_default();
        return Err(Error::OutOfOrder { names, highest });
    }
    if rules.refuse_unknown && !plan.unknown.is_empty() {
        let names = plan.unknown.iter().map(|row| rows[*row].name.clone()).collect();
        return Err(Error::UnknownRows { names });
    }
    Ok(())
}

/// Whether `row` is one that `migration` answers to, alone or with others.
///
/// # Errors
///
/// The leading comment of the migration cannot be read.
pub(crate) fn answers(migration: &Migration, row: &Row) -> Result<bool, Error> {
    match Matcher::new(std::slice::from_ref(row)).find(migration) {
        Ok(found) => Ok(found.is_some()),
        Err(Error::PartlyReplaced { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Finds the rows that migrations answer to.
struct Matcher<'r> {
    rows: &'r [Row],
    by_name: HashMap<&'r str, usize>,
    known: HashSet<&'r str>,
}

impl<'r> Matcher<'r> {
    fn new(rows: &'r [Row]) -> Self {
        let by_name = rows.iter().enumerate().rev().map(|(i, row)| (stem(&row.name), i)).collect();
        Self { rows, by_name, known: HashSet::new() }
    }

    /// The row under which `migration` is applied. Its file is only opened where its name is not
    /// in the ledger.
    fn find(&mut self, migration: &Migration) -> Result<Option<usize>, Error> {
        if let Some(row) = self.look_up(migration.name()) {
            return Ok(Some(row));
        }
        if self.rows.is_empty() {
            return Ok(None);
        }
        let header = migration.header()?;
        if let Some(row) = header.formerly.iter().find_map(|name| self.look_up(name)) {
            return Ok(Some(row));
        }
        match answer(&header.replaced, &mut |name| self.look_up(name)) {
            Answer::Nothing => Ok(None),
            Answer::Whole(row) => Ok(Some(row)),
            Answer::Partly(missing) => {
                Err(Error::PartlyReplaced { name: migration.name().to_owned(), missing })
            }
        }
    }

    fn look_up(&mut self, name: &str) -> Option<usize> {
        let (key, row) = self.by_name.get_key_value(stem(name))?;
        self.known.insert(key);
        Some(*row)
    }

    fn unknown(&self) -> Vec<usize> {
        let known = |row: &Row| self.known.contains(stem(&row.name));
        (0..self.rows.len()).filter(|index| !known(&self.rows[*index])).collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::too_many_lines, reason = "a test may be a long table")]

    use strata_sequence::MigrationName;

    use super::*;
    use crate::migrations::{Body, Text};

    /// Migrations by name; what follows a space is their leading comment.
    fn sequence(migrations: &[&'static str]) -> Vec<Migration> {
        let migration = |text: &&'static str| {
            let (name, comment) = text.split_once(' ').unwrap_or((text, ""));
            let (name, body) = match name.strip_suffix(".rs") {
                Some(name) => (name, Body::Rust { header: Text::Embedded(comment), up: None }),
                None => (name, Body::Sql(Text::Embedded(comment))),
            };
            Migration::new(MigrationName::parse(name).unwrap(), name.into(), body)
        };
        migrations.iter().map(migration).collect()
    }

    fn rows(names: &[&str]) -> Vec<Row> {
        names.iter().map(|name| Row { name: (*name).to_owned() }).collect()
    }

    struct Case {
        migrations: &'static [&'static str],
        rows: &'static [&'static str],
        rules: Rules,
        pending: &'static [&'static str],
        unknown: &'static [&'static str],
        out_of_order: &'static [&'static str],
    }

    const CASE: Case = Case {
        migrations: &["001_A", "002_B", "003_C"],
        rows: &[],
        rules: Rules { target: None, strict_order: false, refuse_unknown: false },
        pending: &[],
        unknown: &[],
        out_of_order: &[],
    };

    #[test]
    fn a_ledger_and_a_sequence_give_what_runs() {
        let to = |target| Rules { target: Some(target), ..CASE.rules };
        let strict = Rules { strict_order: true, ..CASE.rules };
        for (what, case) in [
            ("empty ledger", Case { pending: &["001_A", "002_B", "003_C"], ..CASE }),
            ("empty sequence", Case { migrations: &[], ..CASE }),
            (
                "an older binary on a newer database",
                Case {
                    migrations: &["001_A"],
                    rows: &["001_A", "002_B"],
                    unknown: &["002_B"],
                    ..CASE
                },
            ),
            ("all applied", Case { rows: &["001_A", "002_B", "003_C"], ..CASE }),
            ("with extension", Case { rows: &["001_A.sql", "002_B", "003_C.rs"], ..CASE }),
            (
                "same name in both forms",
                Case { rows: &["001_A.sql", "001_A", "002_B", "003_C"], ..CASE },
            ),
            (
                "rows of one number that are unknown",
                Case {
                    rows: &["001_A.sql", "004_X.sql", "004_Y.sql"],
                    pending: &["002_B", "003_C"],
                    unknown: &["004_X.sql", "004_Y.sql"],
                    ..CASE
                },
            ),
            (
                "a late number",
                Case {
                    rows: &["001_A", "003_C"],
                    pending: &["002_B"],
                    out_of_order: &["002_B"],
                    ..CASE
                },
            ),
            (
                "the order of rows means nothing",
                Case { rows: &["003_C", "001_A", "002_B"], ..CASE },
            ),
            (
                "strict, in order",
                Case { rows: &["001_A"], rules: strict, pending: &["002_B", "003_C"], ..CASE },
            ),
            ("target", Case { rules: to(2), pending: &["001_A", "002_B"], ..CASE }),
            ("target below the applied", Case { rows: &["001_A", "002_B"], rules: to(1), ..CASE }),
            ("target zero", Case { rules: to(0), ..CASE }),
            (
                "formerly",
                Case {
                    migrations: &["015_Add.rs //! strata: formerly 015_Old, 14_Older.sql"],
                    rows: &["14_Older"],
                    ..CASE
                },
            ),
            (
                "replaces, on an old database",
                Case {
                    migrations: &["010_Squash -- strata: replaces 001_A, 002_B", "011_New"],
                    rows: &["001_A.sql", "002_B.sql"],
                    pending: &["011_New"],
                    ..CASE
                },
            ),
            (
                "a squash of a squash, and former names",
                Case {
                    migrations: &["004_S -- strata: replaces 002_S = 001_A + 002_B, 003_C = 3_Old"],
                    rows: &["001_A", "002_B.sql", "3_Old"],
                    ..CASE
                },
            ),
            (
                "replaces, on a new database",
                Case {
                    migrations: &["010_Squash -- strata: replaces 001_A, 002_B"],
                    pending: &["010_Squash"],
                    ..CASE
                },
            ),
        ] {
            let (migrations, rows) = (sequence(case.migrations), rows(case.rows));
            let plan = plan(&migrations, &rows, case.rules).unwrap();
            let names = |list: &[&Migration]| -> Vec<String> {
                list.iter().map(|m| m.name().to_owned()).collect()
            };
            let unknown: Vec<_> = plan.unknown.iter().map(|row| rows[*row].name.as_str()).collect();
            assert_eq!(names(&plan.pending), case.pending, "{what}");
            assert_eq!(names(&plan.out_of_order), case.out_of_order, "{what}");
            assert_eq!(unknown, case.unknown, "{what}");
        }
    }

    #[test]
    fn what_the_rules_forbid_is_refused_with_what_to_do() {
        let strict = Rules { strict_order: true, ..Rules::default() };
        let known = Rules { refuse_unknown: true, ..Rules::default() };
        let target = Rules { target: Some(9), ..Rules::default() };
        for (migrations, ledger, rules, said) in [
            (&["001_A", "002_B"][..], &["002_B"][..], strict, "001_A is numbered below 002_B"),
            (&["001_A"][..], &["001_A", "7_X"][..], known, "7_X"),
            (&["001_A"][..], &[][..], target, "there is no migration number 9"),
            (
                &["009_S -- strata: replaces 001_A, 002_B"][..],
                &["001_A"][..],
                Rules::default(),
                "002_B",
            ),
        ] {
            let error = plan(&sequence(migrations), &rows(ledger), rules).unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn new_rows_carry_an_extension_where_the_sql_rows_do() {
        let migrations = sequence(&["001_A", "002_B.rs"]);
        for (ledger, expected) in [
            (&[][..], ["001_A", "002_B"]),
            (&["000_X.sql"][..], ["001_A.sql", "002_B"]),
            (&["000_X"][..], ["001_A", "002_B"]),
        ] {
            let rows = rows(ledger);
            let plan = plan(&migrations, &rows, Rules::default()).unwrap();
            let names: Vec<_> = plan.pending.iter().map(|m| plan.row_name(m)).collect();
            assert_eq!(names, expected);
        }
    }

    #[test]
    fn the_file_of_an_applied_migration_is_not_opened() {
        let missing = Migration::new(
            MigrationName::parse("001_A").unwrap(),
            "/nonexistent/001_A.sql".into(),
            Body::Sql(Text::File),
        );
        let migrations = [missing];
        assert!(plan(&migrations, &rows(&["001_A"]), Rules::default()).is_ok());
        assert!(plan(&migrations, &rows(&["002_B"]), Rules::default()).is_err());
    }
}
