//! What a migration is to the engine: a name, a header, a body.

use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use diesel::pg::PgConnection;
use strata_sequence::{
    Header, Kind, MigrationName, Problem, SequenceError, check_sql, parse_header, read_header,
    read_sql,
};
use strata_sql::Position;

use crate::error::Error;

/// The function of a Rust migration, its error boxed.
pub type Up = fn(&mut PgConnection) -> Result<(), Box<dyn StdError + Send + Sync>>;

/// One migration of a sequence. Its body is read when it is needed, not before.
#[derive(Debug, Clone)]
pub struct Migration {
    name: MigrationName,
    /// The file as it is shown: for an embedded one, relative to the application's package.
    file: PathBuf,
    body: Body,
    header: OnceLock<Header>,
    /// Known from the start for an embedded one.
    #[cfg_attr(not(feature = "digest"), expect(dead_code, reason = "kept for who asks for it"))]
    digest: Option<&'static str>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Body {
    Sql(Text),
    Rust { header: Text, up: Option<Up> },
}

/// Where a text is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Text {
    Embedded(&'static str),
    File,
}

impl Migration {
    pub(crate) fn new(name: MigrationName, file: PathBuf, body: Body) -> Self {
        Self { name, file, body, header: OnceLock::new(), digest: None }
    }

    /// The same with a digest that is known already.
    pub(super) fn with_digest(self, digest: Option<&'static str>) -> Self {
        Self { digest, ..self }
    }

    /// The name, `001_InitialSchema`.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// The number in front of the name.
    pub fn number(&self) -> u64 {
        self.name.number()
    }

    /// SQL or Rust.
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::Sql(_) => Kind::Sql,
            Body::Rust { .. } => Kind::Rust,
        }
    }

    /// The file that it is, or was embedded from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The function of a Rust migration; none where it is SQL.
    ///
    /// # Errors
    ///
    /// The migration was read from a folder, and this program has no such function linked in.
    pub fn up(&self) -> Result<Option<Up>, Error> {
        match &self.body {
            Body::Sql(_) => Ok(None),
            Body::Rust { up: Some(up), .. } => Ok(Some(*up)),
            Body::Rust { up: None, .. } => {
                Err(Error::RustNotLinked { name: self.name().to_owned(), file: self.file.clone() })
            }
        }
    }

    /// What the leading comment says: description and directives.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or a directive in it is wrong.
    pub fn header(&self) -> Result<&Header, Error> {
        if let Some(header) = self.header.get() {
            return Ok(header);
        }
        let header = match &self.body {
            Body::Sql(Text::File) | Body::Rust { header: Text::File, .. } => {
                read_header(&self.file, self.kind())?
            }
            Body::Sql(Text::Embedded(text)) | Body::Rust { header: Text::Embedded(text), .. } => {
                parse_header(text, self.kind()).map_err(|found| self.content(found))?
            }
        };
        Ok(self.header.get_or_init(|| header))
    }

    /// The SHA-256 of the file, as 64 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// The file cannot be read.
    #[cfg(feature = "digest")]
    pub fn digest(&self) -> Result<String, Error> {
        match self.digest {
            Some(digest) => Ok(digest.to_owned()),
            None => Ok(strata_sequence::digest_file(&self.file)?),
        }
    }

    /// The SQL text, without a byte order mark, checked against the rules of SQL migrations.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or breaks a rule.
    pub fn sql(&self) -> Result<String, Error> {
        match &self.body {
            Body::Sql(Text::Embedded(text)) => {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                check_sql(text, self.header()?).map_err(|found| self.content(found))?;
                Ok(text.to_owned())
            }
            _ => Ok(read_sql(&self.file)?.0),
        }
    }

    fn content(&self, (position, problem): (Position, Problem)) -> Error {
        SequenceError::Content { path: self.file.clone(), position, problem }.into()
    }
}
