//! `snapshot`: the whole schema as text.

use super::context::Context;
use super::error::CliError;
use crate::schema_snapshot;

pub(super) fn run(context: &mut Context<'_>) -> Result<(), CliError> {
    let (mut conn, _) = context.connect()?;
    context.printer.line(schema_snapshot(&mut conn)?.trim_end());
    Ok(())
}
