//! `server`: the private PostgreSQL, beyond one command.

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::error::CliError;
#[cfg(unix)]
use crate::printer::Printer;

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Start it and leave it running; print its URL.
    Start,
    /// Stop it; its data stays.
    Stop,
    /// Print its URL.
    Url,
    /// Open psql on it.
    Psql {
        /// Arguments for psql.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<std::ffi::OsString>,
    },
}

#[cfg(unix)]
pub(crate) fn run(context: &Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    use diesel_strata::server::Server;

    let printer = context.printer;
    match &arguments.action {
        Action::Stop => {
            let stopped = Server::stop(context.here())?;
            printer.json(&serde_json::json!({ "stopped": stopped }));
            printer.say(if stopped { "stopped" } else { "it was not running" });
        }
        Action::Start => {
            let server = Server::attach(context.here())?;
            server.keep()?;
            print_url(printer, &server.url());
        }
        Action::Url => print_url(printer, &Server::attach(context.here())?.url()),
        Action::Psql { arguments } => {
            let server = Server::attach(context.here())?;
            let program = Server::program("psql")?;
            let mut psql = std::process::Command::new(&program);
            let status = psql.arg(server.url()).args(arguments).status();
            let status = status.map_err(CliError::io("run", &program))?;
            if !status.success() {
                return Err(CliError::Usage(format!("psql ended with {status}")));
            }
        }
    }
    Ok(())
}

#[cfg(unix)]
fn print_url(printer: &Printer, url: &str) {
    match printer.is_json() {
        true => printer.json(&serde_json::json!({ "url": url })),
        false => printer.line(url),
    }
}

#[cfg(not(unix))]
pub(crate) fn run(_: &Context<'_>, _: &Arguments) -> Result<(), CliError> {
    Err(CliError::Usage("the private server needs Unix; set DATABASE_URL instead".to_owned()))
}
