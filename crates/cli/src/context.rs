//! What a command works with: the settings, the folder of migrations, the database.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use diesel::pg::PgConnection;

use crate::error::CliError;
use crate::globals::Globals;
use crate::printer::Printer;
#[cfg(unix)]
use crate::private;
use diesel_strata::env_file;
use diesel_strata::schema_rs::PrintSchemaConfig;
use diesel_strata::{EmbeddedMigrations, Ledger, Migrator, Sequence, connect, target};

pub(crate) struct Context<'a> {
    pub printer: &'a Printer,
    globals: Globals,
    migrations: Option<EmbeddedMigrations>,
    here: PathBuf,
    settings: Option<Settings>,
    /// The private server, for as long as the command runs.
    #[cfg(unix)]
    server: Option<diesel_strata::server::Server>,
}

/// diesel.toml.
struct Settings {
    path: PathBuf,
    folder: PathBuf,
    table: toml::Table,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        globals: Globals,
        migrations: Option<EmbeddedMigrations>,
        printer: &'a Printer,
    ) -> Result<Self, CliError> {
        let here = env::current_dir().map_err(CliError::io("find", Path::new(".")))?;
        let settings = Settings::find(globals.config_file.as_deref(), &here)?;
        #[cfg(unix)]
        let server = None;
        Ok(Self { printer, globals, migrations, here, settings, server })
    }

    pub(crate) fn here(&self) -> &Path {
        &self.here
    }

    /// The folder of migrations, which need not exist.
    pub(crate) fn migrations_folder(&self) -> Result<PathBuf, CliError> {
        if let Some(folder) = &self.globals.migrations_dir {
            return Ok(self.here.join(folder));
        }
        if let Some(folder) =
            self.settings.as_ref().map(Settings::migrations_folder).transpose()?.flatten()
        {
            return Ok(folder);
        }
        let above = self.here.ancestors().map(|folder| folder.join("migrations"));
        Ok(above.into_iter().find(|folder| folder.is_dir()).unwrap_or(self.here.join("migrations")))
    }

    /// A migrator of the application's own migrations, or of a folder's where one was named or the
    /// program has none.
    pub(crate) fn migrator(&self) -> Result<Migrator, CliError> {
        let sequence = match &self.migrations {
            Some(embedded) if self.globals.migrations_dir.is_none() => embedded.try_into()?,
            linked => {
                let linked = linked.unwrap_or(EmbeddedMigrations::NONE);
                let folder = self.migrations_folder()?;
                Sequence::read_linked(self.shown(&folder), &linked)?
            }
        };
        let migrator = Migrator::new(sequence)?;
        Ok(match &self.globals.ledger {
            None => migrator,
            Some(name) => migrator.ledger(match name.split_once('.') {
                Some((schema, table)) => Ledger::new(table).in_schema(schema),
                None => Ledger::new(name.clone()),
            }),
        })
    }

    /// The settings of `print_schema`.
    pub(crate) fn print_schema(&self) -> Result<PrintSchemaConfig, CliError> {
        match &self.settings {
            Some(settings) => Ok(PrintSchemaConfig::read(&settings.path)?),
            None => Ok(PrintSchemaConfig::default()),
        }
    }

    /// `path` as a person here would write it.
    pub(crate) fn shown<'p>(&self, path: &'p Path) -> &'p Path {
        match path.strip_prefix(&self.here) {
            Ok(here) if here.as_os_str().is_empty() => Path::new("."),
            Ok(below) => below,
            Err(_) => path,
        }
    }

    /// A connection to the database, and where that is, in words.
    pub(crate) fn connect(&mut self) -> Result<(PgConnection, String), CliError> {
        let url = self.url()?;
        let target = self.private_target().unwrap_or_else(|| target(&url));
        self.printer.detail(&format!("connecting to {target}"));
        Ok((connect(&url)?, target))
    }

    /// Where the private server is, if it is used.
    #[cfg(unix)]
    fn private_target(&self) -> Option<String> {
        let folder = self.shown(self.server.as_ref()?.folder());
        let database = diesel_strata::server::DATABASE;
        Some(format!("database {database} of the private server in {}", folder.display()))
    }

    #[cfg(not(unix))]
    fn private_target(&self) -> Option<String> {
        None
    }

    fn url(&mut self) -> Result<String, CliError> {
        // Set and empty is as good as not set.
        if let Some(url) = self.globals.database_url.as_ref().filter(|url| !url.is_empty()) {
            return Ok(url.clone());
        }
        if let Some((url, path)) = env_file::variable(&self.here, "DATABASE_URL")? {
            self.printer.detail(&format!("DATABASE_URL is from {}", path.display()));
            return Ok(url);
        }
        self.private_url()
    }

    /// A URL of the private server, which is then said to be the target.
    #[cfg(unix)]
    fn private_url(&mut self) -> Result<String, CliError> {
        private::may_be_target(&self.here)?;
        let server = diesel_strata::server::Server::attach(&self.here)?;
        let url = server.url();
        if self.server.replace(server).is_none() {
            let target = self.private_target().unwrap_or_default();
            self.printer.insist(&format!("no DATABASE_URL is set: this is {target}"));
        }
        Ok(url)
    }

    #[cfg(not(unix))]
    fn private_url(&mut self) -> Result<String, CliError> {
        Err(CliError::Usage("set DATABASE_URL, or pass --database-url".to_owned()))
    }
}

impl Settings {
    fn find(named: Option<&Path>, here: &Path) -> Result<Option<Self>, CliError> {
        let path = match named {
            Some(path) => here.join(path),
            None => match above(here, "diesel.toml") {
                Some(path) => path,
                None => return Ok(None),
            },
        };
        let text = fs::read_to_string(&path).map_err(CliError::io("read", &path))?;
        let table = text.parse().map_err(|error: toml::de::Error| CliError::Config {
            path: path.clone(),
            message: error.to_string(),
        })?;
        let folder = path.parent().unwrap_or(here).to_owned();
        Ok(Some(Self { path, folder, table }))
    }

    fn migrations_folder(&self) -> Result<Option<PathBuf>, CliError> {
        let Some(section) = self.table.get("migrations_directory") else {
            return Ok(None);
        };
        match section.get("dir") {
            None => Ok(None),
            Some(toml::Value::String(folder)) => Ok(Some(self.folder.join(folder))),
            Some(_) => Err(CliError::Config {
                path: self.path.clone(),
                message: "migrations_directory.dir must be a string".to_owned(),
            }),
        }
    }
}

/// The nearest `file`, in `folder` or above.
fn above(folder: &Path, file: &str) -> Option<PathBuf> {
    folder.ancestors().map(|folder| folder.join(file)).find(|path| path.is_file())
}
