//! Statements for everything but tables, types and what belongs to them.

use super::rule::Pair;
use super::written::{get, literal, one, options, table_of};
use crate::facts::Fact;

pub(super) fn set_owner(fact: &Fact) -> Vec<String> {
    match get(fact, "role") {
        "CURRENT_USER" => Vec::new(),
        role => one(format!("ALTER {} OWNER TO {role}", fact.phrase)),
    }
}

pub(super) fn alter_owner(pair: Pair<'_>) -> Vec<String> {
    one(format!("ALTER {} OWNER TO {}", pair.fact().phrase, get(pair.fact(), "role")))
}

pub(super) fn comment(fact: &Fact) -> Vec<String> {
    one(format!("COMMENT ON {} IS {}", fact.phrase, literal(get(fact, "text"))))
}

pub(super) fn uncomment(fact: &Fact) -> Vec<String> {
    let text = match fact.phrase.as_str() {
        "SCHEMA public" => "'standard public schema'",
        _ => "NULL",
    };
    one(format!("COMMENT ON {} IS {text}", fact.phrase))
}

pub(super) fn label(fact: &Fact) -> Vec<String> {
    let (provider, text) = (fact.address.name(), literal(get(fact, "text")));
    one(format!("SECURITY LABEL FOR {provider} ON {} IS {text}", fact.phrase))
}

pub(super) fn unlabel(fact: &Fact) -> Vec<String> {
    one(format!("SECURITY LABEL FOR {} ON {} IS NULL", fact.address.name(), fact.phrase))
}

pub(super) fn privilege(
    fact: &Fact,
    verb: &str,
    to: &str,
    option: &str,
    tail: &str,
) -> Vec<String> {
    let prefix = match fact.get("default for") {
        Some(whose) => format!("ALTER DEFAULT PRIVILEGES {whose} "),
        None => String::new(),
    };
    let (privilege, role) = (get(fact, "privilege"), get(fact, "role"));
    let on = &fact.phrase;
    one(format!("{prefix}{verb} {option}{privilege} {on} {to} {role}{tail}"))
}

pub(super) fn grant(fact: &Fact) -> Vec<String> {
    let option = if fact.get("with grant option").is_some() { " WITH GRANT OPTION" } else { "" };
    privilege(fact, "GRANT", "TO", "", option)
}

pub(super) fn revoke(fact: &Fact) -> Vec<String> {
    privilege(fact, "REVOKE", "FROM", "", "")
}

pub(super) fn alter_grant(pair: Pair<'_>) -> Vec<String> {
    match pair.is("with grant option") {
        Some(_) => grant(pair.fact()),
        None => privilege(pair.fact(), "REVOKE", "FROM", "GRANT OPTION FOR ", ""),
    }
}

pub(super) fn create_statistics(fact: &Fact) -> Vec<String> {
    let mut statements = one(get(fact, "definition").to_owned());
    statements.extend(
        fact.get("target").map(|target| format!("ALTER {} SET STATISTICS {target}", fact.phrase)),
    );
    statements
}

pub(super) fn statistics_target(pair: Pair<'_>) -> Vec<String> {
    one(format!(
        "ALTER {} SET STATISTICS {}",
        pair.fact().phrase,
        pair.is("target").unwrap_or("-1")
    ))
}

pub(super) fn create_trigger(fact: &Fact) -> Vec<String> {
    let mut statements: Vec<_> = fact.get("definition").map(str::to_owned).into_iter().collect();
    statements.extend(enable(Pair { old: None, new: Some(fact) }, "TRIGGER"));
    statements
}

pub(super) fn create_rule(fact: &Fact) -> Vec<String> {
    let mut statements = one(get(fact, "definition").to_owned());
    statements.extend(enable(Pair { old: None, new: Some(fact) }, "RULE"));
    statements
}

pub(super) fn enable(pair: Pair<'_>, what: &str) -> Vec<String> {
    let fact = pair.fact();
    let state = match (pair.is("enabled"), pair.old) {
        (Some(state), _) => state,
        (None, Some(_)) => "ENABLE",
        (None, None) => return Vec::new(),
    };
    one(format!("ALTER TABLE {} {state} {what} {}", table_of(fact), fact.address.name()))
}

