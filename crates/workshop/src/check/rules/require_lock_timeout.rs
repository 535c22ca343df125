//! A statement on its own that waits for a lock without a limit: all others wait behind it.

use super::super::seen::{Note, Seen};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    if !seen.no_transaction || seen.has_lock_timeout {
        return Vec::new();
    }
    let Some(held) = seen.held.iter().find(|held| held.new) else { return Vec::new() };
    let message = format!(
        "{} on {} is waited for without a limit, and all others wait behind it; open the file \
         with `-- strata: lock-timeout 5s`",
        held.mode,
        seen.production.told(&held.relation)
    );
    vec![Note::new("require-lock-timeout", message)]
}
