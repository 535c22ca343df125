//! `forget`: removes an entry from the ledger.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::Args;

use crate::context::Context;
use crate::error::CliError;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The migration, such as `004_AddLeadScore`.
    name: String,
    /// Do not ask.
    #[arg(short, long)]
    yes: bool,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrator = context.migrator()?;
    let (mut conn, target) = context.connect()?;
    let name = &arguments.name;
    if !arguments.yes {
        let here = migrator.sequence().migrations().iter().any(|m| m.name() == name);
        let then = match here {
            true => "The next `migrate` runs it again, on top of what it did before.",
            false => "No migration here has that name, so that nothing will run it again.",
        };
        let meant = confirm(&format!(
            "This removes {name} from the ledger of {target}.\n\
             What it did to the database stays.\n{then}"
        ))?;
        if !meant {
            context.printer.say("nothing was changed");
            return Ok(());
        }
    }
    let entry = migrator.forget(&mut conn, name)?;
    context.printer.say(&format!("forgot {entry}: {target}"));
    Ok(())
}

/// Whether the answer is yes.
fn confirm(question: &str) -> Result<bool, CliError> {
    if !io::stdin().is_terminal() {
        let advice = "there is nobody to ask for confirmation; pass --yes if you mean it";
        return Err(CliError::Usage(advice.to_owned()));
    }
    let mut answer = String::new();
    // Without an answer it is a no.
    let _ = write!(io::stderr(), "{question}\nForget it? [y/N] ");
    let _ = io::stdin().lock().read_line(&mut answer);
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
