//! `snapshot`: the whole schema as text.

use crate::context::Context;
use crate::error::CliError;
use diesel_strata::schema_snapshot;

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), CliError> {
    let (mut conn, _) = context.connect()?;
    context.printer.line(schema_snapshot(&mut conn)?.trim_end());
    Ok(())
}
