//! Statements for tables, views, sequences and what belongs to them.

use super::rule::{How, Pair};
use super::written::{alter_options, column_of, get, listed, one, options, table_of};
use crate::facts::Fact;

/// Writes the statements of a change.
type Writer = fn(Pair<'_>) -> Vec<String>;

pub(super) const SEQUENCE: &[(&str, How)] = &[
    ("unlogged", How::Alter(|p| one(format!("ALTER {} SET {}", p.fact().phrase, logged(p))))),
    ("*", How::Alter(alter_sequence)),
];

pub(super) const TABLE: &[(&str, How)] = &[
    ("unlogged", How::Alter(|p| one(format!("ALTER {} SET {}", p.fact().phrase, logged(p))))),
    ("with", How::Alter(|p| alter_with(p, &format!("ALTER {}", p.fact().phrase), ""))),
    ("toast", How::Alter(|p| alter_with(p, &format!("ALTER {}", p.fact().phrase), "toast."))),
    ("tablespace", How::Alter(alter_tablespace)),
    ("using", How::Alter(alter_access_method)),
    ("inherits", How::Alter(alter_inherits)),
    ("of", How::Alter(alter_of)),
    (
        "row security",
        How::Alter(|p| {
            switch(p, "row security", "ENABLE ROW LEVEL SECURITY", "DISABLE ROW LEVEL SECURITY")
        }),
    ),
    (
        "force row security",
        How::Alter(|p| {
            switch(
                p,
                "force row security",
                "FORCE ROW LEVEL SECURITY",
                "NO FORCE ROW LEVEL SECURITY",
            )
        }),
    ),
    (
        "replica identity",
        How::Alter(|p| {
            one(format!(
                "ALTER {} REPLICA IDENTITY {}",
                p.fact().phrase,
                p.is("replica identity").unwrap_or("DEFAULT")
            ))
        }),
    ),
];

pub(super) const COLUMN: &[(&str, How)] = &[
    ("type", How::Alter(alter_type)),
    ("collation", How::Alter(alter_type)),
    ("not null", How::Alter(alter_not_null)),
    ("storage", How::Alter(alter_storage)),
    ("compression", How::Alter(alter_compression)),
    ("statistics", How::Alter(alter_statistics)),
    ("with", How::Alter(alter_column_with)),
    (
        "options",
        How::Alter(|p| {
            alter_options(
                p,
                &format!(
                    "ALTER FOREIGN TABLE {} ALTER COLUMN {}",
                    table_of(p.fact()),
                    column_of(p.fact())
                ),
            )
        }),
    ),
    ("inherited", How::Follows),
];

pub(super) const IDENTITY: &[(&str, How)] = &[
    (
        "generated",
        How::Alter(|p| {
            let (table, column) = (table_of(p.fact()), column_of(p.fact()));
            one(format!(
                "ALTER TABLE {table} ALTER COLUMN {column} SET GENERATED {}",
                get(p.fact(), "generated")
            ))
        }),
    ),
    (
        "sequence",
        How::Alter(|p| {
            let (was, is) =
                (p.was("sequence").unwrap_or_default(), p.is("sequence").unwrap_or_default());
            let name = is.split_once('.').map_or(is, |(_, name)| name);
            one(format!("ALTER SEQUENCE {was} RENAME TO {name}"))
        }),
    ),
    (
        "unlogged",
        How::Alter(|p| {
            one(format!("ALTER {} SET {}", p.fact().phrase, p.is("unlogged").unwrap_or("LOGGED")))
        }),
    ),
    ("*", How::Alter(alter_sequence)),
];

pub(super) const INDEX: &[(&str, How)] = &[
    ("with", How::Alter(|p| alter_with(p, &format!("ALTER {}", p.fact().phrase), ""))),
    ("tablespace", How::Alter(alter_tablespace)),
    ("statistics", How::Alter(|p| index_statistics(p.fact(), p.was("statistics")))),
    ("cluster", How::Alter(|p| cluster(p.fact(), p.is("cluster").is_some()))),
    (
        "replica identity",
        How::Alter(|p| match p.is("replica identity") {
            Some(_) => replica_identity(p.fact()),
            None => one(format!("ALTER TABLE {} REPLICA IDENTITY DEFAULT", table_of(p.fact()))),
        }),
    ),
];

fn logged(pair: Pair<'_>) -> &'static str {
    if pair.is("unlogged").is_some() { "UNLOGGED" } else { "LOGGED" }
}

fn switch(pair: Pair<'_>, attribute: &str, on: &str, off: &str) -> Vec<String> {
    let word = if pair.is(attribute).is_some() { on } else { off };
    one(format!("ALTER {} {word}", pair.fact().phrase))
}

pub(super) fn create_sequence(fact: &Fact) -> Vec<String> {
    let unlogged = if fact.get("unlogged").is_some() { "UNLOGGED " } else { "" };
    one(format!("CREATE {unlogged}{} AS {}{}", fact.phrase, get(fact, "type"), settings(fact)))
}

/// What a sequence has beyond its type's own, where that is much.
fn settings(fact: &Fact) -> String {
    let bound = match fact.get("type") {
        Some("smallint") => "32767",
        Some("integer") => "2147483647",
        _ => "9223372036854775807",
    };
    let usual =
        [("start", "1"), ("increment", "1"), ("minimum", "1"), ("maximum", bound), ("cache", "1")];
    let unusual = usual.iter().any(|(name, value)| fact.get(name) != Some(value));
    let cycle = fact.get("cycle").map(|_| " CYCLE").unwrap_or_default();
    match unusual {
        false => cycle.to_owned(),
        true => format!(
            " START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {}{cycle}",
            get(fact, "start"),
            get(fact, "increment"),
            get(fact, "minimum"),
            get(fact, "maximum"),
            get(fact, "cache"),
        ),
    }
}

fn alter_sequence(pair: Pair<'_>) -> Vec<String> {
    let fact = pair.fact();
    let ty = fact.get("type").map(|ty| format!(" AS {ty}")).unwrap_or_default();
    let cycle = if fact.get("cycle").is_some() { "CYCLE" } else { "NO CYCLE" };
    one(format!(
        "ALTER {}{ty} START WITH {} INCREMENT BY {} MINVALUE {} MAXVALUE {} CACHE {} {cycle}",
        fact.phrase,
        get(fact, "start"),
        get(fact, "increment"),
        get(fact, "minimum"),
        get(fact, "maximum"),
        get(fact, "cache"),
    ))
}

/// Without its columns, which the plan puts in.
pub(super) fn create_table(fact: &Fact) -> Vec<String> {
    let unlogged = if fact.get("unlogged").is_some() { "UNLOGGED " } else { "" };
    let mut statement = format!("CREATE {unlogged}{}", fact.phrase);
    match fact.get("of") {
        Some(ty) => statement += &format!(" OF {ty}{{}}"),
        None => statement += " ({})",
    }
    let clause = |attribute: &str, before: &str, after: &str| {
        fact.get(attribute).map(|value| format!("{before}{value}{after}")).unwrap_or_default()
    };
    statement += &clause("inherits", " INHERITS (", ")");
    statement += &clause("partition by", " PARTITION BY ", "");
    statement += &clause("server", " SERVER ", "");
    statement += &options(fact);
    statement += &clause("using", " USING ", "");
    statement += &with_clause(fact);
    statement += &clause("tablespace", " TABLESPACE ", "");
    let mut statements = one(statement);
    let new = Pair { old: None, new: Some(fact) };
    for (attribute, how) in TABLE {
        let later =
            matches!(*attribute, "row security" | "force row security" | "replica identity");
        match how {
            How::Alter(alter) if later && fact.get(attribute).is_some() => {
                statements.extend(alter(new));
            }
            _ => {}
        }
    }
    statements
}

fn with_clause(fact: &Fact) -> String {
    let mut all = listed(fact.get("with").unwrap_or_default());
    all.extend(
        listed(fact.get("toast").unwrap_or_default()).into_iter().map(|one| format!("toast.{one}")),
    );
    if all.is_empty() { String::new() } else { format!(" WITH ({})", all.join(", ")) }
}

pub(super) fn create_view(fact: &Fact) -> Vec<String> {
    let using = fact.get("using").map(|one| format!(" USING {one}")).unwrap_or_default();
    let tablespace =
        fact.get("tablespace").map(|one| format!(" TABLESPACE {one}")).unwrap_or_default();
    let with = with_clause(fact);
    one(format!("CREATE {}{using}{with}{tablespace} AS\n{}", fact.phrase, get(fact, "definition")))
}

/// `SET` and `RESET`, from one list of parameters to another.
pub(super) fn alter_with(pair: Pair<'_>, alter: &str, prefix: &str) -> Vec<String> {
    let attribute = if prefix.is_empty() { "with" } else { "toast" };
    let (was, is) = (
        listed(pair.was(attribute).unwrap_or_default()),
        listed(pair.is(attribute).unwrap_or_default()),
    );
    let name = |one: &str| one.split('=').next().unwrap_or_default().to_owned();
    let set: Vec<_> =
        is.iter().filter(|one| !was.contains(one)).map(|one| format!("{prefix}{one}")).collect();
    let gone = was.iter().filter(|one| !is.iter().any(|other| name(other) == name(one)));
    let reset: Vec<_> = gone.map(|one| format!("{prefix}{}", name(one))).collect();
    let mut statements = Vec::new();
    if !set.is_empty() {
        statements.push(format!("{alter} SET ({})", set.join(", ")));
    }
    if !reset.is_empty() {
        statements.push(format!("{alter} RESET ({})", reset.join(", ")));
    }
    statements
}

pub(super) fn alter_tablespace(pair: Pair<'_>) -> Vec<String> {
    one(format!(
        "ALTER {} SET TABLESPACE {}",
        pair.fact().phrase,
        pair.is("tablespace").unwrap_or("pg_default")
    ))
}

pub(super) fn alter_access_method(pair: Pair<'_>) -> Vec<String> {
    one(format!(
        "ALTER {} SET ACCESS METHOD {}",
        pair.fact().phrase,
        pair.is("using").unwrap_or("heap")
    ))
}

pub(super) fn alter_inherits(pair: Pair<'_>) -> Vec<String> {
    let (was, is) = (
        listed(pair.was("inherits").unwrap_or_default()),
        listed(pair.is("inherits").unwrap_or_default()),
    );
    let phrase = &pair.fact().phrase;
    let gone = was
        .iter()
        .filter(|one| !is.contains(one))
        .map(|one| format!("ALTER {phrase} NO INHERIT {one}"));
    let come = is
        .iter()
        .filter(|one| !was.contains(one))
        .map(|one| format!("ALTER {phrase} INHERIT {one}"));
    gone.chain(come).collect()
}

fn alter_of(pair: Pair<'_>) -> Vec<String> {
    let phrase = &pair.fact().phrase;
    one(match pair.is("of") {
        Some(ty) => format!("ALTER {phrase} OF {ty}"),
        None => format!("ALTER {phrase} NOT OF"),
    })
}

/// A column as `CREATE TABLE` and `ADD COLUMN` write it, with its default and identity.
pub(super) fn column(fact: &Fact, default: Option<&Fact>, identity: Option<&Fact>) -> String {
    let mut text = format!("{} {}", column_of(fact), get(fact, "type"));
    text += &options(fact);
    text += &fact.get("collation").map(|one| format!(" COLLATE {one}")).unwrap_or_default();
    if let Some(default) = default {
        let expression = get(default, "expression");
        text += &match default.get("generated") {
            Some(kind) => format!(" GENERATED ALWAYS AS ({}) {kind}", unwrapped(expression)),
            None => format!(" DEFAULT {expression}"),
        };
    }
    if let Some(identity) = identity {
        text += &format!(" {}", identity_clause(identity));
    }
    text += &fact.get("not null").map(|one| format!(" {one}")).unwrap_or_default();
    text
}

/// The attributes of a column that have no place within `CREATE TABLE`.
pub(super) fn column_settings(fact: &Fact) -> Vec<String> {
    let new = Pair { old: None, new: Some(fact) };
    let settings: [(&str, Writer); 4] = [
        ("storage", alter_storage),
        ("compression", alter_compression),
        ("statistics", alter_statistics),
        ("with", alter_column_with),
    ];
    let set = settings.iter().filter(|(name, _)| fact.get(name).is_some());
    set.flat_map(|(_, alter)| alter(new)).collect()
}

pub(super) fn add_column(fact: &Fact) -> Vec<String> {
    one(format!("ALTER {} ADD COLUMN {{}}", relation(fact)))
}

/// `TABLE public.t`, or whatever the outermost thing is.
fn relation(fact: &Fact) -> String {
    let root = fact.address.root();
    format!("{} {}", root.kind().to_uppercase(), root.name())
}

pub(super) fn drop_column(fact: &Fact) -> Vec<String> {
    one(format!("ALTER {} DROP COLUMN {}", relation(fact), column_of(fact)))
}

fn alter_column(fact: &Fact, what: &str) -> Vec<String> {
    one(format!("ALTER {} ALTER COLUMN {} {what}", relation(fact), column_of(fact)))
}

fn alter_only(fact: &Fact, what: &str) -> Vec<String> {
    let only = if fact.address.root().kind() == "table" {
        "TABLE ONLY"
    } else {
        return alter_column(fact, what);
    };
    one(format!("ALTER {only} {} ALTER COLUMN {} {what}", table_of(fact), column_of(fact)))
}

pub(super) fn alter_type(pair: Pair<'_>) -> Vec<String> {
    let fact = pair.fact();
    let (was, is) = (pair.was("type").unwrap_or_default(), get(fact, "type"));
    let default_collation =
        pair.was("collation").map(|_| " COLLATE pg_catalog.\"default\"").unwrap_or_default();
    let collation = fact
        .get("collation")
        .map(|one| format!(" COLLATE {one}"))
        .unwrap_or(default_collation.to_owned());
    let using = match fact.address.root().kind() {
        "foreign table" => String::new(),
        _ => format!(" USING {}", converted(&column_of(fact), was, is)),
    };
    alter_column(fact, &format!("TYPE {is}{collation}{using}"))
}

/// A value of the one type as one of the other: cast as it is where such a cast is known, else
/// through its text.
pub(super) fn converted(column: &str, was: &str, is: &str) -> String {
    match castable(was, is) {
        true => format!("{column}::{is}"),
        false => format!(
            "{column}::text{}::{is}",
            if was.ends_with("[]") && is.ends_with("[]") { "[]" } else { "" }
        ),
    }
}

fn castable(was: &str, is: &str) -> bool {
    const FAMILIES: &[&[&str]] = &[
        &["smallint", "integer", "bigint", "numeric", "real", "double precision"],
        &["date", "timestamp without time zone", "timestamp with time zone"],
        &["time without time zone", "time with time zone", "interval"],
        &["timestamp without time zone", "timestamp with time zone", "time without time zone"],
        &["json", "jsonb"],
        &["bit", "bit varying"],
        &["integer", "boolean"],
        &["inet", "cidr"],
        &["integer", "bigint", "bit"],
    ];
    const TEXTS: &[&str] =
        &["text", "character varying", "character", "name", "citext", "public.citext"];
    let base = |ty: &str| {
        let ty = ty.trim_end_matches("[]");
        let (head, tail) = ty.split_once('(').unwrap_or((ty, ""));
        format!("{}{}", head.trim_end(), tail.split_once(')').map_or("", |(_, rest)| rest))
    };
    let arrays = was.ends_with("[]") == is.ends_with("[]");
    let (was, is) = (base(was), base(is));
    let text = |ty: &str| TEXTS.contains(&ty);
    was == is
        || text(&was)
        || text(&is)
        || (arrays
            && FAMILIES
                .iter()
                .any(|family| family.contains(&was.as_str()) && family.contains(&is.as_str())))
}

fn alter_not_null(pair: Pair<'_>) -> Vec<String> {
    let verb = if pair.is("not null").is_some() { "SET" } else { "DROP" };
    alter_column(pair.fact(), &format!("{verb} NOT NULL"))
}

pub(super) fn alter_storage(pair: Pair<'_>) -> Vec<String> {
    let usual = usual_storage(get(pair.fact(), "type"));
    alter_only(pair.fact(), &format!("SET STORAGE {}", pair.is("storage").unwrap_or(usual)))
}

/// How values of a type are stored where nothing is said.
fn usual_storage(ty: &str) -> &'static str {
    match ty.split('(').next().unwrap_or_default() {
        "numeric" | "inet" | "cidr" => "MAIN",
        "smallint" | "integer" | "bigint" | "real" | "double precision" | "boolean" | "date"
        | "uuid" => "PLAIN",
        _ => "EXTENDED",
    }
}

pub(super) fn alter_compression(pair: Pair<'_>) -> Vec<String> {
    alter_column(
        pair.fact(),
        &format!("SET COMPRESSION {}", pair.is("compression").unwrap_or("DEFAULT")),
    )
}

pub(super) fn alter_statistics(pair: Pair<'_>) -> Vec<String> {
    alter_only(pair.fact(), &format!("SET STATISTICS {}", pair.is("statistics").unwrap_or("-1")))
}

pub(super) fn alter_column_with(pair: Pair<'_>) -> Vec<String> {
    let fact = pair.fact();
    let root = fact.address.root();
    let only =
        if root.kind() == "table" { "TABLE ONLY".to_owned() } else { root.kind().to_uppercase() };
    alter_with(pair, &format!("ALTER {only} {} ALTER COLUMN {}", root.name(), column_of(fact)), "")
}

pub(super) fn set_default(fact: &Fact) -> Vec<String> {
    alter_only(fact, &format!("SET DEFAULT {}", get(fact, "expression")))
}

pub(super) fn drop_default(fact: &Fact) -> Vec<String> {
    let what = if fact.get("generated").is_some() { "DROP EXPRESSION" } else { "DROP DEFAULT" };
    alter_only(fact, what)
}

/// A generated column's expression is not altered in place.
pub(super) fn alter_default(pair: Pair<'_>) -> Option<Vec<String>> {
    pair.is("generated").is_none().then(|| set_default(pair.fact()))
}

fn identity_clause(fact: &Fact) -> String {
    let settings = settings(fact);
    let name = get(fact, "sequence");
    format!("GENERATED {} AS IDENTITY (SEQUENCE NAME {name}{settings})", get(fact, "generated"))
}

pub(super) fn add_identity(fact: &Fact) -> Vec<String> {
    alter_column(fact, &format!("ADD {}", identity_clause(fact)))
}

/// An expression without a pair of parentheses around all of it.
fn unwrapped(expression: &str) -> &str {
    let inner = expression.strip_prefix('(').and_then(|one| one.strip_suffix(')'));
    let mut depth = 0;
    let balanced = |inner: &&str| {
        inner.chars().all(|c| {
            depth += match c {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth >= 0
        })
    };
    inner.filter(balanced).unwrap_or(expression)
}

pub(super) fn add_constraint(fact: &Fact) -> Vec<String> {
    let root = fact.address.root();
    let only = if matches!(get(fact, "kind"), "p" | "u" | "x") { "ONLY " } else { "" };
    let (name, definition) = (fact.address.name(), get(fact, "definition"));
    one(format!(
        "ALTER {} {only}{} ADD CONSTRAINT {name} {definition}",
        root.kind().to_uppercase(),
        root.name()
    ))
}

pub(super) fn drop_constraint(fact: &Fact) -> Vec<String> {
    one(format!("ALTER {} DROP CONSTRAINT {}", relation(fact), fact.address.name()))
}

/// What the index of a key has beyond what its constraint says.
pub(super) fn key_index(fact: &Fact) -> Vec<String> {
    let new = Pair { old: None, new: Some(fact) };
    let mut statements = Vec::new();
    if fact.get("with").is_some() {
        statements.extend(alter_with(new, &format!("ALTER {}", fact.phrase), ""));
    }
    if fact.get("tablespace").is_some() {
        statements.extend(alter_tablespace(new));
    }
    statements.extend(index_settings(fact));
    statements
}

pub(super) fn create_index(fact: &Fact) -> Vec<String> {
    let mut statements = one(get(fact, "definition").to_owned());
    if fact.get("tablespace").is_some() {
        statements.extend(alter_tablespace(Pair { old: None, new: Some(fact) }));
    }
    statements.extend(index_settings(fact));
    statements
}

fn index_settings(fact: &Fact) -> Vec<String> {
    let mut statements = index_statistics(fact, None);
    if fact.get("cluster").is_some() {
        statements.extend(cluster(fact, true));
    }
    if fact.get("replica identity").is_some() {
        statements.extend(replica_identity(fact));
    }
    statements
}

fn index_name(fact: &Fact) -> &str {
    let name = fact.phrase.strip_prefix("INDEX ").unwrap_or_default();
    name.rsplit_once('.').map_or(name, |(_, name)| name)
}

fn index_statistics(fact: &Fact, was: Option<&str>) -> Vec<String> {
    let split = |text: &str| -> Vec<(String, String)> {
        listed(text)
            .iter()
            .filter_map(|one| one.split_once(' '))
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .collect()
    };
    let is = split(fact.get("statistics").unwrap_or_default());
    let gone = split(was.unwrap_or_default())
        .into_iter()
        .filter(|(column, _)| !is.iter().any(|(own, _)| own == column));
    let all: Vec<_> =
        is.iter().cloned().chain(gone.map(|(column, _)| (column, "-1".to_owned()))).collect();
    all.iter()
        .map(|(column, target)| {
            format!("ALTER {} ALTER COLUMN {column} SET STATISTICS {target}", fact.phrase)
        })
        .collect()
}

fn cluster(fact: &Fact, on: bool) -> Vec<String> {
    let root = fact.address.root();
    let table = format!("{} {}", root.kind().to_uppercase(), root.name());
    one(match on {
        true => format!("ALTER {table} CLUSTER ON {}", index_name(fact)),
        false => format!("ALTER {table} SET WITHOUT CLUSTER"),
    })
}

fn replica_identity(fact: &Fact) -> Vec<String> {
    one(format!("ALTER TABLE {} REPLICA IDENTITY USING INDEX {}", table_of(fact), index_name(fact)))
}

pub(super) fn attach_index(fact: &Fact) -> Vec<String> {
    one(format!("ALTER INDEX {} ATTACH PARTITION {}", get(fact, "to"), get(fact, "index")))
}