pub(super) fn create_policy(fact: &Fact) -> Vec<String> {
    let restrictive = if fact.get("restrictive").is_some() { " AS RESTRICTIVE" } else { "" };
    let conditions = policy_conditions(fact);
    let (what, to) = (get(fact, "for"), get(fact, "to"));
    one(format!("CREATE {}{restrictive} FOR {what} TO {to}{conditions}", fact.phrase))
}

pub(super) fn policy_conditions(fact: &Fact) -> String {
    let using = fact.get("using").map(|using| format!(" USING ({using})")).unwrap_or_default();
    let check = fact.get("check").map(|check| format!(" WITH CHECK ({check})")).unwrap_or_default();
    using + &check
}

pub(super) fn alter_policy(pair: Pair<'_>) -> Vec<String> {
    one(format!("ALTER {} TO {}", pair.fact().phrase, get(pair.fact(), "to")))
}

pub(super) fn alter_policy_condition(pair: Pair<'_>) -> Option<Vec<String>> {
    let kept =
        |name| pair.was(name).is_some() == pair.is(name).is_some() || pair.was(name).is_none();
    (kept("using") && kept("check"))
        .then(|| one(format!("ALTER {}{}", pair.fact().phrase, policy_conditions(pair.fact()))))
}

pub(super) fn create_event_trigger(fact: &Fact) -> Vec<String> {
    let tags = fact.get("tags").map(|tags| format!(" WHEN TAG IN ({tags})")).unwrap_or_default();
    let (on, function) = (get(fact, "on"), get(fact, "function"));
    let mut statements =
        one(format!("CREATE {} ON {on}{tags} EXECUTE FUNCTION {function}()", fact.phrase));
    statements.extend(fact.get("enabled").map(|state| format!("ALTER {} {state}", fact.phrase)));
    statements
}

pub(super) fn enable_event_trigger(pair: Pair<'_>) -> Vec<String> {
    one(format!("ALTER {} {}", pair.fact().phrase, pair.is("enabled").unwrap_or("ENABLE")))
}

