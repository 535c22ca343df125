//! The scratch database on which migrations are tried, and what is known of it.

use std::collections::HashSet;
use std::time::Instant;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::result::Error as DieselError;
use diesel_strata::Sequence;
use strata_sequence::Kind;
use strata_sql::{Position, Statement, identifier, literal, split_statements};

use super::alter::Words;
use super::answers::{cannot_be_in_transaction, is_of_the_server, missing_role};
use super::asked::Check;
use super::done::Done;
use super::faults::{self, Fault};
use super::file::File;
use super::finding::{Finding, Report};
use super::production::Production;
use super::rules::{self, PRACTICES, lost};
use super::seen::{Held, Seen, hold};
use super::sizes::Sizes;
use super::{allow, source};
use crate::error::{Doing, WorkshopError};
use crate::measure::{Measured, Meter, outside};
use crate::scratch::Scratch;

/// What is tried, where, and what came of it so far.
pub(super) struct Stage<'a> {
    check: &'a Check<'a>,
    scratch: &'a Scratch,
    linked: &'a Sequence,
    pub conn: PgConnection,
    pub meter: Meter,
    pub production: Production,
    faults: HashSet<Fault>,
    pub report: Report,
    pub done: Vec<Done>,
    /// When what is tried now began.
    begun: Instant,
    /// Whether something could not be run here, so that what comes after it may lack it.
    incomplete: bool,
    /// Roles that were made here because migrations name them.
    roles: Vec<String>,
}

/// What is kept while one file runs.
struct Trial<'f> {
    file: &'f File,
    findings: Vec<Finding>,
    held: Vec<Held>,
    lost: Vec<lost::Placed>,
    has_lock_timeout: bool,
    /// Where statements begin that are not to be tried as they are.
    refused: Vec<Position>,
}

impl<'a> Stage<'a> {
    pub(super) fn new(
        check: &'a Check<'a>,
        scratch: &'a Scratch,
        linked: &'a Sequence,
    ) -> Result<Self, WorkshopError> {
        let mut conn = scratch.connect()?;
        conn.batch_execute(LEDGER).doing("create a ledger")?;
        let meter = Meter::start(&mut conn).doing("read the catalog")?;
        let mut stage = Self {
            check,
            scratch,
            linked,
            conn,
            meter,
            production: Production::new(Sizes::default(), 0),
            faults: HashSet::new(),
            report: Report::default(),
            done: Vec::new(),
            begun: Instant::now(),
            incomplete: false,
            roles: Vec::new(),
        };
        stage.fresh_session()?;
        Ok(stage)
    }

    /// The session as a new one is, whatever a migration has set.
    pub(super) fn fresh_session(&mut self) -> Result<(), WorkshopError> {
        let zone = literal(&self.check.time_zone);
        let text = format!(
            "SET SESSION AUTHORIZATION DEFAULT; RESET ALL; SET TimeZone = {zone}; \
             SET client_min_messages = warning"
        );
        self.conn.batch_execute(&text).doing("set the session's settings back")
    }

    /// Drops what belongs to the server and not to the database.
    pub(super) fn clear(mut self) {
        for role in &self.roles {
            let role = identifier(role);
            // A role that has something elsewhere was not made here alone.
            let _ = self.conn.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
        }
    }

    /// Runs `file`, and reports what there is to say of it.
    pub(super) fn look(&mut self, file: &File) -> Result<(), WorkshopError> {
        self.report.files += 1;
        let has_lock_timeout = file.header.lock_timeout.is_some();
        let mut findings = file.refusals();
        let refused = findings.iter().map(|finding| finding.position).collect();
        findings.extend(source::look(file));
        let mut trial =
            Trial { file, findings, refused, held: Vec::new(), lost: Vec::new(), has_lock_timeout };
        match (file.kind, file.header.no_transaction) {
            (Kind::Rust, _) => self.try_rust(&mut trial)?,
            (Kind::Sql, false) => self.try_in_transaction(&mut trial)?,
            (Kind::Sql, true) => self.try_one_by_one(&mut trial)?,
        }
        self.judge_lost(&mut trial);
        self.judge_faults(&mut trial)?;
        self.fresh_session()?;
        let practices = &self.check.practices;
        let Trial { mut findings, .. } = trial;
        let minds = |rule: &str| !PRACTICES.contains(&rule) || practices.iter().any(|p| p == rule);
        let mut findings = {
            findings.retain(|finding| minds(finding.rule));
            allow::apply(file, findings)
        };
        findings.retain(|finding| minds(finding.rule));
        findings.sort_by_key(|finding| finding.position);
        self.report.findings.extend(findings);
        Ok(())
    }

