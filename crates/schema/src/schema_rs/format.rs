//! The text of `schema.rs`, formatted by the machine's `rustfmt` and patched.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use super::config::PrintSchema;
use crate::error::SchemaError;

/// `text` as the machine's `rustfmt` formats it; none where there is no `rustfmt`, or it refuses.
pub(super) fn format(text: &str) -> Option<String> {
    let mut command = Command::new("rustfmt");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let mut stdin = child.stdin.take()?;
    let output = std::thread::scope(|scope| {
        // It may print before it has read all.
        scope.spawn(move || stdin.write_all(text.as_bytes()));
        child.wait_with_output()
    });
    let output = output.ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

/// `text` with the patch that `config` names.
pub(super) fn patched(text: String, config: &PrintSchema) -> Result<String, SchemaError> {
    let Some(path) = &config.patch_file else { return Ok(text) };
    let patch = fs::read_to_string(path).map_err(|source| SchemaError::File {
        doing: "read the patch",
        path: path.clone(),
        source,
    })?;
    let refused = |reason: String| SchemaError::Patch { path: path.clone(), reason };
    let patch = diffy::Patch::from_str(&patch).map_err(|error| refused(error.to_string()))?;
    diffy::apply(&text, &patch).map_err(|error| refused(error.to_string()))
}
