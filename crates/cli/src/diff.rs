//! `diff`: how a live database differs from what the migrations build, or from another database,
//! and the SQL that turns it into that.

use std::fs;

use clap::Args;
use console::Style;
use diesel_strata::connect;
use diesel_strata::diff::{Difference, Plan, Way, differences, plan};
use diesel_strata::facts::Facts;
use serde::Serialize;
use strata_workshop::WorkshopError;
use strata_workshop::proof::{Proof, prove};

use crate::context::Context;
use crate::error::CliError;
use crate::text::Text;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The database to compare with; else what the migrations build.
    #[arg(long, value_name = "URL")]
    against: Option<String>,
    /// Print the SQL that turns the database into the other one, proven on a clone.
    #[arg(long)]
    sql: bool,
    /// Let the SQL lose data; without it, such statements are written as comments.
    #[arg(long, requires = "sql")]
    allow_loss: bool,
    /// Leave out what is foreign by agreement: an address, `*` for anything in it. More of them, a
    /// line each, are read from `.strata-ignore` beside the migrations.
    #[arg(long, value_name = "PATTERN")]
    ignore: Vec<String>,
    /// Build and prove on this server, in databases of their own; else on the private one.
    #[arg(long, value_name = "URL")]
    on: Option<String>,
}

#[derive(Serialize)]
struct Json {
    differences: Vec<JsonDifference>,
}

#[derive(Serialize)]
struct JsonDifference {
    change: &'static str,
    address: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<JsonAttribute>,
}

#[derive(Serialize)]
struct JsonAttribute {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let (mut conn, _) = context.connect()?;
    let mut live = context.facts(&mut conn)?;
    let mut goal = match &arguments.against {
        Some(url) => context.facts(&mut connect(url)?)?,
        None => built(context, arguments)?,
    };
    let patterns = patterns(context, arguments)?;
    for facts in [&mut live, &mut goal] {
        facts
            .facts
            .retain(|fact| !patterns.iter().any(|one| is_ignored(one, &fact.address.to_string())));
    }
    if live.major != goal.major {
        context.printer.note(
            "the servers are of different major versions, and word definitions each in its way",
        );
    }
    if arguments.sql {
        return print_sql(context, arguments, &live, &goal);
    }
    // What the live database has beyond the other one is what is added.
    let differences = differences(&goal, &live);
    print_list(context, &differences);
    if differences.is_empty() { Ok(()) } else { Err(CliError::Found) }
}

/// What the migrations build, on a scratch database.
fn built(context: &Context<'_>, arguments: &Arguments) -> Result<Facts, CliError> {
    let server = context.scratch_server(arguments.on.as_deref())?;
    let scratch = server.database()?;
    let mut conn = scratch.connect()?;
    let _ = context.migrator()?.migrate(&mut conn)?;
    context.facts(&mut conn)
}

fn patterns(context: &Context<'_>, arguments: &Arguments) -> Result<Vec<String>, CliError> {
    let path = context.migrations_folder()?.join(".strata-ignore");
    let listed = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(CliError::io("read", &path)(error)),
    };
    let lines =
        listed.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(lines.map(str::to_owned).chain(arguments.ignore.iter().cloned()).collect())
}

/// Whether a pattern is about the address, or about something that it belongs to.
fn is_ignored(pattern: &str, address: &str) -> bool {
    let mut end = Some(address.len());
    while let Some(at) = end {
        if matches(pattern, &address[..at]) {
            return true;
        }
        end = address[..at].rfind(" / ");
    }
    false
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => text.strip_prefix(head).is_some_and(|rest| {
            let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            starts.into_iter().any(|at| matches(tail, &rest[at..]))
        }),
    }
}

fn print_list(context: &Context<'_>, differences: &[Difference]) {
    let printer = context.printer;
    if printer.is_json() {
        printer.json(&Json { differences: differences.iter().map(json).collect() });
        return;
    }
    for difference in differences {
        let style = match difference.way {
            Way::Added => Style::new().green(),
            Way::Removed => Style::new().red(),
            _ => Style::new().yellow(),
        };
        printer.line(Text::styled(difference.to_string(), style));
    }
    printer.say(match differences.len() {
        0 => "no difference".to_owned(),
        1 => "1 difference; --sql writes what mends it".to_owned(),
        number => format!("{number} differences; --sql writes what mends them"),
    });
}