    fn try_in_transaction(&mut self, trial: &mut Trial<'_>) -> Result<(), WorkshopError> {
        let statements = split_statements(&trial.file.text).unwrap_or_default();
        let place =
            |statement: &Statement<'_>| Position::of_byte(&trial.file.text, statement.offset);
        let (refused, tried): (Vec<_>, Vec<_>) =
            statements.into_iter().partition(|statement| trial.refused.contains(&place(statement)));
        for statement in refused.iter().filter(|statement| is_of_the_server(statement)) {
            self.judge(trial, *statement, &Measured::default());
        }
        self.begin()?;
        for statement in tried {
            if is_of_the_server(&statement) {
                let nothing = Measured::default();
                self.judge(trial, statement, &nothing);
            } else if let Some(measured) = self.try_statement(trial, statement)? {
                self.judge(trial, statement, &measured);
            }
        }
        if let Err(error) = self.conn.batch_execute("COMMIT") {
            self.refuse(trial, START, &error);
            let _ = self.conn.batch_execute("ROLLBACK");
            self.meter.recount(&mut self.conn).doing("read the catalog")?;
        }
        self.run_what_was_refused(&refused)
    }

    /// What the file was told to put elsewhere, so that what comes after it finds it done.
    fn run_what_was_refused(&mut self, refused: &[Statement<'_>]) -> Result<(), WorkshopError> {
        let elsewhere = |statement: &&Statement<'_>| {
            let words = Words::of(**statement);
            words.have("CONCURRENTLY") && !is_of_the_server(statement)
        };
        for statement in refused.iter().filter(elsewhere) {
            let _ = self.conn.batch_execute(statement.text);
            self.meter.recount(&mut self.conn).doing("read the catalog")?;
        }
        Ok(())
    }

    fn try_one_by_one(&mut self, trial: &mut Trial<'_>) -> Result<(), WorkshopError> {
        for statement in split_statements(&trial.file.text).unwrap_or_default() {
            let place = Position::of_byte(&trial.file.text, statement.offset);
            if is_of_the_server(&statement) || trial.refused.contains(&place) {
                self.judge(trial, statement, &Measured::default());
                continue;
            }
            trial.held.clear();
            trial.has_lock_timeout |= Words::of(statement).have("LOCK_TIMEOUT");
            if let Some(measured) = self.try_alone(trial, statement)? {
                self.judge(trial, statement, &measured);
            }
        }
        Ok(())
    }

    /// Runs a statement of its own: in a transaction if the server lets it, which tells more, else
    /// watched from outside.
    fn try_alone(
        &mut self,
        trial: &mut Trial<'_>,
        statement: Statement<'_>,
    ) -> Result<Option<Measured>, WorkshopError> {
        self.begin()?;
        self.begun = Instant::now();
        match self.conn.batch_execute(statement.text) {
            Ok(()) => {
                let measured = self.meter.look(&mut self.conn).doing("measure a statement")?;
                self.conn.batch_execute("COMMIT").doing("commit")?;
                return Ok(Some(measured));
            }
            Err(error) => {
                self.conn.batch_execute("ROLLBACK").doing("roll back")?;
                if !cannot_be_in_transaction(&error) {
                    self.refuse_at(trial, statement, &error);
                    return Ok(None);
                }
            }
        }
        let mut watcher = self.scratch.connect()?;
        match outside(&mut self.conn, &mut watcher, &mut self.meter, statement.text) {
            Ok(measured) => Ok(Some(measured)),
            Err(error) => {
                self.refuse_at(trial, statement, &error);
                self.meter.recount(&mut self.conn).doing("read the catalog")?;
                Ok(None)
            }
        }
    }

