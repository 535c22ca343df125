//! What follows a migration: `schema.rs` is regenerated, or checked.

use console::style;
use diesel::pg::PgConnection;
use diesel_strata::schema_rs::{self, SchemaFile};
use diesel_strata::verify_schema;
use similar::{ChangeTag, TextDiff};

use crate::context::Context;
use crate::error::CliError;
use crate::printer::Printer;

/// Lines shown around a difference.
const AROUND: usize = 3;

pub(crate) fn run(
    context: &Context<'_>,
    conn: &mut PgConnection,
    locked: bool,
) -> Result<(), CliError> {
    let config = context.print_schema()?;
    let printer = context.printer;
    if locked {
        let files = schema_rs::planned(conn, &config)?;
        let stale: Vec<_> = files.iter().filter(|file| !file.is_current()).collect();
        stale.iter().for_each(|file| print_difference(printer, context, file));
        return if stale.is_empty() { Ok(()) } else { Err(CliError::Found) };
    }
    for file in schema_rs::regenerate(conn, &config)? {
        file.warnings.iter().for_each(|warning| printer.note(warning));
        if file.changed {
            printer.say(&format!("{} regenerated", context.shown(&file.path).display()));
        }
    }
    Ok(())
}

/// Checks that every schema file that diesel.toml names fits the database.
pub(crate) fn verify(context: &Context<'_>, conn: &mut PgConnection) -> Result<(), CliError> {
    let config = context.print_schema()?;
    let files: Vec<_> = config.schemas().filter_map(|(_, schema)| schema.file.as_ref()).collect();
    if files.is_empty() {
        let advice = "--verify needs a schema file; name it in diesel.toml ([print_schema] file)";
        return Err(CliError::Usage(advice.to_owned()));
    }
    for path in files {
        let source = std::fs::read_to_string(path).map_err(CliError::io("read", path))?;
        verify_schema(conn, &source)?;
        context.printer.say(&format!("{} fits the database", context.shown(path).display()));
    }
    Ok(())
}

fn print_difference(printer: &Printer, context: &Context<'_>, file: &SchemaFile) {
    let name = context.shown(&file.path).display();
    printer.line(&format!("{name} does not fit the database; migrate and commit it:"));
    let before = file.before.as_deref().unwrap_or_default();
    let difference = TextDiff::from_lines(before, &file.after.text);
    for (index, group) in difference.grouped_ops(AROUND).iter().enumerate() {
        if index > 0 {
            printer.line("  …");
        }
        for change in group.iter().flat_map(|operation| difference.iter_changes(operation)) {
            let text = change.value().trim_end();
            printer.line(&match change.tag() {
                ChangeTag::Delete => style(format!("- {text}")).red().to_string(),
                ChangeTag::Insert => style(format!("+ {text}")).green().to_string(),
                ChangeTag::Equal => format!("  {text}"),
            });
        }
    }
}
