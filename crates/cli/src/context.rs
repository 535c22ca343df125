//! What a command works with: the settings, the folder of migrations, the database.

use std::cell::OnceCell;
use std::env;
use std::path::{Path, PathBuf};

use diesel::pg::PgConnection;

use crate::admin::Admin;
use crate::database_url;
use crate::error::CliError;
use crate::folders;
use crate::globals::Globals;
use crate::printer::Printer;
#[cfg(unix)]
use crate::private;
use crate::settings::Settings;
use diesel_strata::env_file;
use diesel_strata::facts::Facts;
use diesel_strata::schema_rs::PrintSchemaConfig;
use diesel_strata::{
    EmbeddedMigrations, Error, Ledger, Migrator, Sequence, connect, schema_facts, target,
};
use strata_workshop::ScratchServer;

pub(crate) struct Context<'a> {
    pub printer: &'a Printer,
    globals: Globals,
    migrations: Option<EmbeddedMigrations>,
    here: PathBuf,
    settings: OnceCell<Settings>,
    /// The private server, for as long as the command runs.
    #[cfg(unix)]
    server: Option<diesel_strata::server::Server>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        globals: Globals,
        migrations: Option<EmbeddedMigrations>,
        printer: &'a Printer,
    ) -> Result<Self, CliError> {
        let here = env::current_dir().map_err(CliError::io("find", Path::new(".")))?;
        let settings = OnceCell::new();
        #[cfg(unix)]
        let server = None;
        Ok(Self { printer, globals, migrations, here, settings, server })
    }

    pub(crate) fn here(&self) -> &Path {
        &self.here
    }

    /// Which table the ledger is.
    pub(crate) fn ledger(&self) -> Ledger {
        self.globals.ledger.clone().unwrap_or_default()
    }

    /// diesel.toml, read when it is first needed.
    fn settings(&self) -> Result<&Settings, CliError> {
        if let Some(settings) = self.settings.get() {
            return Ok(settings);
        }
        let settings = Settings::find(self.globals.config_file.as_deref(), &self.here)?;
        Ok(self.settings.get_or_init(|| settings))
    }

    /// The folder of migrations, which need not exist.
    pub(crate) fn migrations_folder(&self) -> Result<PathBuf, CliError> {
        let folder = self.named_folder()?;
        Ok(folder.unwrap_or_else(|| folders::migrations(&self.here)))
    }

    /// The folder of migrations where one was named.
    fn named_folder(&self) -> Result<Option<PathBuf>, CliError> {
        let named = self.globals.migrations_dir.clone();
        let named = named.or_else(|| env::var_os("MIGRATION_DIRECTORY").map(PathBuf::from));
        match named.filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => Ok(Some(self.here.join(folder))),
            None => Ok(self.settings()?.migrations.clone()),
        }
    }

    /// A migrator of the application's own migrations, or of a folder's where one was named or the
    /// program has none.
    pub(crate) fn migrator(&self) -> Result<Migrator, CliError> {
        let sequence = match &self.migrations {
            Some(embedded) if self.globals.migrations_dir.is_none() => embedded.try_into()?,
            linked => self.read_folder(&linked.unwrap_or(EmbeddedMigrations::NONE))?,
        };
        Ok(Migrator::new(sequence)?.ledger(self.ledger()))
    }

    /// A migrator of the folder's migrations.
    pub(crate) fn migrator_of_folder(&self) -> Result<Migrator, CliError> {
        Ok(Migrator::new(self.read_folder(&self.linked())?)?.ledger(self.ledger()))
    }

    fn read_folder(&self, linked: &EmbeddedMigrations) -> Result<Sequence, CliError> {
        let folder = self.migrations_folder()?;
        if self.named_folder()?.is_none() && !folder.is_dir() {
            let below = folders::migrations_below(&self.here);
            if !below.is_empty() {
                return Err(CliError::FolderBelow { below });
            }
        }
        Ok(Sequence::read_linked(self.shown(&folder), linked)?)
    }

    /// A migrator of the migrations in `folder`.
    pub(crate) fn migrator_of(&self, folder: &Path) -> Result<Migrator, CliError> {
        Ok(Migrator::new(Sequence::read(self.shown(folder))?)?.ledger(self.ledger()))
    }

    /// The facts of the database of `conn`, without the ledger.
    pub(crate) fn facts(&self, conn: &mut PgConnection) -> Result<Facts, CliError> {
        Ok(schema_facts(conn, &self.ledger())?)
    }

    /// The settings of `print_schema`.
    pub(crate) fn print_schema(&self) -> Result<PrintSchemaConfig, CliError> {
        Ok(self.settings()?.print_schema.clone())
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
        let target = self.target(&url);
        self.printer.detail(format!("connecting to {target}"));
        match connect(&url) {
            Ok(conn) => Ok((conn, target)),
            Err(error) => Err(self.unreachable(&url, target, error)),
        }
    }

    /// Why the database at `url` cannot be connected to: `error`, or that there is none.
    pub(crate) fn unreachable(&self, url: &str, target: String, error: Error) -> CliError {
        match self.is_missing(url, &target, &error) {
            true => CliError::NoDatabase { target },
            false => error.into(),
        }
    }

    /// Whether a connection to the database at `url` failed with `error` because the server is
    /// there, and the database is not.
    pub(crate) fn is_missing(&self, url: &str, target: &str, error: &Error) -> bool {
        // What a server says, and not what libpq says of none.
        error.to_string().contains("FATAL:")
            && matches!(self.admin_at(url, target).map(|mut admin| admin.exists()), Ok(Ok(false)))
    }

    /// The server of the database.
    pub(crate) fn admin(&mut self) -> Result<Admin, CliError> {
        let url = self.url()?;
        let target = self.target(&url);
        self.admin_at(&url, &target)
    }

    /// The server of the database at `url`, which is called `target`.
    pub(crate) fn admin_at(&self, url: &str, target: &str) -> Result<Admin, CliError> {
        Admin::connect(url, target.to_owned(), self.private_target().is_some())
    }

    /// Where the database at `url` is, in words.
    pub(crate) fn target(&self, url: &str) -> String {
        self.private_target().unwrap_or_else(|| target(url))
    }

    /// The private server's database in words, if it is used; where its folder is has been said.
    #[cfg(unix)]
    fn private_target(&self) -> Option<String> {
        let database = diesel_strata::server::DATABASE;
        self.server.as_ref().map(|_| format!("database {database} of the private server"))
    }

    #[cfg(not(unix))]
    fn private_target(&self) -> Option<String> {
        None
    }

    /// The database's URL; the private server's, which runs then, where none was given.
    pub(crate) fn url(&mut self) -> Result<String, CliError> {
        match self.given_url()? {
            Some(url) => Ok(url),
            None => self.private_url(),
        }
    }

    /// The URL that was given, by whatever way; none where only the private server is left.
    pub(crate) fn given_url(&self) -> Result<Option<String>, CliError> {
        // Set and empty is as good as not set.
        let given = self.globals.database_url.clone().filter(|url| !url.is_empty());
        let given = given.map_or_else(|| self.url_of_env_file(), |url| Ok(Some(url)))?;
        if let Some(url) = &given {
            database_url::check(url)?;
        }
        Ok(given)
    }

    /// A server for scratch databases: the one at `url`, else the private one.
    pub(crate) fn scratch_server(&self, url: Option<&str>) -> Result<ScratchServer, CliError> {
        match url {
            Some(url) => {
                database_url::check(url)?;
                Ok(ScratchServer::at(url)?)
            }
            #[cfg(unix)]
            None => Ok(ScratchServer::private(&self.here)?),
            #[cfg(not(unix))]
            None => {
                Err(CliError::Usage("name a server for scratch databases: --on URL".to_owned()))
            }
        }
    }

    /// The migrations that are linked into this program.
    pub(crate) fn linked(&self) -> EmbeddedMigrations {
        self.migrations.unwrap_or(EmbeddedMigrations::NONE)
    }

    /// `DATABASE_URL` of the nearest `.env`, here or above.
    fn url_of_env_file(&self) -> Result<Option<String>, CliError> {
        let found = env_file::variable(&self.here, "DATABASE_URL")?;
        Ok(found.map(|(url, path)| {
            self.printer.detail(format!("DATABASE_URL is from {}", path.display()));
            url
        }))
    }

    /// A URL of the private server, which is then said to be the target.
    #[cfg(unix)]
    fn private_url(&mut self) -> Result<String, CliError> {
        private::may_be_target(&self.here)?;
        let server = diesel_strata::server::Server::attach(&self.here)?;
        let url = server.url();
        let folder = self.shown(server.folder()).display().to_string();
        if self.server.replace(server).is_none() {
            let target = self.private_target().unwrap_or_default();
            self.printer.insist(format!("no DATABASE_URL is set: this is {target} in {folder}"));
        }
        Ok(url)
    }

    #[cfg(not(unix))]
    fn private_url(&mut self) -> Result<String, CliError> {
        Err(CliError::Usage("set DATABASE_URL, or pass --database-url".to_owned()))
    }
}
