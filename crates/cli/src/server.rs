//! `server`: the private PostgreSQL, beyond one command.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::error::CliError;

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
        /// The database, such as one that a test has kept; else the one that commands work on.
        #[arg(long, value_name = "NAME")]
        database: Option<String>,
        /// Arguments for psql.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// List all projects that have one, and the room that it takes.
    List,
    /// Stop it and remove its data.
    Remove {
        /// The folder of the project; else this one's.
        #[arg(conflicts_with = "gone")]
        project: Option<PathBuf>,
        /// Of all projects whose folders are no more.
        #[arg(long)]
        gone: bool,
        /// Do not ask.
        #[arg(short, long)]
        yes: bool,
    },
}

#[cfg(unix)]
pub(crate) fn run(context: &Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    match &arguments.action {
        Action::Start => on_unix::start(context),
        Action::Stop => on_unix::stop(context),
        Action::Url => on_unix::url(context),
        Action::Psql { database, arguments } => {
            on_unix::psql(context, database.as_deref(), arguments)
        }
        Action::List => on_unix::list(context),
        Action::Remove { project, gone: false, yes } => {
            on_unix::remove_one(context, project.as_deref(), *yes)
        }
        Action::Remove { gone: true, yes, .. } => on_unix::remove_gone(context, *yes),
    }
}

#[cfg(not(unix))]
pub(crate) fn run(_: &Context<'_>, _: &Arguments) -> Result<(), CliError> {
    Err(CliError::Usage("the private server needs Unix; set DATABASE_URL instead".to_owned()))
}

#[cfg(unix)]
mod on_unix {
    use std::ffi::OsString;
    use std::path::Path;

    use diesel_strata::server::{self, DATABASE, Kept, Server};
    use serde_json::json;

    use crate::confirm;
    use crate::context::Context;
    use crate::error::CliError;
    use crate::text::Text;

    pub(super) fn start(context: &Context<'_>) -> Result<(), CliError> {
        let server = Server::attach(context.here())?;
        server.keep()?;
        print_url(context, &server);
        Ok(())
    }

    pub(super) fn url(context: &Context<'_>) -> Result<(), CliError> {
        print_url(context, &Server::attach(context.here())?);
        Ok(())
    }

    fn print_url(context: &Context<'_>, server: &Server) {
        match context.printer.is_json() {
            true => context.printer.json(&json!({ "url": server.url() })),
            false => context.printer.line(server.url()),
        }
    }

    pub(super) fn stop(context: &Context<'_>) -> Result<(), CliError> {
        let stopped = server::stop(context.here())?;
        context.printer.json(&json!({ "stopped": stopped }));
        context.printer.say(if stopped { "stopped" } else { "it was not running" });
        Ok(())
    }

    pub(super) fn psql(
        context: &Context<'_>,
        database: Option<&str>,
        arguments: &[OsString],
    ) -> Result<(), CliError> {
        let server = Server::attach(context.here())?;
        let mut psql = server.client("psql")?;
        let url = server.url_of(database.unwrap_or(DATABASE));
        let status = psql.arg(url).args(arguments).status();
        let status = status.map_err(CliError::io("run", Path::new("psql")))?;
        match status.code() {
            Some(0) => Ok(()),
            code => Err(CliError::Program(code.and_then(|code| code.try_into().ok()).unwrap_or(1))),
        }
    }

    pub(super) fn list(context: &Context<'_>) -> Result<(), CliError> {
        let all = server::kept()?;
        let servers: Vec<_> = all.iter().map(as_json).collect();
        context.printer.json(&json!({ "servers": servers }));
        if all.is_empty() {
            context.printer.say("no project has a private server");
        }
        let width = all.iter().map(|kept| shown(kept).width()).max().unwrap_or_default();
        for kept in all.iter().filter(|_| !context.printer.is_json()) {
            context.printer.line(shown(kept).padded(width) + "  " + details(kept));
        }
        Ok(())
    }

    pub(super) fn remove_one(
        context: &Context<'_>,
        project: Option<&Path>,
        yes: bool,
    ) -> Result<(), CliError> {
        let project = project.map_or(context.here().to_owned(), |path| context.here().join(path));
        // The folder itself may be gone, and then cannot be asked what project it is in.
        let listed = server::kept()?.into_iter().find(|kept| kept.project == project);
        match listed.map_or_else(|| server::kept_of(&project), |kept| Ok(Some(kept)))? {
            Some(kept) => remove(context, &[kept], yes),
            None => {
                let advice = "has no private server; `server list` shows which projects have one";
                Err(CliError::Usage(format!("{} {advice}", project.display())))
            }
        }
    }

    pub(super) fn remove_gone(context: &Context<'_>, yes: bool) -> Result<(), CliError> {
        let gone: Vec<_> = server::kept()?.into_iter().filter(Kept::is_gone).collect();
        remove(context, &gone, yes)
    }

    fn remove(context: &Context<'_>, servers: &[Kept], yes: bool) -> Result<(), CliError> {
        let printer = context.printer;
        let advice = "pass --yes if you mean it";
        if !yes && !servers.is_empty() {
            let removed = |text: Text, kept| text + "\n" + shown(kept) + "  " + details(kept);
            printer.note(servers.iter().fold(Text::from("this removes all databases of"), removed));
        }
        let meant = servers.is_empty() || yes || confirm::is_yes("Remove them? [y/N]", advice)?;
        let servers = if meant { servers } else { &[] };
        for kept in servers {
            server::remove(kept)?;
            printer.say(Text::from("removed: ") + shown(kept));
        }
        if servers.is_empty() {
            printer.say("nothing was removed");
        }
        let removed: Vec<_> = servers.iter().map(as_json).collect();
        printer.json(&json!({ "removed": removed }));
        Ok(())
    }

    fn shown(kept: &Kept) -> Text {
        kept.project.to_string_lossy().into_owned().into()
    }

    fn details(kept: &Kept) -> String {
        let majors: Vec<_> = kept.majors.iter().map(u32::to_string).collect();
        let state = match () {
            () if kept.runs => "  running",
            () if kept.is_gone() => "  gone",
            () => "",
        };
        let megabytes = kept.bytes.div_ceil(1_000_000);
        format!("PostgreSQL {}  {megabytes} MB{state}", majors.join(", "))
    }

    fn as_json(kept: &Kept) -> serde_json::Value {
        json!({
            "project": kept.project.to_string_lossy(),
            "folder": kept.folder.to_string_lossy(),
            "majors": kept.majors,
            "bytes": kept.bytes,
            "runs": kept.runs,
            "gone": kept.is_gone(),
        })
    }
}
