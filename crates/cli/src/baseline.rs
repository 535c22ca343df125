//! `baseline`: marks as applied what a database has already.

use clap::Args;
use serde::Serialize;
use strata_workshop::baseline::Baseline;

use crate::context::Context;
use crate::error::CliError;
use crate::printer::Printer;
use crate::scratch;
use crate::text::{Text, bold, magenta};

#[derive(Debug, Args)]
pub struct Arguments {
    /// The last migration whose work is in the database.
    #[arg(long, value_name = "N")]
    to: u64,
    /// Accept a difference, by its line or what that begins with; can be repeated.
    #[arg(long, value_name = "LINE", allow_hyphen_values = true)]
    accept: Vec<String>,
    /// Show the difference, and mark nothing.
    #[arg(long)]
    dry_run: bool,
    /// Build what the migrations do on this server; else on the private one.
    #[arg(long, value_name = "URL")]
    on: Option<String>,
}

#[derive(Serialize)]
struct Json<'a> {
    difference: &'a [String],
    recorded: &'a [String],
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let migrator = context.migrator()?.target(arguments.to);
    let server = scratch::server(context, arguments.on.as_deref())?;
    let (mut conn, target) = context.connect()?;
    let printer = context.printer;
    let baseline = Baseline::build(&migrator, arguments.to, &server)?;
    let outcome = match arguments.dry_run {
        false => baseline.record(&mut conn, &arguments.accept)?,
        true => match baseline.difference(&mut conn, &arguments.accept)? {
            difference if difference.is_empty() => Ok(Vec::new()),
            difference => Err(difference),
        },
    };
    let (difference, recorded) = match &outcome {
        Ok(recorded) => (&[][..], recorded.as_slice()),
        Err(difference) => (difference.as_slice(), &[][..]),
    };
    printer.json(&Json { difference, recorded });
    if outcome.is_err() {
        print_difference(printer, arguments.to, difference, &target);
        return Err(CliError::Found);
    }
    printer.say(match arguments.dry_run {
        true => bold("nothing differs") + format!("; nothing was marked: {target}"),
        false => print_recorded(recorded) + format!(": {target}"),
    });
    Ok(())
}

fn print_recorded(recorded: &[String]) -> Text {
    match recorded {
        [] => bold("all of them are in the ledger already"),
        [one] => bold(format!("{one} is marked as applied")),
        [first, .., last] => {
            bold(format!("{} marked as applied, {first} to {last}", recorded.len()))
        }
    }
}

fn print_difference(printer: &Printer, to: u64, difference: &[String], target: &str) {
    printer.say(format!("{target} is not what the migrations up to {to} build"));
    printer.say("  - is missing there, + is only there");
    for line in difference {
        printer.say(Text::from("  ") + magenta(line));
    }
    printer
        .say("nothing was marked: mend it, or accept a line by --accept 'LINE' without its sign");
}