fn json(difference: &Difference) -> JsonDifference {
    let (change, attributes) = match &difference.way {
        Way::Added => ("added", Vec::new()),
        Way::Removed => ("removed", Vec::new()),
        Way::Changed(attributes) => ("changed", attributes.clone()),
        _ => ("other", Vec::new()),
    };
    let attribute = |(name, before, after)| JsonAttribute { name, before, after };
    JsonDifference {
        change,
        address: difference.address.to_string(),
        attributes: attributes.into_iter().map(attribute).collect(),
    }
}

fn print_sql(
    context: &Context<'_>,
    arguments: &Arguments,
    live: &Facts,
    goal: &Facts,
) -> Result<(), CliError> {
    let plan = plan(live, goal).map_err(diesel_strata::Error::from)?;
    if plan.statements.is_empty() {
        context.printer.detail("no difference");
        return Ok(());
    }
    let proof = proof(context, arguments, live, goal, &plan)?;
    let text = text(&plan, &proof, arguments.allow_loss);
    context.printer.document(&text);
    Ok(())
}

/// The proof, or why there is none; a plan that was disproved is not shown.
fn proof(
    context: &Context<'_>,
    arguments: &Arguments,
    live: &Facts,
    goal: &Facts,
    plan: &Plan,
) -> Result<Result<Proof, String>, CliError> {
    let server = match context.scratch_server(arguments.on.as_deref()) {
        Ok(server) => server,
        Err(error) if arguments.on.is_none() => return Ok(Err(error.to_string())),
        Err(error) => return Err(error),
    };
    match prove(&server, live, goal, plan, arguments.allow_loss) {
        Ok(proof) => Ok(Ok(proof)),
        Err(WorkshopError::NotCloned { reason }) => {
            context.printer.note(format!("the SQL is not proven: {reason}"));
            Ok(Err(reason))
        }
        Err(error) => Err(error.into()),
    }
}

fn text(plan: &Plan, proof: &Result<Proof, String>, allow_loss: bool) -> String {
    let number = plan.statements.len();
    let statements = format!("{number} statement{}", if number == 1 { "" } else { "s" });
    let mut text = match proof {
        Ok(proof) => {
            let rewrites = match proof.rewrites {
                0 => "no rewrite".to_owned(),
                1 => "1 rewrite".to_owned(),
                number => format!("{number} rewrites"),
            };
            format!("-- proven on PostgreSQL {}: {statements}, {rewrites}\n", proof.version)
        }
        Err(reason) => {
            format!(
                "-- not proven, {}: {statements}\n",
                reason.lines().collect::<Vec<_>>().join(" ")
            )
        }
    };
    for (index, statement) in plan.statements.iter().enumerate() {
        let effects = proof.as_ref().ok().and_then(|proof| proof.effects.get(index));
        for effect in effects.into_iter().flatten() {
            text += &format!("-- {effect}\n");
        }
        let sql = format!("{};", statement.sql);
        text += &match &statement.loss {
            Some(loss) if !allow_loss => {
                let lines: Vec<_> = sql.lines().map(|line| format!("-- {line}")).collect();
                format!(
                    "-- loses the data of {loss}; --allow-loss writes it out\n{}\n",
                    lines.join("\n")
                )
            }
            Some(loss) => format!("-- loses the data of {loss}\n{sql}\n"),
            None => format!("{sql}\n"),
        };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::is_ignored;

    #[test]
    fn a_pattern_is_about_a_thing_and_all_that_belongs_to_it() {
        for (pattern, address, ignored) in [
            ("table public.a", "table public.a", true),
            ("table public.a", "table public.a / column b / default", true),
            ("table public.a", "table public.ab", false),
            ("* public.a / trigger *", "table public.a / trigger t", true),
            ("* public.a / trigger *", "table public.a", false),
            ("table legacy.*", "table legacy.x / column é", true),
        ] {
            assert_eq!(is_ignored(pattern, address), ignored, "{pattern}: {address}");
        }
    }
}
