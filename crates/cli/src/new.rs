//! `new`: the next migration, from a template.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use chrono::Utc;
use clap::Args;
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde::Serialize;
use strata_sequence::{Kind, MigrationFile, MigrationName, SequenceError, list_folder};

use crate::context::Context;
use crate::error::CliError;
use crate::package::Package;
use crate::printer::Printer;
use crate::sum;
use crate::template;
use crate::timestamp;

#[derive(Debug, Args)]
pub struct Arguments {
    /// What it does: `AddLeadScore`, or "add lead score".
    name: String,
    /// Write it in Rust, to change rows.
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

#[derive(Serialize)]
struct Json {
    /// What was written: the migration first.
    files: Vec<String>,
}

pub(crate) fn run(context: &Context<'_>, arguments: &Arguments) -> Result<(), CliError> {
    let folder = context.migrations_folder()?;
    let files = match list_folder(&folder) {
        Err(SequenceError::NoFolder { .. }) => Vec::new(),
        files => files?,
    };
    let name = name(&files, arguments)?;
    let kind = if arguments.rust { Kind::Rust } else { Kind::Sql };
    // Before anything is written.
    let package = Package::around(&folder)?;
    let mut planned = vec![NewFile {
        path: folder.join(format!("{name}.{}", kind.extension())),
        text: template::migration(&name, kind),
    }];
    if arguments.test {
        planned.push(test(package.as_ref(), &name)?);
    }
    let mut files_written = write_all(context, &planned)?;
    if let Some(package) = package.filter(|package| package.embeds) {
        let script = package.have_noticed(context, &folder)?;
        files_written.extend(script.map(|path| context.shown(&path).display().to_string()));
    }
    sum::keep(context);
    context.printer.json(&Json { files: files_written });
    if arguments.number.is_none() {
        say_what_is_higher(context.printer, &files, &name);
    }
    Ok(())
}

/// A file to write.
struct NewFile {
    path: PathBuf,
    text: String,
}

/// Writes files that are not there yet, and prints where they are.
fn write_all(context: &Context<'_>, files: &[NewFile]) -> Result<Vec<String>, CliError> {
    if let Some(there) = files.iter().find(|file| file.path.exists()) {
        let path = context.shown(&there.path).display();
        return Err(CliError::Usage(format!("{path} is there already; give another name")));
    }
    let mut written = Vec::new();
    for NewFile { path, text } in files {
        let folder = path.parent().unwrap_or(path);
        fs::create_dir_all(folder).map_err(CliError::io("create", folder))?;
        let file = OpenOptions::new().create_new(true).write(true).open(path);
        let mut file = file.map_err(CliError::io("create", path))?;
        file.write_all(text.as_bytes()).map_err(CliError::io("write", path))?;
        written.push(context.shown(path).display().to_string());
        if !context.printer.is_json() {
            context.printer.line(context.shown(path).display().to_string());
        }
    }
    Ok(written)
}

fn name(files: &[MigrationFile], arguments: &Arguments) -> Result<MigrationName, CliError> {
    let number = number(files, arguments)?;
    let words = words(&arguments.name);
    MigrationName::parse(&format!("{number:03}_{words}")).map_err(|rule| {
        CliError::Usage(format!("{:?} cannot be part of a file name: {rule}", arguments.name))
    })
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
    // Where numbers are times, as other tools have them, the next one is the time now.
    let now = timestamp::like(highest, Utc::now()).filter(|now| *now > highest);
    let first = now.unwrap_or(highest.saturating_add(1));
    let mut free = (first..u64::MAX).filter(|number| taken(*number).is_none());
    free.next()
        .ok_or_else(|| CliError::Usage("no number is left; give one with --number".to_owned()))
}

/// Says so where the number is not above all others, which surprises.
fn say_what_is_higher(printer: &Printer, files: &[MigrationFile], name: &MigrationName) {
    let higher = files.iter().map(|file| &file.name).filter(|file| file.number() > name.number());
    if let Some(highest) = higher.max_by_key(|file| file.number()) {
        printer.note(format!(
            "{highest} has a higher number; SQL migrations are numbered by themselves, and one that \
             comes late runs all the same. --last numbers above all"
        ));
    }
}

/// A test of the migration in the package that the folder lies in.
fn test(package: Option<&Package>, name: &MigrationName) -> Result<NewFile, CliError> {
    let Some(package) = package else {
        let advice =
            "--test writes into the package that the migrations lie in, and they lie in none";
        return Err(CliError::Usage(advice.to_owned()));
    };
    let file = format!("migration_{}.rs", name.as_str().to_snake_case());
    Ok(NewFile {
        path: package.folder.join("tests").join(file),
        text: template::test(name, &package.library),
    })
}
