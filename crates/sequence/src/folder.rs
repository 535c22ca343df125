//! A folder of migrations on disk. Listing it reads no file; bodies are read one at a time.

use std::fs::{self, DirEntry, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use strata_sql::Position;

use crate::header::header_line;
use crate::{Header, Kind, MigrationName, Problem, SequenceError, check_sql, parse_header};

/// A migration's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MigrationFile {
    /// Its name, from the file's.
    pub name: MigrationName,
    /// Its language, from the extension.
    pub kind: Kind,
    /// Where it is.
    pub path: PathBuf,
}

/// The migrations in `folder`, in the order in which they run. Sub-folders, dot files,
/// `README.md`, `strata.sum`, `strata.schema`, and beside migrations what [`other_tools_files`] finds,
/// are passed over.
///
/// # Errors
///
/// The folder cannot be read, a file in it has a name that breaks the rules, two have one number,
/// or all that it holds is another tool's.
pub fn list_folder(folder: &Path) -> Result<Vec<MigrationFile>, SequenceError> {
    let entries = fs::read_dir(folder).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => SequenceError::NoFolder { path: folder.to_owned() },
        _ => SequenceError::Read { path: folder.to_owned(), source },
    })?;
    let mut files = Vec::new();
    let mut foreign = None;
    for entry in entries {
        let entry =
            entry.map_err(|source| SequenceError::Read { path: folder.to_owned(), source })?;
        match other_tool(&entry.path()) {
            Some(tool) => foreign = Some((entry.path(), tool)),
            None => files.extend(migration_file(&entry)?),
        }
    }
    if let (Some((path, tool)), true) = (foreign, files.is_empty()) {
        return Err(SequenceError::OtherTool { folder: folder.to_owned(), path, tool });
    }
    files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    match files.windows(2).find(|pair| pair[0].name.number() == pair[1].name.number()) {
        Some([first, second]) => Err(SequenceError::Duplicate {
            number: first.name.number(),
            first: first.path.clone(),
            second: second.path.clone(),
        }),
        _ => Ok(files),
    }
}

fn migration_file(entry: &DirEntry) -> Result<Option<MigrationFile>, SequenceError> {
    let path = entry.path();
    let refuse = |rule| SequenceError::Name { path: path.clone(), rule };
    let file_name = entry.file_name();
    let file_name = file_name.to_str().ok_or_else(|| refuse("it must be UTF-8"))?;
    if file_name.starts_with('.')
        || matches!(file_name, "README.md" | "strata.sum" | "strata.schema")
    {
        return Ok(None);
    }
    if is_folder(entry).map_err(|source| SequenceError::Read { path: path.clone(), source })? {
        return Ok(None);
    }
    let (stem, kind) = match file_name.rsplit_once('.') {
        Some((stem, "sql")) => (stem, Kind::Sql),
        Some((stem, "rs")) => (stem, Kind::Rust),
        _ => return Err(refuse("it must end with .sql or .rs")),
    };
    let name = MigrationName::parse(stem).map_err(refuse)?;
    Ok(Some(MigrationFile { name, kind, path }))
}

/// What in `folder` belongs to another migration tool, by name: each path with the tool.
///
/// # Errors
///
/// The folder cannot be read.
pub fn other_tools_files(folder: &Path) -> Result<Vec<(PathBuf, &'static str)>, SequenceError> {
    let fail = |source| SequenceError::Read { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        found.extend(other_tool(&path).map(|tool| (path, tool)));
    }
    found.sort_unstable();
    Ok(found)
}

/// The tool whose migration is at `path`, by what it is called and holds.
fn other_tool(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    if path.join("up.sql").is_file() {
        return Some("Diesel");
    }
    if path.join("migration.sql").is_file() {
        return Some("Prisma");
    }
    let stem = name.strip_suffix(".sql").or_else(|| name.strip_suffix(".rs"))?;
    if stem.ends_with(".up") || stem.ends_with(".down") {
        return Some("sqlx or golang-migrate");
    }
    let (version, rest) = stem.split_once("__")?;
    let digits = version.strip_prefix(['V', 'U', 'R'])?;
    let versioned = digits.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_'));
    (versioned && !rest.is_empty()).then_some("Flyway or refinery")
}

