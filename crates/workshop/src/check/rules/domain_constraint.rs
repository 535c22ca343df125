//! Domains with constraints: a change of one is checked on every table that uses it, under a lock.

use super::super::seen::{Note, Seen};

pub(super) fn look(seen: &Seen<'_>) -> Vec<Note> {
    let words = &seen.words;
    let constrained = words.have("CHECK") || words.have("NOT NULL") || words.have("CONSTRAINT");
    if words.open_with("CREATE DOMAIN") && constrained {
        let message = "a constraint of a domain can only be changed by reading every table that \
                       uses it, while its writers wait; put a CHECK on the columns instead";
        return vec![Note::new("ban-create-domain-with-constraint", message)];
    }
    let adds = words.have("ADD CONSTRAINT") || words.have("ADD CHECK");
    let unmeasured = !seen.measured.scanned.iter().any(|table| seen.production.is_large(table));
    if words.open_with("ALTER DOMAIN") && adds && !words.have("NOT VALID") && unmeasured {
        let message = "the constraint is checked on every table that uses the domain, while its \
                       writers wait; add it NOT VALID, and validate it in a later migration";
        return vec![Note::new("ban-alter-domain-with-add-constraint", message)];
    }
    Vec::new()
}
