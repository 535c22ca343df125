//! `database reset`: the database as the migrations build it from nothing.

use std::time::{Duration, Instant};

use diesel_strata::Migrator;
use diesel_strata::testing::create_migrated;
use serde_json::json;

use super::drop;
use crate::admin::Admin;
use crate::context::Context;
use crate::error::CliError;
use crate::migrate;
use crate::regenerate;
use crate::text::bold;
use crate::words::{migrations, time};

/// What the new database is called until it takes the old one's place.
const NEW: &str = "strata_new";

pub(super) fn run(context: &mut Context<'_>, arguments: &drop::Arguments) -> Result<(), CliError> {
    let start = Instant::now();
    let migrator = context.migrator()?;
    let mut admin = context.admin()?;
    if admin.is_private {
        rebuild(&mut admin, &migrator, None)?;
    } else {
        if admin.exists()? {
            drop::drop(&mut admin, arguments, "drops and makes anew")?;
        }
        admin.create()?;
        let (mut conn, _) = context.connect()?;
        migrate::apply_quietly(context.printer, &migrator, &mut conn)?;
    }
    let number = migrator.sequence().migrations().len();
    let printer = context.printer;
    printer.json(&json!({ "database": admin.name, "migrations": number }));
    say(context, number, start.elapsed(), &admin.target);
    let (mut conn, _) = context.connect()?;
    regenerate::run(context, &mut conn)
}

fn say(context: &Context<'_>, number: usize, elapsed: Duration, target: &str) {
    let done = format!("reset to {}", migrations(number));
    context.printer.say(bold(done) + " in " + time(elapsed) + ": " + target);
}

/// Replaces a database of the private server by a copy of a template, migrated up to `target` or
/// whole. Where a migration fails, the database is as it was.
pub(crate) fn rebuild(
    admin: &mut Admin,
    migrator: &Migrator,
    target: Option<u64>,
) -> Result<(), CliError> {
    let new = format!("{NEW}_{}", std::process::id());
    create_migrated(&admin.server, migrator, target, &new)?;
    admin.replace_by(&new)
}
