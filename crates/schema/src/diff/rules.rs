//! The table of rules.

use crate::facts::Fact;

use super::others::*;
use super::rule::{How, Rule};
use super::tables::*;
use super::types::*;
use super::written::{alter_options, column_of, get, nothing, one, options, table_of};
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

fn drop(fact: &Fact) -> Vec<String> {
    one(format!("DROP {}", fact.phrase))
}
