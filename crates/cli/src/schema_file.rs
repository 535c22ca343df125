//! `strata.schema`: the facts that the migrations build, beside the migrations, where a project
//! keeps that file.

use std::fs;
use std::path::PathBuf;

use console::Style;
use diesel::pg::PgConnection;
use diesel_strata::facts::FactsText;
use diesel_strata::schema_difference;
use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use crate::text::Text;

#[derive(Serialize)]
struct Json<'a> {
    drift: &'a [String],
}

/// The file and what it says.
struct SchemaText {
    path: PathBuf,
    text: String,
}

impl SchemaText {
    /// The project's own; `None` where it keeps none.
    fn read(context: &Context<'_>) -> Result<Option<Self>, CliError> {
        let path = context.migrations_folder()?.join("strata.schema");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some(Self { path, text })),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(CliError::io("read", &path)(error)),
        }
    }
}

/// Writes the file anew where the schema has changed. A project that wants none has none.
pub(crate) fn keep(context: &Context<'_>, conn: &mut PgConnection) -> Result<(), CliError> {
    let Some(file) = SchemaText::read(context)? else { return Ok(()) };
    let text = text(context, conn)?;
    if text == file.text {
        return Ok(());
    }
    let name = context.shown(&file.path).display();
    match fs::write(&file.path, text) {
        Ok(()) => context.printer.say(format!("{name} regenerated")),
        // The database is migrated, and a deployed program may well be on a read-only disk.
        Err(error) => context.printer.note(format!(
            "the database is migrated, but {name} may not fit it any more: cannot write it: {error}"
        )),
    }
    Ok(())
}

/// Whether the file fits the database; prints how it does not. A project without one is fine.
pub(crate) fn is_current(context: &Context<'_>, conn: &mut PgConnection) -> Result<bool, CliError> {
    match SchemaText::read(context)? {
        Some(file) => print_difference(context, conn, &file, "migrate and commit it"),
        None => Ok(true),
    }
}

/// Checks that the database is what the file says; else prints how it differs.
pub(crate) fn drift(context: &Context<'_>, conn: &mut PgConnection) -> Result<(), CliError> {
    let Some(file) = SchemaText::read(context)? else {
        let advice = "--drift needs strata.schema in the folder of migrations; create it empty, \
                      and `migrate` fills and keeps it";
        return Err(CliError::Usage(advice.to_owned()));
    };
    let advice = "see `diff` for the SQL that mends it";
    match print_difference(context, conn, &file, advice)? {
        true => Ok(()),
        false => Err(CliError::Found),
    }
}

fn text(context: &Context<'_>, conn: &mut PgConnection) -> Result<String, CliError> {
    let facts = context.facts(conn)?;
    Ok(format!(
        "# What the migrations build, a fact a line, in the words of PostgreSQL {}; kept by \
         `strata migrate`.\n\n{}",
        facts.major,
        FactsText::new(&facts).render()
    ))
}

/// Whether there is no difference.
fn print_difference(
    context: &Context<'_>,
    conn: &mut PgConnection,
    file: &SchemaText,
    advice: &str,
) -> Result<bool, CliError> {
    let live = text(context, conn)?;
    let difference = schema_difference(&file.text, &live);
    if difference.is_empty() {
        return Ok(true);
    }
    let printer = context.printer;
    let name = context.shown(&file.path).display();
    if live.lines().next() != file.text.lines().next() && !file.text.is_empty() {
        printer.note(format!(
            "{name} is in the words of another major version of PostgreSQL, which can differ"
        ));
    }
    if printer.is_json() {
        printer.json(&Json { drift: &difference });
        return Ok(false);
    }
    printer.line(format!("{name} does not fit the database; {advice}:"));
    for line in &difference {
        let style = if line.starts_with('-') { Style::new().red() } else { Style::new().green() };
        printer.line(Text::styled(line.as_str(), style));
    }
    Ok(false)
}
