//! `database`: made, dropped, made anew, waited for.

mod drop;
mod reset;
mod wait;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::context::Context;
use crate::error::CliError;

pub(crate) use reset::rebuild;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Create it, if it does not exist.
    Create,
    /// Drop it, if it exists.
    Drop(drop::Arguments),
    /// Drop it, create it and migrate it.
    Reset(drop::Arguments),
    /// Wait until it takes connections.
    Wait(wait::Arguments),
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    match &arguments.action {
        Action::Create => create(context),
        Action::Drop(arguments) => drop::run(context, arguments),
        Action::Reset(arguments) => reset::run(context, arguments),
        Action::Wait(arguments) => wait::run(context, arguments),
    }
}

fn create(context: &mut Context<'_>) -> Result<(), CliError> {
    let mut admin = context.admin()?;
    let is_there = admin.exists()?;
    if !is_there {
        admin.create()?;
    }
    context.printer.json(&json!({ "database": admin.name, "created": !is_there }));
    context.printer.say(match is_there {
        true => format!("it is there already: {}", admin.target),
        false => format!("created: {}", admin.target),
    });
    Ok(())
}
