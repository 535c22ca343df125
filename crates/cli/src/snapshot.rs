//! `snapshot`: the whole schema as text.

use serde::Serialize;

use crate::context::Context;
use crate::error::CliError;
use diesel_strata::schema_snapshot;

#[derive(Serialize)]
struct Json<'a> {
    snapshot: &'a str,
}

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), CliError> {
    let (mut conn, _) = context.connect()?;
    let text = schema_snapshot(&mut conn)?;
    match context.printer.is_json() {
        true => context.printer.json(&Json { snapshot: &text }),
        false => context.printer.document(&format!("{}\n", text.trim_end())),
    }
    Ok(())
}
