//! The Cargo package that a folder of migrations lies in.

use std::fs;
use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::error::CliError;
use crate::template;

const ENGINE: &str = "diesel-strata";
const TABLES: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// A package, by its Cargo.toml.
#[derive(Debug)]
pub(crate) struct Package {
    pub folder: PathBuf,
    /// The name of its library, as Rust code writes it.
    pub library: String,
    /// Whether it depends on the engine, and so may embed migrations.
    pub embeds: bool,
}

impl Package {
    /// The package that `folder` lies in; none where the nearest Cargo.toml is that of a workspace
    /// without a package.
    ///
    /// # Errors
    ///
    /// Its Cargo.toml cannot be read.
    pub(crate) fn around(folder: &Path) -> Result<Option<Self>, CliError> {
        let manifest = folder.ancestors().map(|folder| folder.join("Cargo.toml"));
        match manifest.into_iter().find(|path| path.is_file()) {
            Some(manifest) => Self::read(&manifest),
            None => Ok(None),
        }
    }

    fn read(manifest: &Path) -> Result<Option<Self>, CliError> {
        let text = fs::read_to_string(manifest).map_err(CliError::io("read", manifest))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            CliError::Config { path: manifest.to_owned(), message: error.to_string() }
        })?;
        let Some(name) = name(&table) else { return Ok(None) };
        Ok(Some(Self {
            folder: manifest.parent().unwrap_or(Path::new(".")).to_owned(),
            library: name.replace('-', "_"),
            embeds: TABLES.iter().any(|key| has_engine(table.get(*key))),
        }))
    }

    /// Sees to it that the next build of this package, which embeds `folder`, notices a new file
    /// there.
    ///
    /// # Errors
    ///
    /// The build script cannot be written.
    pub(crate) fn have_noticed(
        &self,
        context: &Context<'_>,
        folder: &Path,
    ) -> Result<Option<PathBuf>, CliError> {
        let script = self.folder.join("build.rs");
        let relative = folder.strip_prefix(&self.folder).unwrap_or(folder);
        let relative = relative.to_string_lossy().replace('\\', "/");
        let line = template::rerun(&relative);
        let shown = context.shown(&script).display();
        match fs::read_to_string(&script) {
            Ok(text) if notices(&text, &relative) => {}
            Ok(_) => context.printer.note(format!(
                "the next build only notices new migrations if {shown} has this line in main:\
                 \n\n  {line}\n"
            )),
            Err(_) => {
                let text = template::build_script(&line);
                fs::write(&script, text).map_err(CliError::io("write", &script))?;
                context.printer.note(format!(
                    "{shown} is new too: with it the next build notices new migrations"
                ));
                return Ok(Some(script));
            }
        }
        Ok(None)
    }
}

/// Whether the build script `text` names the folder `relative`, or what is in it.
fn notices(text: &str, relative: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let mut named = text.split("rerun-if-changed=").skip(1);
    named.any(|rest| rest.strip_prefix(relative).is_some_and(|rest| !rest.starts_with(goes_on)))
}

fn name(table: &toml::Table) -> Option<&str> {
    let of = |key: &str| table.get(key)?.get("name")?.as_str();
    of("package").map(|package| of("lib").unwrap_or(package))
}

/// Whether a table of dependencies has the engine, under whatever name.
fn has_engine(dependencies: Option<&toml::Value>) -> bool {
    let dependencies = dependencies.and_then(toml::Value::as_table).into_iter().flatten();
    let renamed =
        |value: &toml::Value| value.get("package").and_then(toml::Value::as_str) == Some(ENGINE);
    dependencies.into_iter().any(|(key, value)| key == ENGINE || renamed(value))
}
