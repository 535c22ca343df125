//! What follows a migration: `schema.rs` and `strata.schema` are regenerated, or checked.

use console::Style;
use diesel::pg::PgConnection;
use diesel_strata::schema_rs::{self, Regenerated, SchemaFile};
use diesel_strata::{SchemaError, verify_schema};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::context::Context;
use crate::error::CliError;
use crate::schema_file;
use crate::text::Text;

/// Lines shown around a difference.
const AROUND: usize = 3;

const NO_RUSTFMT: &str = "rustfmt is not here to format it: `rustup component add rustfmt`";

#[derive(Serialize)]
struct Json {
    schema: Vec<JsonFile>,
}

#[derive(Serialize, Default)]
struct JsonFile {
    file: String,
    /// Whether it is another now, or would be.
    changed: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// Writes every file that diesel.toml names anew. One that cannot be written is a warning only: the
/// database is migrated, and a deployed program may well have its sources on a read-only disk.
pub(crate) fn run(context: &Context<'_>, conn: &mut PgConnection) -> Result<(), CliError> {
    let config = context.print_schema()?;
    let mut files = Vec::new();
    match schema_rs::planned(conn, &config) {
        Err(error) => files.push(warn_not_written(context, error)?),
        Ok(planned) => {
            for file in planned {
                files.push(match file.write() {
                    Ok(written) => say_written(context, &written),
                    Err(error) => warn_not_written(context, error)?,
                });
            }
        }
    }
    if !files.is_empty() {
        context.printer.json(&Json { schema: files });
    }
    schema_file::keep(context, conn)
}

fn say_written(context: &Context<'_>, file: &Regenerated) -> JsonFile {
    let name = context.shown(&file.path).display().to_string();
    let printer = context.printer;
    file.warnings.iter().for_each(|warning| printer.note(warning));
    if file.changed {
        printer.say(format!("{name} regenerated"));
    }
    if !file.is_formatted {
        let text = format!("{name}: {NO_RUSTFMT}");
        if file.changed { printer.note(text) } else { printer.detail(text) }
    }
    JsonFile { file: name, changed: file.changed, ..JsonFile::default() }
}

fn warn_not_written(context: &Context<'_>, error: SchemaError) -> Result<JsonFile, CliError> {
    let SchemaError::File { doing: doing @ ("read" | "write"), path, source } = &error else {
        return Err(error.into());
    };
    let name = context.shown(path).display().to_string();
    let error = format!("cannot {doing} it: {source}");
    context
        .printer
        .note(format!("the database is migrated, but {name} may not fit it any more: {error}"));
    Ok(JsonFile { file: name, changed: false, error: Some(error), ..JsonFile::default() })
}

/// Shows how the files that diesel.toml names differ from what they should be; that is a finding.
pub(crate) fn check(context: &Context<'_>, conn: &mut PgConnection) -> Result<(), CliError> {
    let config = context.print_schema()?;
    let mut files = Vec::new();
    for file in schema_rs::planned(conn, &config)? {
        let name = context.shown(&file.path).display().to_string();
        let changed = !file.is_current();
        if changed && !context.printer.is_json() {
            print_difference(context, &name, &file);
        }
        let difference =
            changed.then(|| lines(&file).iter().map(|line| line.text() + "\n").collect());
        files.push(JsonFile { file: name, changed, difference, error: None });
    }
    let facts_fit = schema_file::is_current(context, conn)?;
    let is_found = !facts_fit || files.iter().any(|file| file.changed);
    if !files.is_empty() {
        context.printer.json(&Json { schema: files });
    }
    if is_found { Err(CliError::Found) } else { Ok(()) }
}

/// Checks that every schema file that diesel.toml names fits the database.
pub(crate) fn verify(context: &Context<'_>, conn: &mut PgConnection) -> Result<(), CliError> {
    let config = context.print_schema()?;
    let files: Vec<_> = config.schemas().filter_map(|(_, schema)| schema.file.as_ref()).collect();
    if files.is_empty() {
        let advice = "--verify needs a schema file; name it in diesel.toml ([print_schema] file)";
        return Err(CliError::Usage(advice.to_owned()));
    }
    for path in files {
        let source = std::fs::read_to_string(path).map_err(CliError::io("read", path))?;
        verify_schema(conn, &source)?;
        context.printer.say(format!("{} fits the database", context.shown(path).display()));
    }
    Ok(())
}

fn print_difference(context: &Context<'_>, name: &str, file: &SchemaFile) {
    let printer = context.printer;
    printer.line(format!("{name} does not fit the database; migrate and commit it:"));
    for line in lines(file) {
        let look = match line.tag {
            Some(ChangeTag::Delete) => Style::new().red(),
            Some(ChangeTag::Insert) => Style::new().green(),
            _ => Style::new(),
        };
        printer.line(Text::styled(line.text(), look));
    }
    if !file.after.is_formatted {
        printer.note(format!("{name}: {NO_RUSTFMT}, and so layout differs too"));
    }
}

/// A line of a difference; without a tag, what is left out between two places.
struct Line {
    tag: Option<ChangeTag>,
    text: String,
}

impl Line {
    fn text(&self) -> String {
        let mark = match self.tag {
            Some(ChangeTag::Delete) => '-',
            Some(ChangeTag::Insert) => '+',
            _ => ' ',
        };
        format!("{mark} {}", self.text)
    }
}

fn lines(file: &SchemaFile) -> Vec<Line> {
    let before = file.before.as_deref().unwrap_or_default();
    let difference = TextDiff::from_lines(before, &file.after.text);
    let mut lines = Vec::new();
    for (index, group) in difference.grouped_ops(AROUND).iter().enumerate() {
        if index > 0 {
            lines.push(Line { tag: None, text: "…".to_owned() });
        }
        let changes = group.iter().flat_map(|operation| difference.iter_changes(operation));
        lines.extend(changes.map(|change| Line {
            tag: Some(change.tag()),
            text: change.value().trim_end().to_owned(),
        }));
    }
    lines
}