/// Arguments whose names and defaults only are added can be replaced in place.
pub(super) fn same_signature(pair: Pair<'_>) -> Option<Vec<String>> {
    let (was, is) = (pair.was("arguments")?, pair.is("arguments")?);
    let without_default = |arguments: &str| {
        arguments
            .split(", ")
            .map(|one| one.split(" DEFAULT ").next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let defaults = |arguments: &str| arguments.matches(" DEFAULT ").count();
    (without_default(was) == without_default(is) && defaults(was) <= defaults(is)).then(Vec::new)
}

pub(super) fn create_operator(fact: &Fact) -> Vec<String> {
    let name = fact.address.name().rsplit_once(" (").map_or(fact.address.name(), |(name, _)| name);
    let mut parts = Vec::new();
    for (attribute, value) in &fact.attributes {
        let word = attribute.to_uppercase();
        parts.push(if value.is_empty() { word } else { format!("{word} = {value}") });
    }
    one(format!("CREATE OPERATOR {name} ({})", parts.join(", ")))
}

pub(super) fn alter_operator(pair: Pair<'_>) -> Vec<String> {
    let fact = pair.fact();
    let (restrict, join) =
        (pair.is("restrict").unwrap_or("NONE"), pair.is("join").unwrap_or("NONE"));
    one(format!("ALTER {} SET (RESTRICT = {restrict}, JOIN = {join})", fact.phrase))
}

pub(super) fn create_family(fact: &Fact) -> Vec<String> {
    let mut statements = one(format!("CREATE {}", fact.phrase));
    statements
        .extend(fact.get("members").map(|members| format!("ALTER {} ADD {members}", fact.phrase)));
    statements
}

pub(super) fn create_dictionary(fact: &Fact) -> Vec<String> {
    let options = fact.get("options").map(|options| format!(", {options}")).unwrap_or_default();
    one(format!("CREATE {} (TEMPLATE = {}{options})", fact.phrase, get(fact, "template")))
}

pub(super) fn create_wrapper(fact: &Fact) -> Vec<String> {
    let handler = fact.get("handler").map(|name| format!(" HANDLER {name}")).unwrap_or_default();
    let validator =
        fact.get("validator").map(|name| format!(" VALIDATOR {name}")).unwrap_or_default();
    one(format!("CREATE {}{handler}{validator}{}", fact.phrase, options(fact)))
}

pub(super) fn wrapper_function(pair: Pair<'_>, attribute: &str, word: &str) -> Vec<String> {
    let phrase = &pair.fact().phrase;
    one(match pair.is(attribute) {
        Some(function) => format!("ALTER {phrase} {word} {function}"),
        None => format!("ALTER {phrase} NO {word}"),
    })
}

pub(super) fn create_server(fact: &Fact) -> Vec<String> {
    let kind = fact.get("type").map(|kind| format!(" TYPE {kind}")).unwrap_or_default();
    let version =
        fact.get("version").map(|version| format!(" VERSION {version}")).unwrap_or_default();
    let wrapper = get(fact, "wrapper");
    one(format!(
        "CREATE {}{kind}{version} FOREIGN DATA WRAPPER {wrapper}{}",
        fact.phrase,
        options(fact)
    ))
}

pub(super) fn publication_options(fact: &Fact) -> String {
    let root = fact.get("via root").is_some();
    let generated =
        fact.get("generated columns").map(|what| format!(", publish_generated_columns = {what}"));
    format!(
        "publish = {}, publish_via_partition_root = {root}{}",
        literal(get(fact, "publish")),
        generated.unwrap_or_default()
    )
}

pub(super) fn create_publication(fact: &Fact) -> Vec<String> {
    let all = if fact.get("all tables").is_some() { " FOR ALL TABLES" } else { "" };
    one(format!("CREATE {}{all} WITH ({})", fact.phrase, publication_options(fact)))
}

pub(super) fn alter_publication(pair: Pair<'_>) -> Vec<String> {
    one(format!("ALTER {} SET ({})", pair.fact().phrase, publication_options(pair.fact())))
}

pub(super) fn published(fact: &Fact) -> String {
    let columns = fact.get("columns").map(|columns| format!(" ({columns})")).unwrap_or_default();
    let condition =
        fact.get("where").map(|condition| format!(" WHERE ({condition})")).unwrap_or_default();
    format!("{}{columns}{condition}", get(fact, "table"))
}

pub(super) fn subscription_options(fact: &Fact) -> String {
    let mut parts = vec![format!("slot_name = {}", get(fact, "slot"))];
    for (attribute, value) in &fact.attributes {
        if matches!(
            attribute.as_str(),
            "binary"
                | "streaming"
                | "disable on error"
                | "origin"
                | "password required"
                | "run as owner"
                | "failover"
                | "synchronous commit"
                | "two phase"
        ) {
            parts.push(format!("{} = {value}", attribute.replace(' ', "_")));
        }
    }
    parts.join(", ")
}

pub(super) fn create_subscription(fact: &Fact) -> Vec<String> {
    let (connection, publications) = (get(fact, "connection"), get(fact, "publications"));
    let options = subscription_options(fact);
    one(format!(
        "CREATE {} CONNECTION {connection} PUBLICATION {publications} WITH (connect = false, {options})",
        fact.phrase
    ))
}

pub(super) fn alter_subscription(pair: Pair<'_>) -> Vec<String> {
    let mut parts = vec![format!("slot_name = {}", get(pair.fact(), "slot"))];
    for (name, default) in [
        ("binary", "false"),
        ("streaming", "off"),
        ("disable on error", "false"),
        ("synchronous commit", "'off'"),
    ] {
        if pair.was(name) != pair.is(name) {
            parts.push(format!(
                "{} = {}",
                name.replace(' ', "_"),
                pair.is(name).unwrap_or(default)
            ));
        }
    }
    one(format!("ALTER {} SET ({})", pair.fact().phrase, parts.join(", ")))
}