/// Opens a file to read it: nothing else, which might never end, or never begin.
fn open(path: &Path) -> Result<File, SequenceError> {
    let fail = |source| SequenceError::Read { path: path.to_owned(), source };
    let metadata = fs::metadata(path).map_err(fail)?;
    match metadata.len() {
        _ if !metadata.is_file() => Err(SequenceError::NoFile { path: path.to_owned() }),
        LARGEST.. => Err(SequenceError::TooLarge { path: path.to_owned() }),
        _ => File::open(path).map_err(fail),
    }
}

/// A file must be smaller, in bytes: a server takes no message above a gigabyte, and the text is
/// held more than once on its way.
const LARGEST: u64 = 256 << 20;

/// Whether the entry is a folder, or a link to one.
fn is_folder(entry: &DirEntry) -> io::Result<bool> {
    let kind = entry.file_type()?;
    if kind.is_symlink() { Ok(fs::metadata(entry.path())?.is_dir()) } else { Ok(kind.is_dir()) }
}

/// The leading comment of the file at `path`; no more of the file is read.
///
/// # Errors
///
/// The file cannot be read, or a directive in it is wrong.
pub fn read_header(path: &Path, kind: Kind) -> Result<Header, SequenceError> {
    let fail = |source| SequenceError::Read { path: path.to_owned(), source };
    let mut reader = BufReader::with_capacity(4096, open(path)?);
    let mut bytes = Vec::new();
    loop {
        let start = bytes.len();
        let read = reader.read_until(b'\n', &mut bytes).map_err(fail)?;
        let line = String::from_utf8_lossy(&bytes[start..]);
        if read == 0 || header_line(&line, kind).is_none() {
            bytes.truncate(start);
            break;
        }
    }
    let text = text_of(path, bytes)?;
    parse_header(&text, kind).map_err(|found| content(path, found))
}

/// The text of the SQL migration at `path`, without a byte order mark, checked whole.
///
/// # Errors
///
/// The file cannot be read, is not UTF-8, or breaks a rule of SQL migrations.
pub fn read_sql(path: &Path) -> Result<(String, Header), SequenceError> {
    let mut bytes = Vec::new();
    let read = open(path)?.read_to_end(&mut bytes);
    read.map_err(|source| SequenceError::Read { path: path.to_owned(), source })?;
    let text = text_of(path, bytes)?;
    if text.trim().is_empty() {
        return Err(SequenceError::Empty { path: path.to_owned() });
    }
    let header = parse_header(&text, Kind::Sql).map_err(|found| content(path, found))?;
    check_sql(&text, &header).map_err(|found| content(path, found))?;
    Ok((text, header))
}

