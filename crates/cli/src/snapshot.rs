//! `snapshot`: the whole schema as text.

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use diesel_strata::facts::FactsText;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Leave out who owns what.
    #[arg(long)]
    no_owners: bool,
    /// Leave out who may do what.
    #[arg(long)]
    no_privileges: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    snapshot: &'a str,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let (mut conn, _) = context.connect()?;
    let facts = context.facts(&mut conn)?;
    let mut text = FactsText::new(&facts);
    if arguments.no_owners {
        text = text.without_owners();
    }
    if arguments.no_privileges {
        text = text.without_privileges();
    }
    let text = text.render();
    match context.printer.is_json() {
        true => context.printer.json(&Json { snapshot: &text }),
        false => context.printer.document(&format!("{}\n", text.trim_end())),
    }
    Ok(())
}
