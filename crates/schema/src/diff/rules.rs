//! The table of rules.

use crate::facts::Fact;

use super::rule::{How, Pair, Rule};
use super::tables::*;
use super::types::*;
use How::{Alter, AlterOr, Follows, Rebuild, Replace, ReplaceParent};

/// The rule of a fact's kind.
pub(super) fn rule_of(fact: &Fact) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.is_for(fact))
}

const fn rule(
    kinds: &'static str,
    create: fn(&Fact) -> Vec<String>,
    alter: &'static [(&'static str, How)],
) -> Rule {
    Rule { kinds, create, drop, alter }
}

const fn part(
    kinds: &'static str,
    create: fn(&Fact) -> Vec<String>,
    drop: fn(&Fact) -> Vec<String>,
    alter: &'static [(&'static str, How)],
) -> Rule {
    Rule { kinds, create, drop, alter }
}

static RULES: &[Rule] = &[
    part("* / owner", set_owner, nothing, &[("role", Alter(alter_owner))]),
    part("* / comment", comment, uncomment, &[("text", Alter(|pair| comment(pair.fact())))]),
    part("* / security label", label, unlabel, &[("text", Alter(|pair| label(pair.fact())))]),
    part("* / grant", grant, revoke, &[("with grant option", Alter(alter_grant))]),
    part("* / revoke", revoke, grant, &[]),
    rule("schema", |f| one(format!("CREATE {}", f.phrase)), &[]),
    rule(
        "extension",
        |f| one(format!("CREATE {} WITH SCHEMA {}", f.phrase, get(f, "schema"))),
        &[(
            "schema",
            Alter(|p| {
                one(format!(
                    "ALTER {} SET SCHEMA {}",
                    p.fact().phrase,
                    p.is("schema").unwrap_or_default()
                ))
            }),
        )],
    ),
    rule("enum", create_enum, &[("labels", AlterOr(add_labels)), ("rebuild", Rebuild)]),
    rule(
        "domain",
        create_domain,
        &[
            ("default", Alter(|p| set_or_drop(p, "default", "DEFAULT"))),
            ("not null", Alter(domain_not_null)),
            ("type", Rebuild),
            ("collation", Rebuild),
        ],
    ),
    part(
        "domain / constraint",
        add_domain_constraint,
        drop_domain_constraint,
        &[("definition", AlterOr(validate))],
    ),
    part("domain / not null", nothing, nothing, &[]),
    rule("type", create_composite, &[]),
    part(
        "type / attribute",
        add_attribute,
        drop_attribute,
        &[("type", Alter(alter_attribute)), ("collation", Alter(alter_attribute))],
    ),
    rule(
        "range",
        |f| one(format!("CREATE {} AS RANGE ({})", f.phrase, get(f, "definition"))),
        &[("definition", Rebuild)],
    ),
    rule("base type", |f| one(format!("CREATE {} ({})", f.phrase, get(f, "definition"))), &[]),
    rule("shell type", |f| one(format!("CREATE {}", f.phrase)), &[]),
    rule("collation", |f| one(format!("CREATE {} ({})", f.phrase, get(f, "definition"))), &[]),
    rule("sequence", create_sequence, SEQUENCE),
    part(
        "sequence / owned by",
        |f| one(format!("ALTER {} OWNED BY {}", f.phrase, get(f, "column"))),
        |f| one(format!("ALTER {} OWNED BY NONE", f.phrase)),
        &[(
            "column",
            Alter(|p| {
                one(format!(
                    "ALTER {} OWNED BY {}",
                    p.fact().phrase,
                    p.is("column").unwrap_or_default()
                ))
            }),
        )],
    ),
    rule("table", create_table, TABLE),
    rule(
        "foreign table",
        create_table,
        &[
            ("options", Alter(|p| alter_options(p, &format!("ALTER {}", p.fact().phrase)))),
            ("inherits", Alter(alter_inherits)),
        ],
    ),
    rule(
        "view",
        create_view,
        &[
            (
                "definition",
                Alter(|p| {
                    create_view(p.fact())
                        .into_iter()
                        .map(|s| s.replacen("CREATE VIEW", "CREATE OR REPLACE VIEW", 1))
                        .collect()
                }),
            ),
            ("with", Alter(|p| alter_with(p, &format!("ALTER {}", p.fact().phrase), ""))),
        ],
    ),
    rule(
        "materialized view",
        create_view,
        &[
            ("with", Alter(|p| alter_with(p, &format!("ALTER {}", p.fact().phrase), ""))),
            ("toast", Alter(|p| alter_with(p, &format!("ALTER {}", p.fact().phrase), "toast."))),
            ("tablespace", Alter(alter_tablespace)),
            ("using", Alter(alter_access_method)),
        ],
    ),
    part(
        "table|foreign table / partition",
        |f| {
            one(format!(
                "ALTER TABLE ONLY {} ATTACH PARTITION {} {}",
                f.phrase,
                table_of(f),
                get(f, "bound")
            ))
        },
        |f| one(format!("ALTER TABLE ONLY {} DETACH PARTITION {}", f.phrase, table_of(f))),
        &[],
    ),
    part("table|foreign table / column", add_column, drop_column, COLUMN),
    part(
        "view / column",
        nothing,
        nothing,
        &[("type", ReplaceParent), ("collation", ReplaceParent), ("*", Follows)],
    ),
    part(
        "materialized view / column",
        nothing,
        nothing,
        &[
            ("type", ReplaceParent),
            ("collation", ReplaceParent),
            ("statistics", Alter(alter_statistics)),
            ("storage", Alter(alter_storage)),
            ("compression", Alter(alter_compression)),
            ("with", Alter(alter_column_with)),
            ("*", Follows),
        ],
    ),
    part(
        "table|foreign table|view / column / default",
        set_default,
        drop_default,
        &[("expression", AlterOr(alter_default)), ("generated", ReplaceParent)],
    ),
    part(
        "table|foreign table / column / identity",
        add_identity,
        |f| one(format!("ALTER TABLE {} ALTER COLUMN {} DROP IDENTITY", table_of(f), column_of(f))),
        IDENTITY,
    ),
    part("table|foreign table / column / not null", nothing, nothing, &[]),
    part(
        "table|foreign table / constraint",
        add_constraint,
        drop_constraint,
        &[
            ("definition", AlterOr(validate)),
            ("inherited", Follows),
            ("parent", Follows),
            ("columns", Follows),
            ("kind", Replace),
        ],
    ),
    part("table / constraint / index", key_index, nothing, INDEX),
    part(
        "table|materialized view / index",
        create_index,
        |f| one(format!("DROP {}", f.phrase)),
        INDEX,
    ),
    part("table / index / attached", attach_index, nothing, &[("index", Follows)]),
    part("table / constraint / index / attached", attach_index, nothing, &[("index", Follows)]),
    rule("statistics", create_statistics, &[("target", Alter(statistics_target))]),
    part(
        "table|view|foreign table / trigger",
        create_trigger,
        drop,
        &[("enabled", Alter(|p| enable(p, "TRIGGER")))],
    ),
    part(
        "table|view / rule",
        create_rule,
        drop,
        &[
            (
                "definition",
                Alter(|p| {
                    one(get(p.fact(), "definition").replacen(
                        "CREATE RULE",
                        "CREATE OR REPLACE RULE",
                        1,
                    ))
                }),
            ),
            ("enabled", Alter(|p| enable(p, "RULE"))),
        ],
    ),
    part(
        "table / policy",
        create_policy,
        drop,
        &[
            ("to", Alter(alter_policy)),
            ("using", AlterOr(alter_policy_condition)),
            ("check", AlterOr(alter_policy_condition)),
        ],
    ),
    rule("event trigger", create_event_trigger, &[("enabled", Alter(enable_event_trigger))]),
    rule(
        "function",
        |f| one(get(f, "definition").to_owned()),
        &[
            ("arguments", AlterOr(same_signature)),
            ("definition", Alter(|p| one(get(p.fact(), "definition").to_owned()))),
        ],
    ),
    rule(
        "procedure",
        |f| one(get(f, "definition").to_owned()),
        &[
            ("arguments", AlterOr(same_signature)),
            ("definition", Alter(|p| one(get(p.fact(), "definition").to_owned()))),
        ],
    ),
    rule("aggregate", |f| one(format!("CREATE {} ({})", f.phrase, get(f, "definition"))), &[]),
    rule(
        "operator",
        create_operator,
        &[("restrict", Alter(alter_operator)), ("join", Alter(alter_operator))],
    ),
    rule("operator family", create_family, &[]),
    rule(
        "operator class",
        |f| {
            one(format!(
                "CREATE {} {}",
                f.phrase.rsplit_once(" USING ").map_or(f.phrase.as_str(), |(head, _)| head),
                get(f, "definition")
            ))
        },
        &[],
    ),
    rule("cast", |f| one(format!("CREATE {} {}", f.phrase, get(f, "definition"))), &[]),
    rule(
        "conversion",
        |f| {
            one(format!(
                "CREATE {}{} {}",
                if f.get("default").is_some() { "DEFAULT " } else { "" },
                f.phrase,
                get(f, "definition")
            ))
        },
        &[],
    ),
    rule(
        "language",
        |f| {
            one(format!(
                "CREATE {}{} {}",
                if f.get("trusted").is_some() { "TRUSTED " } else { "" },
                f.phrase,
                get(f, "definition")
            ))
        },
        &[],
    ),
    rule("transform", |f| one(format!("CREATE {} ({})", f.phrase, get(f, "definition"))), &[]),
    rule("access method", |f| one(format!("CREATE {} {}", f.phrase, get(f, "definition"))), &[]),
    rule(
        "text search parser",
        |f| one(format!("CREATE {} ({})", f.phrase, get(f, "definition"))),
        &[],
    ),
    rule(
        "text search template",
        |f| one(format!("CREATE {} ({})", f.phrase, get(f, "definition"))),
        &[],
    ),
    rule("text search dictionary", create_dictionary, &[]),
    rule(
        "text search configuration",
        |f| one(format!("CREATE {} (PARSER = {})", f.phrase, get(f, "parser"))),
        &[],
    ),
    part(
        "text search configuration / mapping",
        |f| {
            one(format!(
                "ALTER {} ADD MAPPING FOR {} WITH {}",
                f.phrase,
                f.address.name(),
                get(f, "with")
            ))
        },
        |f| one(format!("ALTER {} DROP MAPPING FOR {}", f.phrase, f.address.name())),
        &[(
            "with",
            Alter(|p| {
                one(format!(
                    "ALTER {} ALTER MAPPING FOR {} WITH {}",
                    p.fact().phrase,
                    p.fact().address.name(),
                    get(p.fact(), "with")
                ))
            }),
        )],
    ),
    rule(
        "foreign data wrapper",
        create_wrapper,
        &[
            ("options", Alter(|p| alter_options(p, &format!("ALTER {}", p.fact().phrase)))),
            ("handler", Alter(|p| wrapper_function(p, "handler", "HANDLER"))),
            ("validator", Alter(|p| wrapper_function(p, "validator", "VALIDATOR"))),
        ],
    ),
    rule(
        "server",
        create_server,
        &[
            ("options", Alter(|p| alter_options(p, &format!("ALTER {}", p.fact().phrase)))),
            (
                "version",
                AlterOr(|p| {
                    p.is("version").map(|v| one(format!("ALTER {} VERSION {v}", p.fact().phrase)))
                }),
            ),
        ],
    ),
    part(
        "server / user mapping",
        |f| one(format!("CREATE {}{}", f.phrase, options(f))),
        drop,
        &[("options", Alter(|p| alter_options(p, &format!("ALTER {}", p.fact().phrase))))],
    ),
    rule(
        "publication",
        create_publication,
        &[
            ("publish", Alter(alter_publication)),
            ("via root", Alter(alter_publication)),
            ("generated columns", Alter(alter_publication)),
        ],
    ),
    part(
        "publication / table",
        |f| one(format!("ALTER {} ADD TABLE ONLY {}", f.phrase, published(f))),
        |f| one(format!("ALTER {} DROP TABLE ONLY {}", f.phrase, get(f, "table"))),
        &[],
    ),
    part(
        "publication / schema",
        |f| one(format!("ALTER {} ADD TABLES IN SCHEMA {}", f.phrase, f.address.name())),
        |f| one(format!("ALTER {} DROP TABLES IN SCHEMA {}", f.phrase, f.address.name())),
        &[],
    ),
    rule(
        "subscription",
        create_subscription,
        &[
            (
                "connection",
                Alter(|p| {
                    one(format!(
                        "ALTER {} CONNECTION {}",
                        p.fact().phrase,
                        get(p.fact(), "connection")
                    ))
                }),
            ),
            (
                "publications",
                Alter(|p| {
                    one(format!(
                        "ALTER {} SET PUBLICATION {} WITH (refresh = false)",
                        p.fact().phrase,
                        get(p.fact(), "publications")
                    ))
                }),
            ),
            ("two phase", Replace),
            ("*", Alter(alter_subscription)),
        ],
    ),
];

