//! The proof that our folder builds what theirs does.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel_strata::{Migrator, Sequence, schema_difference, schema_snapshot};
use strata_sql::{identifier, split_statements};

use crate::adopt::body::{needs_no_transaction, without_psql};
use crate::adopt::error::{AdoptError, Doing};
use crate::adopt::folder::{Folder, Ours};
use crate::adopt::tool::Tool;
use crate::roles::Roles;
use crate::scratch::ScratchServer;

/// What was proved.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proof {
    /// How many lines the schema has that both folders build, as `snapshot` prints it.
    pub lines: usize,
    /// Roles that the migrations take for granted, and that the scratch server had meanwhile.
    pub roles: Vec<String>,
    /// Roles that the migrations make, which are on the scratch server no more.
    pub made: Vec<String>,
}

/// Runs their texts in their order on one database of `server`, our texts through the engine on
/// another, and compares what both have built.
///
/// # Errors
///
/// The two differ, or a migration fails there.
pub fn prove(folder: &Folder, server: &ScratchServer) -> Result<Proof, AdoptError> {
    let mut roles = Roles::of(server)?;
    let spoken = |role: &str| folder.migrations.iter().any(|ours| ours.text.contains(role));
    let left = with_database(server, |conn| {
        run_theirs(folder, conn, &mut roles)?;
        Ok(schema_snapshot(conn)?)
    });
    // Roles are the server's: those that theirs made must not be there when ours makes them.
    let made = roles.forget_new(server, spoken)?;
    let left = left?;
    let right = with_database(server, |conn| {
        roles.make_missing(conn)?;
        run_ours(folder, conn)?;
        Ok(schema_snapshot(conn)?)
    });
    roles.forget_new(server, spoken)?;
    let right = right?;
    let difference = schema_difference(&left, &right);
    match difference.is_empty() {
        true => Ok(Proof { lines: right.lines().count(), roles: roles.missing, made }),
        false => Err(AdoptError::Differs { difference }),
    }
}

/// What `work` gives on an empty database, which is gone then.
fn with_database<T>(
    server: &ScratchServer,
    work: impl FnOnce(&mut PgConnection) -> Result<T, AdoptError>,
) -> Result<T, AdoptError> {
    let scratch = server.database()?;
    work(&mut scratch.connect()?)
}

fn run_ours(folder: &Folder, conn: &mut PgConnection) -> Result<(), AdoptError> {
    let written = tempfile::tempdir().map_err(AdoptError::io("write", Path::new("a folder")))?;
    folder.write(written.path())?;
    let migrator = Migrator::new(Sequence::read(written.path())?)?;
    migrator.migrate(conn).map(drop).map_err(|error| AdoptError::DoesNotRun {
        whose: "our".to_owned(),
        name: "sequence".to_owned(),
        message: error.to_string(),
    })
}

fn run_theirs(
    folder: &Folder,
    conn: &mut PgConnection,
    roles: &mut Roles,
) -> Result<(), AdoptError> {
    let ledger = folder.ledger_name();
    let speaks = |ours: &Ours| ours.theirs.sql.to_ascii_lowercase().contains(ledger);
    let with_ledger = folder.migrations.iter().any(speaks) && !makes_ledger(folder, ledger);
    if with_ledger {
        let create = format!("CREATE TABLE {} ({})", identifier(ledger), columns(folder.tool));
        conn.batch_execute(&create).doing("create the other tool's ledger")?;
    }
    for ours in &folder.migrations {
        let message = |error: diesel::result::Error| error.to_string();
        while let Err(error) = run_one(folder.tool, ours, conn) {
            if !roles.make_named(conn, &error.to_string())? {
                return Err(AdoptError::DoesNotRun {
                    whose: format!("{}'s", folder.tool),
                    name: ours.formerly().to_owned(),
                    message: message(error),
                });
            }
        }
    }
    if folder.migrations.iter().any(speaks) {
        let drop = format!("DROP TABLE IF EXISTS {} CASCADE", identifier(ledger));
        conn.batch_execute(&format!("RESET ALL; {drop}")).doing("drop the other tool's ledger")?;
    }
    conn.batch_execute("RESET SESSION AUTHORIZATION; RESET ALL").doing("set the session back")
}

/// Whether a migration makes the ledger itself, as a dump of a whole database does.
fn makes_ledger(folder: &Folder, ledger: &str) -> bool {
    let makes = |ours: &Ours| {
        let text = without_psql(&ours.theirs.sql, &mut Vec::new()).unwrap_or_default();
        let statements = split_statements(&text).unwrap_or_default();
        statements.iter().any(|statement| {
            let is_it = |token: &str| token.trim_matches('"').eq_ignore_ascii_case(ledger);
            statement.opening(2) == "CREATE TABLE" && statement.tokens().take(10).any(is_it)
        })
    };
    folder.migrations.iter().any(makes)
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
