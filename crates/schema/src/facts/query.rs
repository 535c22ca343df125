//! The text of the queries: what they share, and what only some versions have.

/// The files, each a query that gives rows of one shape.
pub(super) const QUERIES: [&str; 11] = [
    include_str!("queries/schemas.sql"),
    include_str!("queries/types.sql"),
    include_str!("queries/relations.sql"),
    include_str!("queries/columns.sql"),
    include_str!("queries/keys.sql"),
    include_str!("queries/behaviour.sql"),
    include_str!("queries/routines.sql"),
    include_str!("queries/search.sql"),
    include_str!("queries/foreign.sql"),
    include_str!("queries/replication.sql"),
    include_str!("queries/privileges.sql"),
];

/// Remarks about objects: comments and security labels.
pub(super) const REMARKS: &str = "\
    SELECT d.classoid AS class, d.objoid AS object, d.objsubid AS sub, NULL AS provider, \
    d.description AS remark FROM pg_description d \
    WHERE (d.objoid >= 16384 OR d.classoid = 'pg_namespace'::regclass) \
    AND NOT (d.classoid = 'pg_namespace'::regclass AND d.description = 'standard public schema' \
    AND d.objoid = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'public')) \
    UNION ALL SELECT 'pg_namespace'::regclass, n.oid, 0, NULL, '' FROM pg_namespace n \
    WHERE n.nspname = 'public' AND obj_description(n.oid, 'pg_namespace') IS NULL \
    UNION ALL SELECT l.classoid, l.objoid, l.objsubid, l.provider, l.label FROM pg_seclabel l";

/// What depends on what.
pub(super) const DEPENDENCIES: &str = "\
    SELECT classid AS class, objid AS object, objsubid AS sub, refclassid AS on_class, \
    refobjid AS on_object, refobjsubid AS on_sub, deptype::text AS kind FROM pg_depend \
    WHERE (objid >= 16384 OR deptype = 'e') AND (refobjid >= 16384 OR refclassid = 'pg_namespace'::regclass)";

/// What a query is written for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target {
    /// The major version, 14 or above.
    pub major: u32,
    /// Whether the role may read what only superusers may.
    pub superuser: bool,
}

/// `query` for one server: lines that belong to others left out, and shorthands written out.
pub(super) fn written(query: &str, target: Target) -> String {
    let lines: Vec<_> = query.lines().filter_map(|line| line_for(line, target)).collect();
    expanded(&lines.join("\n"), target)
}

/// A line that begins with `--15`, `--<15`, `--15<17` or `--super` is for those only.
fn line_for(line: &str, target: Target) -> Option<&str> {
    let Some(condition) = line.strip_prefix("--") else { return Some(line) };
    let (condition, rest) = condition.split_once(' ').unwrap_or((condition, ""));
    let versions = match condition.strip_prefix("super") {
        Some(_) if !target.superuser => return None,
        Some(versions) => versions,
        None => condition,
    };
    let (from, below) = versions.split_once('<').unwrap_or((versions, ""));
    let from = from.parse().unwrap_or(0);
    let below = below.parse().unwrap_or(u32::MAX);
    (from..below).contains(&target.major).then_some(rest)
}

/// The shorthands of the queries, `{name:schema, name}`; the innermost first.
fn expanded(query: &str, target: Target) -> String {
    let mut text = query.to_owned();
    while let Some(end) = text.find('}').filter(|end| text[..*end].contains('{')) {
        let start = text[..end].rfind('{').unwrap_or_default();
        let inside = &text[start + 1..end];
        let (word, argument) = inside.split_once(':').unwrap_or((inside, ""));
        let written = shorthand(word, argument, target);
        text.replace_range(start..=end, &written);
    }
    text.replace('«', "{").replace('»', "}")
}

fn shorthand(word: &str, argument: &str, target: Target) -> String {
    match word {
        "ours" => "n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'".to_owned(),
        "name" => match argument.split_once(", ") {
            Some((schema, name)) => {
                format!("(quote_ident({schema}) || '.' || quote_ident({name}))")
            }
            None => format!("quote_ident({argument})"),
        },
        "role" => format!(
            "CASE WHEN {argument} = 0 THEN 'PUBLIC' WHEN {argument} = current_user::regrole THEN \
             'CURRENT_USER' ELSE quote_ident(pg_get_userbyid({argument})) END"
        ),
        "options" => format!(
            "(SELECT string_agg(quote_ident(z.option_name) || '=' || CASE WHEN z.option_value ~ \
             '^([0-9]+(\\.[0-9]+)?|true|false|on|off)$' THEN z.option_value ELSE \
             quote_literal(z.option_value) END, ', ' ORDER BY z.option_name COLLATE \"C\") \
             FROM pg_options_to_table({argument}) z)"
        ),
        "foreign" => format!(
            "(SELECT string_agg(quote_ident(z.option_name) || ' ' || quote_literal(z.option_value), \
             ', ' ORDER BY z.option_name COLLATE \"C\") FROM pg_options_to_table({argument}) z)"
        ),
        "collation" => format!(
            "(SELECT quote_ident(y.nspname) || '.' || quote_ident(z.collname) FROM pg_collation z \
             JOIN pg_namespace y ON y.oid = z.collnamespace WHERE z.oid = {argument})"
        ),
        "operator" => match argument.split_once(", ") {
            Some((name, schema)) => format!(
                "(SELECT quote_ident(z.nspname) FROM pg_namespace z WHERE z.oid = {schema}) || '.' \
                 || {name}"
            ),
            None => argument.to_owned(),
        },
        "amop" => AMOP.to_owned(),
        "amproc" => AMPROC.to_owned(),
        "public owner" if target.major >= 15 => "'pg_database_owner'::regrole".to_owned(),
        "public owner" => "10".to_owned(),
        // Braces of SQL's own, an empty array.
        _ => format!("«{word}»"),
    }
}

const AMOP: &str = "'OPERATOR ' || lpad(x.amopstrategy::text, 3) || ' ' || x.amopopr::regoperator \
    || CASE WHEN x.amopsortfamily <> 0 THEN (SELECT ' FOR ORDER BY ' || quote_ident(z.nspname) \
    || '.' || quote_ident(y.opfname) FROM pg_opfamily y JOIN pg_namespace z \
    ON z.oid = y.opfnamespace WHERE y.oid = x.amopsortfamily) ELSE '' END";

const AMPROC: &str = "'FUNCTION ' || lpad(x.amprocnum::text, 3) || ' (' || \
    format_type(x.amproclefttype, NULL) || ', ' || format_type(x.amprocrighttype, NULL) || ') ' \
    || x.amproc::regprocedure";