/// No statement.
pub(super) fn nothing(_: &Fact) -> Vec<String> {
    Vec::new()
}

pub(super) fn one(statement: String) -> Vec<String> {
    vec![statement]
}

/// An attribute that facts of this kind have.
pub(super) fn get<'a>(fact: &'a Fact, name: &str) -> &'a str {
    fact.get(name).unwrap_or_default()
}

fn drop(fact: &Fact) -> Vec<String> {
    one(format!("DROP {}", fact.phrase))
}

/// The outermost thing's name.
pub(super) fn table_of(fact: &Fact) -> String {
    fact.address.root().name().to_owned()
}

/// The column that the fact is, or belongs to.
pub(super) fn column_of(fact: &Fact) -> String {
    let column = fact.address.steps().find(|(kind, _)| matches!(*kind, "column" | "attribute"));
    column.map(|(_, name)| name.to_owned()).unwrap_or_default()
}

/// A text as SQL writes it, with an escape only where a backslash would ask for one.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn set_owner(fact: &Fact) -> Vec<String> {
    match get(fact, "role") {
        "CURRENT_USER" => Vec::new(),
        role => one(format!("ALTER {} OWNER TO {role}", fact.phrase)),
    }
}

fn alter_owner(pair: Pair<'_>) -> Vec<String> {
    one(format!("ALTER {} OWNER TO {}", pair.fact().phrase, get(pair.fact(), "role")))
}

