//! diesel.toml.

use std::fs;
use std::path::{Path, PathBuf};

use diesel_strata::schema_rs::PrintSchemaConfig;
use serde::Deserialize;

use crate::error::CliError;

/// What diesel.toml says; paths in it are relative to its folder.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    /// The folder of migrations.
    pub migrations: Option<PathBuf>,
    pub print_schema: PrintSchemaConfig,
}

/// As diesel CLI reads it, which knows no other key.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MigrationsDirectory {
    dir: PathBuf,
}

impl Settings {
    /// The settings in the file `named`, else in diesel.toml in `here` or above, else none.
    pub(crate) fn find(named: Option<&Path>, here: &Path) -> Result<Self, CliError> {
        match named.map(|path| here.join(path)).or_else(|| above(here, "diesel.toml")) {
            Some(path) => Self::read(&path),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path) -> Result<Self, CliError> {
        let text = fs::read_to_string(path).map_err(CliError::io("read", path))?;
        let invalid = |error: toml::de::Error| CliError::Config {
            path: path.to_owned(),
            message: error.to_string(),
        };
        let mut table: toml::Table = text.parse().map_err(invalid)?;
        let section = table.remove("migrations_directory");
        let directory = section.map(MigrationsDirectory::deserialize).transpose();
        let directory = directory.map_err(|error| CliError::Config {
            path: path.to_owned(),
            message: format!("[migrations_directory]: {}", error.message()),
        })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        Ok(Self {
            migrations: directory.map(|directory| folder.join(directory.dir)),
            print_schema: PrintSchemaConfig::read(path)?,
        })
    }
}

/// The nearest `file`, in `folder` or above.
fn above(folder: &Path, file: &str) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(file)).find(|path| path.is_file())
}
