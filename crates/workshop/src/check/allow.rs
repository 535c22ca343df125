//! `strata: allow RULE reason`: which findings a file silences, and what it says for nothing.

use super::file::File;
use super::finding::Finding;
use super::rules::{PRACTICES, RULES};

/// `findings` of `file` without those that it allows, and with what is wrong with the allowing.
pub(crate) fn apply(file: &File, findings: Vec<Finding>) -> Vec<Finding> {
    let allows = &file.header.allow;
    let is_allowed = |finding: &Finding| allows.iter().any(|allow| allow.rule == finding.rule);
    let (silenced, mut told): (Vec<_>, Vec<_>) = findings.into_iter().partition(is_allowed);
    for allow in allows {
        let known = RULES.contains(&&*allow.rule) || PRACTICES.contains(&&*allow.rule);
        let used = silenced.iter().any(|finding| finding.rule == allow.rule);
        let (rule, message) = match (known, used) {
            (false, _) => {
                let message = format!("there is no rule {}{}", allow.rule, similar(&allow.rule));
                ("unknown-allow", message)
            }
            (true, false) => (
                "unused-allow",
                format!("{} has nothing to say of this file; take the line out", allow.rule),
            ),
            (true, true) if allow.reason.is_empty() => {
                ("allow-without-reason", format!("say behind {} why it may be so here", allow.rule))
            }
            (true, true) => continue,
        };
        told.push(file.finding(allow.position, rule, message, None));
    }
    told
}

/// `; did you mean …?`, where a rule is called nearly so.
fn similar(name: &str) -> String {
    let all = RULES.iter().chain(PRACTICES);
    let common = |rule: &&&str| {
        let parts = rule.split('-').filter(|part| part.len() > 3);
        parts.filter(|part| name.contains(part)).count()
    };
    match all.max_by_key(common).filter(|rule| common(rule) > 0) {
        Some(rule) => format!("; did you mean {rule}?"),
        None => "; `strata check --rules` lists them".to_owned(),
    }
}