fn comment(fact: &Fact) -> Vec<String> {
    one(format!("COMMENT ON {} IS {}", fact.phrase, literal(get(fact, "text"))))
}

fn uncomment(fact: &Fact) -> Vec<String> {
    let text = match fact.phrase.as_str() {
        "SCHEMA public" => "'standard public schema'",
        _ => "NULL",
    };
    one(format!("COMMENT ON {} IS {text}", fact.phrase))
}

fn label(fact: &Fact) -> Vec<String> {
    let (provider, text) = (fact.address.name(), literal(get(fact, "text")));
    one(format!("SECURITY LABEL FOR {provider} ON {} IS {text}", fact.phrase))
}

fn unlabel(fact: &Fact) -> Vec<String> {
    one(format!("SECURITY LABEL FOR {} ON {} IS NULL", fact.address.name(), fact.phrase))
}

fn privilege(fact: &Fact, verb: &str, to: &str, option: &str, tail: &str) -> Vec<String> {
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

fn alter_grant(pair: Pair<'_>) -> Vec<String> {
    match pair.is("with grant option") {
        Some(_) => grant(pair.fact()),
        None => privilege(pair.fact(), "REVOKE", "FROM", "GRANT OPTION FOR ", ""),
    }
}

fn create_statistics(fact: &Fact) -> Vec<String> {
    let mut statements = one(get(fact, "definition").to_owned());
    statements.extend(
        fact.get("target").map(|target| format!("ALTER {} SET STATISTICS {target}", fact.phrase)),
    );
    statements
}

fn statistics_target(pair: Pair<'_>) -> Vec<String> {
    one(format!(
        "ALTER {} SET STATISTICS {}",
        pair.fact().phrase,
        pair.is("target").unwrap_or("-1")
    ))
}

fn create_trigger(fact: &Fact) -> Vec<String> {
    let mut statements: Vec<_> = fact.get("definition").map(str::to_owned).into_iter().collect();
    statements.extend(enable(Pair { old: None, new: Some(fact) }, "TRIGGER"));
    statements
}

fn create_rule(fact: &Fact) -> Vec<String> {
    let mut statements = one(get(fact, "definition").to_owned());
    statements.extend(enable(Pair { old: None, new: Some(fact) }, "RULE"));
    statements
}

fn enable(pair: Pair<'_>, what: &str) -> Vec<String> {
    let fact = pair.fact();
    let state = match (pair.is("enabled"), pair.old) {
        (Some(state), _) => state,
        (None, Some(_)) => "ENABLE",
        (None, None) => return Vec::new(),
    };
    one(format!("ALTER TABLE {} {state} {what} {}", table_of(fact), fact.address.name()))
}

fn create_policy(fact: &Fact) -> Vec<String> {
    let restrictive = if fact.get("restrictive").is_some() { " AS RESTRICTIVE" } else { "" };
    let conditions = policy_conditions(fact);
    let (what, to) = (get(fact, "for"), get(fact, "to"));
    one(format!("CREATE {}{restrictive} FOR {what} TO {to}{conditions}", fact.phrase))
}

fn policy_conditions(fact: &Fact) -> String {
    let using = fact.get("using").map(|using| format!(" USING ({using})")).unwrap_or_default();
    let check = fact.get("check").map(|check| format!(" WITH CHECK ({check})")).unwrap_or_default();
    using + &check
}

fn alter_policy(pair: Pair<'_>) -> Vec<String> {
    one(format!("ALTER {} TO {}", pair.fact().phrase, get(pair.fact(), "to")))
}

fn alter_policy_condition(pair: Pair<'_>) -> Option<Vec<String>> {
    let kept =
        |name| pair.was(name).is_some() == pair.is(name).is_some() || pair.was(name).is_none();
    (kept("using") && kept("check"))
        .then(|| one(format!("ALTER {}{}", pair.fact().phrase, policy_conditions(pair.fact()))))
}

fn create_event_trigger(fact: &Fact) -> Vec<String> {
    let tags = fact.get("tags").map(|tags| format!(" WHEN TAG IN ({tags})")).unwrap_or_default();
    let (on, function) = (get(fact, "on"), get(fact, "function"));
    let mut statements =
        one(format!("CREATE {} ON {on}{tags} EXECUTE FUNCTION {function}()", fact.phrase));
    statements.extend(fact.get("enabled").map(|state| format!("ALTER {} {state}", fact.phrase)));
    statements
}

fn enable_event_trigger(pair: Pair<'_>) -> Vec<String> {
    one(format!("ALTER {} {}", pair.fact().phrase, pair.is("enabled").unwrap_or("ENABLE")))
}

/// Arguments whose names and defaults only are added can be replaced in place.
fn same_signature(pair: Pair<'_>) -> Option<Vec<String>> {
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

fn create_operator(fact: &Fact) -> Vec<String> {
    let name = fact.address.name().rsplit_once(" (").map_or(fact.address.name(), |(name, _)| name);
    let mut parts = Vec::new();
    for (attribute, value) in &fact.attributes {
        let word = attribute.to_uppercase();
        parts.push(if value.is_empty() { word } else { format!("{word} = {value}") });
    }
    one(format!("CREATE OPERATOR {name} ({})", parts.join(", ")))
}

fn alter_operator(pair: Pair<'_>) -> Vec<String> {
    let fact = pair.fact();
    let (restrict, join) =
        (pair.is("restrict").unwrap_or("NONE"), pair.is("join").unwrap_or("NONE"));
    one(format!("ALTER {} SET (RESTRICT = {restrict}, JOIN = {join})", fact.phrase))
}

fn create_family(fact: &Fact) -> Vec<String> {
    let mut statements = one(format!("CREATE {}", fact.phrase));
    statements
        .extend(fact.get("members").map(|members| format!("ALTER {} ADD {members}", fact.phrase)));
    statements
}

fn create_dictionary(fact: &Fact) -> Vec<String> {
    let options = fact.get("options").map(|options| format!(", {options}")).unwrap_or_default();
    one(format!("CREATE {} (TEMPLATE = {}{options})", fact.phrase, get(fact, "template")))
}

pub(super) fn options(fact: &Fact) -> String {
    fact.get("options").map(|options| format!(" OPTIONS ({options})")).unwrap_or_default()
}

fn create_wrapper(fact: &Fact) -> Vec<String> {
    let handler = fact.get("handler").map(|name| format!(" HANDLER {name}")).unwrap_or_default();
    let validator =
        fact.get("validator").map(|name| format!(" VALIDATOR {name}")).unwrap_or_default();
    one(format!("CREATE {}{handler}{validator}{}", fact.phrase, options(fact)))
}

fn wrapper_function(pair: Pair<'_>, attribute: &str, word: &str) -> Vec<String> {
    let phrase = &pair.fact().phrase;
    one(match pair.is(attribute) {
        Some(function) => format!("ALTER {phrase} {word} {function}"),
        None => format!("ALTER {phrase} NO {word}"),
    })
}

fn create_server(fact: &Fact) -> Vec<String> {
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

/// `ALTER … OPTIONS`, from one list of options to another.
pub(super) fn alter_options(pair: Pair<'_>, alter: &str) -> Vec<String> {
    let split = |text: Option<&str>| -> Vec<(String, String)> {
        listed(text.unwrap_or_default())
            .into_iter()
            .filter_map(|one| {
                one.split_once(' ').map(|(name, value)| (name.to_owned(), value.to_owned()))
            })
            .collect()
    };
    let (was, is) = (split(pair.was("options")), split(pair.is("options")));
    let mut parts = Vec::new();
    for (name, value) in &is {
        match was.iter().find(|(other, _)| other == name) {
            None => parts.push(format!("ADD {name} {value}")),
            Some((_, other)) if other != value => parts.push(format!("SET {name} {value}")),
            Some(_) => {}
        }
    }
    let gone = was.iter().filter(|(name, _)| !is.iter().any(|(other, _)| other == name));
    parts.extend(gone.map(|(name, _)| format!("DROP {name}")));
    one(format!("{alter} OPTIONS ({})", parts.join(", ")))
}

/// The members of a list, `a, 'b, c'`.
pub(super) fn listed(text: &str) -> Vec<String> {
    let mut members = vec![String::new()];
    let (mut single, mut double) = (false, false);
    for c in text.chars() {
        single ^= c == '\'' && !double;
        double ^= c == '"' && !single;
        match c {
            ',' if !single && !double => members.push(String::new()),
            c => {
                if let Some(last) = members.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    members.into_iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}

fn publication_options(fact: &Fact) -> String {
    let root = fact.get("via root").is_some();
    let generated =
        fact.get("generated columns").map(|what| format!(", publish_generated_columns = {what}"));
    format!(
        "publish = {}, publish_via_partition_root = {root}{}",
        literal(get(fact, "publish")),
        generated.unwrap_or_default()
    )
}

fn create_publication(fact: &Fact) -> Vec<String> {
    let all = if fact.get("all tables").is_some() { " FOR ALL TABLES" } else { "" };
    one(format!("CREATE {}{all} WITH ({})", fact.phrase, publication_options(fact)))
}

fn alter_publication(pair: Pair<'_>) -> Vec<String> {
    one(format!("ALTER {} SET ({})", pair.fact().phrase, publication_options(pair.fact())))
}

fn published(fact: &Fact) -> String {
    let columns = fact.get("columns").map(|columns| format!(" ({columns})")).unwrap_or_default();
    let condition =
        fact.get("where").map(|condition| format!(" WHERE ({condition})")).unwrap_or_default();
    format!("{}{columns}{condition}", get(fact, "table"))
}

fn subscription_options(fact: &Fact) -> String {
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

fn create_subscription(fact: &Fact) -> Vec<String> {
    let (connection, publications) = (get(fact, "connection"), get(fact, "publications"));
    let options = subscription_options(fact);
    one(format!(
        "CREATE {} CONNECTION {connection} PUBLICATION {publications} WITH (connect = false, {options})",
        fact.phrase
    ))
}

fn alter_subscription(pair: Pair<'_>) -> Vec<String> {
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
