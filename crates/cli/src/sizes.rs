//! `sizes`: how large the tables of a database are, for `check` to know where it has no database.

use std::fs;

use clap::Args;
use serde::Serialize;
use strata_workshop::check::Sizes;

use crate::check::SIZES;
use crate::context::Context;
use crate::error::CliError;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Write them into strata.sizes, beside the folder of migrations, to be committed.
    #[arg(long)]
    write_sizes: bool,
}

#[derive(Serialize)]
struct Json<'a> {
    sizes: Vec<JsonSize<'a>>,
}

#[derive(Serialize)]
struct JsonSize<'a> {
    table: &'a str,
    bytes: u64,
    rows: u64,
}

pub(crate) fn run(context: &mut Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let (mut conn, _) = context.connect()?;
    let sizes = Sizes::of(&mut conn)?;
    let printer = context.printer;
    if arguments.write_sizes {
        let folder = context.migrations_folder()?;
        let path = folder.parent().unwrap_or(&folder).join(SIZES);
        fs::write(&path, sizes.to_text()).map_err(CliError::io("write", &path))?;
        printer.json(&serde_json::json!({ "written": context.shown(&path) }));
        printer.say(format!("{} written", context.shown(&path).display()));
        return Ok(());
    }
    match printer.is_json() {
        true => {
            let sizes = sizes.iter().map(|(table, size)| JsonSize {
                table,
                bytes: size.bytes,
                rows: size.rows,
            });
            printer.json(&Json { sizes: sizes.collect() });
        }
        false => {
            for (table, size) in sizes.iter() {
                printer.line(format!(
                    "  {:>8}  {:>12}  {table}",
                    size.bytes_said(),
                    size.rows_said()
                ));
            }
        }
    }
    Ok(())
}
