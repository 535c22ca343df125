//! `database wait`: until the server takes connections, as containers need it.

use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use diesel_strata::{Error, connect};
use serde_json::json;

use crate::context::Context;
use crate::error::CliError;
use crate::words::time;

const PAUSE: Duration = Duration::from_millis(200);
/// How long one try may take, in seconds, where the URL does not say.
const TRY: u32 = 5;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// How long, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

pub(super) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let url = context.url()?;
    let target = context.target(&url);
    let patience = Duration::from_secs(arguments.timeout);
    let start = Instant::now();
    let mut is_said = false;
    let is_there = loop {
        match try_once(context, &url, &target) {
            Ok(is_there) => break is_there,
            Err(error) if start.elapsed() >= patience || !may_pass(&error) => return Err(error),
            Err(_) => {}
        }
        if !is_said {
            context.printer.note(format!("waiting for {target}"));
            is_said = true;
        }
        sleep(PAUSE.min(patience.saturating_sub(start.elapsed())));
    };
    let waited = start.elapsed();
    context.printer.json(&json!({ "exists": is_there, "waited_ms": waited.as_millis() }));
    context.printer.say(match is_there {
        true => format!("up after {}: {target}", time(waited)),
        false => format!(
            "the server is up after {}; there is no {target}: `database create` creates it",
            time(waited)
        ),
    });
    Ok(())
}

/// Whether the database exists, on a server that takes connections.
fn try_once(context: &Context<'_>, url: &str, target: &str) -> Result<bool, CliError> {
    match connect(&bounded(url)) {
        Ok(_) => Ok(true),
        Err(error) => match context.is_missing(&bounded(url), target, &error) {
            true => Ok(false),
            false => Err(error.into()),
        },
    }
}

/// Whether `error` may be that of a server that is still starting.
fn may_pass(error: &CliError) -> bool {
    let CliError::Engine(Error::Connect { message, .. }) = error else { return false };
    let starting = ["starting up", "shutting down", "recovery", "not yet accepting"];
    !message.contains("FATAL:") || starting.iter().any(|words| message.contains(words))
}

/// `url` with an end to a try on a server that does not answer.
fn bounded(url: &str) -> String {
    let setting = format!("connect_timeout={TRY}");
    match url {
        _ if url.contains("connect_timeout") => url.to_owned(),
        _ if !url.contains("://") => format!("{url} {setting}"),
        _ if url.contains('?') => format!("{url}&{setting}"),
        _ => format!("{url}?{setting}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_try_has_an_end() {
        for (url, expected) in [
            ("postgres://h/a", "postgres://h/a?connect_timeout=5"),
            ("postgres://h/a?x=y", "postgres://h/a?x=y&connect_timeout=5"),
            ("host=h", "host=h connect_timeout=5"),
            ("postgres://h/a?connect_timeout=1", "postgres://h/a?connect_timeout=1"),
        ] {
            assert_eq!(bounded(url), expected);
        }
    }
}