/// The SHA-256 of the file at `path`, as 64 hexadecimal digits.
///
/// # Errors
///
/// The file cannot be read.
#[cfg(feature = "digest")]
pub fn digest_file(path: &Path) -> Result<String, SequenceError> {
    use sha2::{Digest, Sha256};

    let bytes =
        fs::read(path).map_err(|source| SequenceError::Read { path: path.to_owned(), source })?;
    Ok(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

fn text_of(path: &Path, bytes: Vec<u8>) -> Result<String, SequenceError> {
    let text = String::from_utf8(bytes).map_err(|error| SequenceError::NotUtf8 {
        path: path.to_owned(),
        offset: error.utf8_error().valid_up_to(),
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn content(path: &Path, (position, problem): (Position, Problem)) -> SequenceError {
    SequenceError::Content { path: path.to_owned(), position, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    fn refusal(files: &[(&str, &[u8])]) -> String {
        list_folder(folder(files).path()).unwrap_err().to_string()
    }

    #[test]
    fn migrations_come_in_order_and_what_is_none_is_passed_over() {
        let folder = folder(&[
            ("1000_Last.sql", b"x"),
            ("015_Rust.rs", b"x"),
            ("002_Second.sql", b"x"),
            ("README.md", b"x"),
            ("strata.sum", b"x"),
            ("strata.schema", b"x"),
            (".swp", b"x"),
        ]);
        fs::create_dir(folder.path().join("archive_old_migrations")).unwrap();
        fs::create_dir(folder.path().join("003_folder.sql")).unwrap();
        let files = list_folder(folder.path()).unwrap();
        let found: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.kind)).collect();
        let expected =
            [("002_Second", Kind::Sql), ("015_Rust", Kind::Rust), ("1000_Last", Kind::Sql)];
        assert_eq!(found, expected);
    }

    #[test]
    fn an_empty_folder_is_an_empty_sequence_and_a_missing_one_is_not() {
        assert_eq!(list_folder(folder(&[]).path()).unwrap(), []);
        let missing = list_folder(Path::new("/nonexistent/migrations")).unwrap_err().to_string();
        assert!(missing.contains("there is no migrations folder at /nonexistent"), "{missing}");
    }

    #[test]
    fn whatever_else_lies_there_is_refused_by_name() {
        assert!(refusal(&[("notes.txt", b"x")]).contains("notes.txt is not a migration's name"));
        assert!(refusal(&[("001_A.sql~", b"x")]).contains("must end with .sql or .rs"));
        assert!(refusal(&[("1_A.sql", b"x")]).contains("three or more digits"));
        let two = refusal(&[("004_A.sql", b"x"), ("0004_B.rs", b"x")]);
        assert!(two.contains("same number 4") && two.contains("004_A.sql"), "{two}");
    }

    #[test]
    fn another_tools_migrations_are_named_and_beside_ours_passed_over() {
        for (name, tool) in [
            ("2024-01-31-120000_create_users/up.sql", "Diesel"),
            ("V1__init.sql", "Flyway or refinery"),
            ("V2.1__more.sql", "Flyway or refinery"),
            ("0001_init.up.sql", "sqlx or golang-migrate"),
            ("20240131_init/migration.sql", "Prisma"),
        ] {
            let folder = folder(&[]);
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "SELECT 1").unwrap();
            let error = list_folder(folder.path()).unwrap_err().to_string();
            assert!(error.contains(tool) && error.contains("adopt"), "{error}");
            fs::write(folder.path().join("001_Ours.sql"), "SELECT 1").unwrap();
            assert_eq!(list_folder(folder.path()).unwrap().len(), 1);
            assert_eq!(other_tools_files(folder.path()).unwrap()[0].1, tool);
        }
        assert!(refusal(&[("Vacuum__x.sql", b"x")]).contains("not a migration's name"));
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_at_once() {
        let folder = folder(&[]);
        for (name, target) in [("001_Zero.sql", "/dev/zero"), ("002_Null.sql", "/dev/null")] {
            std::os::unix::fs::symlink(target, folder.path().join(name)).unwrap();
            for error in [
                read_sql(&folder.path().join(name)).unwrap_err().to_string(),
                read_header(&folder.path().join(name), Kind::Sql).unwrap_err().to_string(),
            ] {
                assert!(error.contains("is no regular file"), "{error}");
            }
        }
        let large = folder.path().join("003_Large.sql");
        File::create(&large).unwrap().set_len(LARGEST).unwrap();
        let error = read_sql(&large).unwrap_err().to_string();
        assert!(error.contains("larger than 256 MiB"), "{error}");
    }

    #[test]
    fn bodies_are_text_and_say_where_they_are_not() {
        let folder = folder(&[
            ("000_Empty.sql", b""),
            ("001_Blank.sql", b" \n"),
            ("002_Latin.sql", b"SELECT '\xe9'"),
            ("003_Mark.sql", b"\xef\xbb\xbf-- strata: no-transaction\r\nVACUUM"),
            ("004_Begin.sql", "-- é\n\nSELECT 1; BEGIN;".as_bytes()),
        ]);
        let read = |name| read_sql(&folder.path().join(name));
        assert!(read("000_Empty.sql").unwrap_err().to_string().contains("is empty"));
        assert!(read("001_Blank.sql").unwrap_err().to_string().contains("is empty"));
        let latin = read("002_Latin.sql").unwrap_err().to_string();
        assert!(latin.contains("not UTF-8 text (byte 9"), "{latin}");
        let (text, header) = read("003_Mark.sql").unwrap();
        assert!(header.no_transaction && text.starts_with("--"), "{text}");
        let begin = read("004_Begin.sql").unwrap_err().to_string();
        assert!(begin.contains("004_Begin.sql:3:11: BEGIN must not stand"), "{begin}");
        assert!(read_header(&folder.path().join("002_Latin.sql"), Kind::Sql).is_ok());
    }
}
