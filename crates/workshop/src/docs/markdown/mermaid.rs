//! Diagrams as Mermaid, which shows them where Markdown is shown.

use std::collections::BTreeSet;
use std::fmt::Write;

use strata_schema::pictures::{Relation, Relations, Table};

/// A diagram of `tables`, by their places, with the foreign keys that have both ends among them.
pub(super) fn diagram(all: &[Table], relations: &Relations, tables: &BTreeSet<usize>) -> String {
    let mut diagram = "```mermaid\nerDiagram\n".to_owned();
    let inside = |own: &&Relation| tables.contains(&own.from) && tables.contains(&own.to);
    // Writing to a string cannot fail.
    for place in tables {
        let table = &all[*place];
        let _ = writeln!(diagram, "  t{place}[\"{}\"] {{", label(&table.title()));
        for column in &table.columns {
            let refers = table.foreign_keys().any(|(key, _)| key.columns.contains(&column.name));
            let sign = match (table.is_primary(&column.name), refers) {
                (true, true) => "PK, FK",
                (true, false) => "PK",
                (false, true) => "FK",
                (false, false) => continue,
            };
            let (ty, name) = (word(&column.type_sql), word(&column.name));
            let _ = writeln!(diagram, "    {ty} {name} {sign}");
        }
        diagram.push_str("  }\n");
    }
    for own in relations.all.iter().filter(inside) {
        let one = if own.optional { "|o" } else { "||" };
        let many = if own.unique { "o|" } else { "o{" };
        let name = label(&own.columns.join(", "));
        let _ = writeln!(diagram, "  t{} {one}--{many} t{} : \"{name}\"", own.to, own.from);
    }
    diagram + "```\n"
}

/// What may stand between quotes.
fn label(text: &str) -> String {
    let safe = |c: char| if c.is_alphanumeric() || " _-.,".contains(c) { c } else { '_' };
    text.chars().map(safe).collect()
}

/// A word that Mermaid takes for a name.
fn word(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || "_-()[]".contains(c) { c } else { '_' };
    let word: String = text.chars().map(safe).collect();
    match word.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => word,
        false => format!("x{word}"),
    }
}