    fn try_rust(&mut self, trial: &mut Trial<'_>) -> Result<(), WorkshopError> {
        let name = trial.file.name.as_str();
        let migration = self.linked.migrations().iter().find(|linked| linked.name() == name);
        let Some(up) = migration.and_then(|linked| linked.up().ok().flatten()) else {
            self.incomplete = true;
            self.report.notes.push(format!(
                "{name} is a Rust migration that this program does not have, and was not \
                 measured; the application's own command line has it"
            ));
            return Ok(());
        };
        let meter = &mut self.meter;
        let no_transaction = trial.file.header.no_transaction;
        self.begun = Instant::now();
        let ran = match no_transaction {
            true => up(&mut self.conn).map(|()| None),
            false => {
                meter.restart(&mut self.conn).doing("measure a migration")?;
                self.conn
                    .transaction(|conn| {
                        up(conn).map_err(Failed)?;
                        Ok::<_, Failed>(Some(meter.look(conn)?))
                    })
                    .map_err(|failed| failed.0)
            }
        };
        let at = trial.file.text.find("fn up").unwrap_or_default();
        match ran {
            Ok(measured) => {
                let measured = match measured {
                    Some(measured) => measured,
                    None => meter.recount(&mut self.conn).doing("read the catalog")?,
                };
                self.judge(trial, Statement { text: "", offset: at }, &measured);
            }
            Err(error) => {
                let position = Position::of_byte(&trial.file.text, at);
                self.refuse_for(trial, position, &error.to_string());
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), WorkshopError> {
        self.conn.batch_execute("BEGIN; SAVEPOINT strata_check").doing("begin a transaction")?;
        self.meter.restart(&mut self.conn).doing("measure a statement")
    }

    /// Runs one statement of a transaction that goes on without it if it fails.
    fn try_statement(
        &mut self,
        trial: &mut Trial<'_>,
        statement: Statement<'_>,
    ) -> Result<Option<Measured>, WorkshopError> {
        const AGAIN: &str = "RELEASE SAVEPOINT strata_check; SAVEPOINT strata_check";
        const BACK: &str = "ROLLBACK TO SAVEPOINT strata_check";
        self.conn.batch_execute(AGAIN).doing("set a savepoint")?;
        self.begun = Instant::now();
        let mut ran = self.conn.batch_execute(statement.text);
        while let Some(role) = ran.as_ref().err().and_then(missing_role) {
            self.conn.batch_execute(BACK).doing("go back to a savepoint")?;
            let create = format!("CREATE ROLE {}", identifier(&role));
            if self.roles.contains(&role) || self.conn.batch_execute(&create).is_err() {
                break;
            }
            self.roles.push(role);
            self.conn.batch_execute(AGAIN).doing("set a savepoint")?;
            ran = self.conn.batch_execute(statement.text);
        }
        match ran {
            Ok(()) => Ok(Some(self.meter.look(&mut self.conn).doing("measure a statement")?)),
            Err(error) => {
                self.conn.batch_execute(BACK).doing("go back to a savepoint")?;
                self.refuse_at(trial, statement, &error);
                Ok(None)
            }
        }
    }

    /// What the rules have to say of what `statement` did.
    fn judge(&mut self, trial: &mut Trial<'_>, statement: Statement<'_>, measured: &Measured) {
        let position = Position::of_byte(&trial.file.text, statement.offset);
        hold(&mut trial.held, measured, &self.production, position.line);
        self.done.push(Done {
            migration: trial.file.name.as_str().to_owned(),
            line: position.line,
            text: position.line_of(&trial.file.text).trim().to_owned(),
            measured: measured.clone(),
            elapsed: self.begun.elapsed(),
        });
        let seen = Seen {
            words: Words::of(statement),
            measured,
            meter: &self.meter,
            held: &trial.held,
            production: &self.production,
            no_transaction: trial.file.header.no_transaction,
            has_lock_timeout: trial.has_lock_timeout,
        };
        for note in rules::look(&seen) {
            let finding = trial.file.finding(position, note.rule, note.message, note.way);
            trial.findings.push(finding);
        }
        let lost = lost::of(measured, &self.production).into_iter();
        trial.lost.extend(lost.map(|lost| lost::Placed { lost, position }));
    }

    fn judge_lost(&self, trial: &mut Trial<'_>) {
        for placed in std::mem::take(&mut trial.lost) {
            if let Some(note) = lost::judge(&placed.lost, &self.meter, &self.production) {
                let file = trial.file;
                let finding = file.finding(placed.position, note.rule, note.message, note.way);
                trial.findings.push(finding);
            }
        }
    }

    fn judge_faults(&mut self, trial: &mut Trial<'_>) -> Result<(), WorkshopError> {
        let now = faults::read(&mut self.conn).doing("read functions and triggers")?;
        for fault in now.difference(&self.faults) {
            let position = named_place(trial.file, &fault.names);
            trial.findings.push(trial.file.finding(
                position,
                fault.rule,
                fault.message.clone(),
                None,
            ));
        }
        self.faults = now;
        Ok(())
    }

    fn refuse_at(&mut self, trial: &mut Trial<'_>, statement: Statement<'_>, error: &DieselError) {
        let start = trial.file.text[..statement.offset].chars().count();
        let within = match error {
            DieselError::DatabaseError(_, info) => info.statement_position(),
            _ => None,
        };
        let within = within.and_then(|at| usize::try_from(at).ok()).unwrap_or(1);
        let position = Position::of_char(&trial.file.text, start + within.saturating_sub(1));
        self.refuse(trial, position, error);
    }

    fn refuse(&mut self, trial: &mut Trial<'_>, position: Position, error: &DieselError) {
        self.refuse_for(trial, position, &error.to_string());
    }

    /// Tells that the server refuses something, unless that is this server's own fault.
    fn refuse_for(&mut self, trial: &mut Trial<'_>, position: Position, message: &str) {
        let unavailable = message.contains("is not available")
            || message.contains("could not open extension control file");
        let lacks = self.incomplete && message.contains("does not exist");
        let there = message.contains("role ") && message.contains("already exists");
        self.incomplete |= unavailable;
        let file = trial.file;
        if unavailable || lacks || there {
            let place = format!("{}:{position}", file.path.display());
            self.report.notes.push(format!("{place} could not be tried here: {message}"));
            return;
        }
        let rule = match message.contains("unsafe use of new value") {
            true => "enum-value-used-in-same-transaction",
            false => "refused",
        };
        let message = format!("the server refuses this: {message}");
        trial.findings.push(file.finding(position, rule, message, None));
    }
}

const START: Position = Position { line: 1, column: 1 };

const LEDGER: &str = "CREATE TABLE IF NOT EXISTS __migrations (id SERIAL PRIMARY KEY, \
     migration_name TEXT NOT NULL UNIQUE, applied_at TIMESTAMP DEFAULT NOW())";

/// Why a Rust migration failed.
struct Failed(Box<dyn std::error::Error + Send + Sync>);

impl From<DieselError> for Failed {
    fn from(error: DieselError) -> Self {
        Self(Box::new(error))
    }
}

/// Where the first statement stands that holds the first of `names`, or else the next.
fn named_place(file: &File, names: &[String]) -> Position {
    let statements = split_statements(&file.text).unwrap_or_default();
    let holds = |statement: &&Statement<'_>, name: &str| {
        statement.tokens().any(|token| token.trim_matches('"').eq_ignore_ascii_case(name))
    };
    let found = names.iter().find_map(|name| statements.iter().find(|s| holds(s, name)));
    found.map_or(START, |statement| Position::of_byte(&file.text, statement.offset))
}
