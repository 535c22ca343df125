//! `new`: the next migration, from a template.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use clap::Args;
use heck::{ToSnakeCase, ToUpperCamelCase};
use strata_sequence::{Kind, MigrationFile, MigrationName, SequenceError, list_folder};

use crate::context::Context;
use crate::error::CliError;
use crate::printer::Printer;
use crate::template;

#[derive(Debug, Args)]
pub struct Arguments {
    /// What it does: `AddLeadScore`, or "add lead score".
    name: String,
    /// Write it in Rust.
    #[arg(long)]
    rust: bool,
    /// Give it this number.
    #[arg(long, value_name = "N", conflicts_with = "last")]
    number: Option<u64>,
    /// Write a test of it too, with rows as they are before it.
    #[arg(long)]
    test: bool,
    /// Give it a number above all others, Rust migrations included.
    #[arg(long)]
    last: bool,
}

pub(crate) fn run(context: &Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let folder = context.migrations_folder()?;
    let files = match list_folder(&folder) {
        Err(SequenceError::NoFolder { .. }) => Vec::new(),
        files => files?,
    };
    let number = number(&files, arguments)?;
    let words = words(&arguments.name);
    let refuse = |rule: &str| {
        CliError::Usage(format!("{:?} cannot be part of a file name: {rule}", arguments.name))
    };
    let name = MigrationName::parse(&format!("{number:03}_{words}")).map_err(refuse)?;
    let kind = if arguments.rust { Kind::Rust } else { Kind::Sql };
    let file = format!("{name}.{}", kind.extension());
    write_new(context, &folder, &file, &template::migration(&name, kind))?;
    if arguments.test {
        write_test(context, &folder, &name)?;
    }
    have_it_noticed(context, &folder)
}

/// `name` as one word, as it is typed where it is one already.
fn words(name: &str) -> String {
    match name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-') {
        true => name.to_owned(),
        false => name.to_upper_camel_case(),
    }
}

/// One above the highest SQL migration, or above all, and not taken.
fn number(files: &[MigrationFile], arguments: &Arguments) -> Result<u64, CliError> {
    let taken = |number: u64| files.iter().find(|file| file.name.number() == number);
    if let Some(number) = arguments.number {
        return match taken(number) {
            None => Ok(number),
            Some(file) => {
                Err(CliError::Usage(format!("number {number} is taken by {}", file.path.display())))
            }
        };
    }
    let counted = files.iter().filter(|file| arguments.last || file.kind == Kind::Sql);
    let highest = counted.map(|file| file.name.number()).max().unwrap_or(0);
    let mut free = (highest..u64::MAX).map(|number| number + 1).filter(|n| taken(*n).is_none());
    free.next()
        .ok_or_else(|| CliError::Usage("no number is left; give one with --number".to_owned()))
}

/// Writes a test of the migration into the package that the folder lies in.
fn write_test(context: &Context<'_>, folder: &Path, name: &MigrationName) -> Result<(), CliError> {
    let package = folder.parent().unwrap_or(folder);
    let manifest = package.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).map_err(CliError::io("read", &manifest))?;
    let invalid = |message: String| CliError::Config { path: manifest.clone(), message };
    let table: toml::Table =
        text.parse().map_err(|error: toml::de::Error| invalid(error.to_string()))?;
    let library = table.get("package").and_then(|package| package.get("name")?.as_str());
    let library = library.ok_or_else(|| invalid("it names no package to test".to_owned()))?;
    let file = format!("migration_{}.rs", name.as_str().to_snake_case());
    let text = template::test(name, &library.to_snake_case());
    write_new(context, &package.join("tests"), &file, &text)
}

/// Writes a file that is not there yet, and prints where it is.
fn write_new(context: &Context<'_>, folder: &Path, file: &str, text: &str) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(CliError::io("create", folder))?;
    let path = folder.join(file);
    let file = OpenOptions::new().create_new(true).write(true).open(&path);
    let mut file = file.map_err(CliError::io("create", &path))?;
    file.write_all(text.as_bytes()).map_err(CliError::io("write", &path))?;
    context.printer.line(&context.shown(&path).display().to_string());
    Ok(())
}

/// Sees to it that the next build of a program that embeds `folder` notices a new file there.
fn have_it_noticed(context: &Context<'_>, folder: &Path) -> Result<(), CliError> {
    let (Some(package), Some(folder_name)) = (folder.parent(), folder.file_name()) else {
        return Ok(());
    };
    let manifest = fs::read_to_string(package.join("Cargo.toml")).unwrap_or_default();
    if !manifest.contains("diesel-strata") {
        return Ok(());
    }
    let script = package.join("build.rs");
    let line = template::rerun(&folder_name.to_string_lossy());
    let shown = context.shown(&script).display().to_string();
    match fs::read_to_string(&script) {
        Ok(text)
            if text.contains("rerun-if-changed")
                && text.contains(&*folder_name.to_string_lossy()) =>
        {
            Ok(())
        }
        Ok(_) => {
            advise(context.printer, &shown, &line);
            Ok(())
        }
        Err(_) => {
            let text = template::build_script(&line);
            fs::write(&script, text).map_err(CliError::io("write", &script))?;
            context.printer.note(&format!(
                "{shown} is new too: with it the next build notices new migrations"
            ));
            Ok(())
        }
    }
}

fn advise(printer: &Printer, script: &str, line: &str) {
    printer.note(&format!(
        "the next build only notices new migrations if {script} has this line in main:\n\n    {line}\n"
    ));
}
