//! The proof that our folder builds what theirs does.

use std::collections::BTreeSet;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::{Migrator, Sequence, schema_difference, schema_snapshot};
use strata_sql::{identifier, split_statements};

use crate::adopt::body::{needs_no_transaction, without_psql};
use crate::adopt::error::{AdoptError, Doing};
use crate::adopt::folder::{Folder, Ours};
use crate::adopt::tool::Tool;
use crate::scratch::ScratchServer;

/// What was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// How many lines the schema has that both folders build, as `snapshot` prints it.
    pub lines: usize,
    /// Roles that the migrations speak of and that were made on the scratch server meanwhile.
    pub roles: Vec<String>,
}

/// Runs their texts in their order on one database of `server`, our texts through the engine on
/// another, and compares what both have built.
///
/// # Errors
///
/// The two differ, or a migration fails there.
pub fn prove(folder: &Folder, server: &ScratchServer) -> Result<Proof, AdoptError> {
    let (theirs, ours) = (server.database()?, server.database()?);
    let (left, right) = (&mut theirs.connect()?, &mut ours.connect()?);
    let mut roles = Roles::default();
    let built = build(folder, left, right, &mut roles);
    drop((theirs, ours));
    roles.drop_all(server)?;
    let (left, right) = built?;
    let difference = schema_difference(&left, &right);
    match difference.is_empty() {
        true => Ok(Proof { lines: right.lines().count(), roles: roles.0.into_iter().collect() }),
        false => Err(AdoptError::Differs { difference }),
    }
}

/// The two schemas as text.
fn build(
    folder: &Folder,
    left: &mut PgConnection,
    right: &mut PgConnection,
    roles: &mut Roles,
) -> Result<(String, String), AdoptError> {
    run_theirs(folder, left, roles)?;
    let written = tempfile::tempdir().map_err(AdoptError::io("write", Path::new("a folder")))?;
    folder.write(written.path())?;
    Migrator::new(Sequence::read(written.path())?)?.migrate(right).map(drop)?;
    Ok((schema_snapshot(left)?, schema_snapshot(right)?))
}

fn run_theirs(
    folder: &Folder,
    conn: &mut PgConnection,
    roles: &mut Roles,
) -> Result<(), AdoptError> {
    let ledger = folder.ledger_name();
    let speaks = |ours: &Ours| ours.theirs.sql.to_ascii_lowercase().contains(ledger);
    let with_ledger = folder.migrations.iter().any(speaks);
    if with_ledger {
        let create = format!("CREATE TABLE {} ({})", identifier(ledger), columns(folder.tool));
        conn.batch_execute(&create).doing("create the other tool's ledger")?;
    }
    for ours in &folder.migrations {
        let message = |error: diesel::result::Error| error.to_string();
        while let Err(error) = run_one(folder.tool, ours, conn) {
            if !roles.make_missing(conn, &error)? {
                return Err(AdoptError::DoesNotRun {
                    whose: format!("{}'s", folder.tool),
                    name: ours.formerly().to_owned(),
                    message: message(error),
                });
            }
        }
    }
    if with_ledger {
        let drop = format!("DROP TABLE IF EXISTS {} CASCADE", identifier(ledger));
        conn.batch_execute(&format!("RESET ALL; {drop}")).doing("drop the other tool's ledger")?;
    }
    conn.batch_execute("RESET SESSION AUTHORIZATION; RESET ALL").doing("set the session back")
}

/// Runs one of their files as their tool does.
fn run_one(tool: Tool, ours: &Ours, conn: &mut PgConnection) -> diesel::QueryResult<()> {
    // What cannot be taken apart has been refused by now.
    let text = without_psql(&ours.theirs.sql, &mut Vec::new()).unwrap_or_default();
    let statements = split_statements(&text).unwrap_or_default();
    let alone = ours.theirs.outside || tool.opens_no_transaction();
    let done = if needs_no_transaction(&without_control(&text)) {
        statements.iter().try_for_each(|statement| conn.batch_execute(statement.text))
    } else if alone {
        conn.batch_execute(&text)
    } else {
        conn.batch_execute(&format!("BEGIN;\n{text}\n;COMMIT"))
    };
    if done.is_err() {
        conn.batch_execute("ROLLBACK")?;
    } else if !tool.keeps_settings() {
        conn.batch_execute("RESET ROLE; RESET search_path")?;
    }
    done
}

/// `text` without what makes transactions, which would be found before what needs none.
fn without_control(text: &str) -> String {
    let statements = split_statements(text).unwrap_or_default();
    let kept = statements.iter().filter(|statement| {
        let opening = statement.opening(1);
        !matches!(opening.as_str(), "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT")
    });
    kept.map(|statement| statement.text).collect::<Vec<_>>().join(";\n")
}

/// The columns of a tool's ledger.
fn columns(tool: Tool) -> &'static str {
    match tool {
        Tool::Diesel => "version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT now()",
        Tool::Sqlx => {
            "version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamptz NOT \
             NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, execution_time \
             bigint NOT NULL"
        }
        Tool::Refinery => {
            "version int4 PRIMARY KEY, name varchar(255), applied_on varchar(255), checksum \
             varchar(255)"
        }
        Tool::Dbmate => "version varchar(128) PRIMARY KEY",
        Tool::Goose => {
            "id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, \
             tstamp timestamp DEFAULT now()"
        }
        Tool::GolangMigrate => "version bigint PRIMARY KEY, dirty boolean NOT NULL",
        Tool::Flyway => {
            "installed_rank int PRIMARY KEY, version varchar(50), description varchar(200), type \
             varchar(20), script varchar(1000), checksum int, installed_by varchar(100), \
             installed_on timestamp DEFAULT now(), execution_time int, success boolean"
        }
    }
}

/// Roles that the migrations take for granted.
#[derive(Default)]
struct Roles(BTreeSet<String>);

impl Roles {
    /// Makes the role whose absence is the reason of `error`, and says whether that was it.
    fn make_missing(
        &mut self,
        conn: &mut PgConnection,
        error: &diesel::result::Error,
    ) -> Result<bool, AdoptError> {
        let message = error.to_string();
        let missing = message.strip_prefix("role \"").and_then(|rest| rest.split_once('"'));
        let Some((role, rest)) = missing else { return Ok(false) };
        if !rest.contains("does not exist") || !self.0.insert(role.to_owned()) {
            return Ok(false);
        }
        let create = format!("CREATE ROLE {}", identifier(role));
        conn.batch_execute(&create).doing("make a role on the scratch server")?;
        Ok(true)
    }

    fn drop_all(&self, server: &ScratchServer) -> Result<(), AdoptError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let scratch = server.database()?;
        let conn = &mut scratch.connect()?;
        for role in &self.0 {
            // One that somebody has come to use meanwhile stays.
            let _ = conn.batch_execute(&format!("DROP ROLE IF EXISTS {}", identifier(role)));
        }
        Ok(())
    }
}
