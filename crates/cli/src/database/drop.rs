//! `database drop`, and what else ends with a database.

use clap::Args;
use serde_json::json;

use crate::admin::Admin;
use crate::confirm;
use crate::context::Context;
use crate::error::CliError;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Do not ask; NAME is the database's. A private server's needs no asking.
    #[arg(short, long, value_name = "NAME")]
    yes: Option<String>,
    /// End the sessions that others have in it.
    #[arg(long)]
    force: bool,
}

pub(super) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let mut admin = context.admin()?;
    let is_there = admin.exists()?;
    if is_there {
        drop(&mut admin, arguments, "drops")?;
    }
    context.printer.json(&json!({ "database": admin.name, "dropped": is_there }));
    context.printer.say(match is_there {
        true => format!("dropped: {}", admin.target),
        false => format!("it is not there: {}", admin.target),
    });
    Ok(())
}

/// Drops the database, if whoever typed the command means it; `does` says what the command does.
pub(super) fn drop(admin: &mut Admin, arguments: &Arguments, does: &str) -> Result<(), CliError> {
    if admin.is_private {
        return admin.drop(true);
    }
    be_sure(admin, arguments, does)?;
    let sessions = admin.sessions()?;
    if sessions > 0 && !arguments.force {
        return Err(CliError::InUse { target: admin.target.clone(), sessions });
    }
    admin.drop(arguments.force)
}

/// Has the database's name typed. A server on this machine counts as any other: its port may lead
/// through a tunnel.
fn be_sure(admin: &Admin, arguments: &Arguments, does: &str) -> Result<(), CliError> {
    let Admin { name, target, .. } = admin;
    let advice = format!("pass --yes {name} if you mean it");
    let typed = match &arguments.yes {
        Some(typed) => typed.clone(),
        None => confirm::answer(
            &format!("This {does} {target}, with all that is in it.\nType its name to go on:"),
            &advice,
        )?,
    };
    match typed == *name {
        true => Ok(()),
        false => Err(CliError::Usage(format!("that is not the name of {target}; {advice}"))),
    }
}
