//! What was made before of the same migrations, by the same program, on the same server: nothing
//! has to run again.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use diesel_strata::Sequence;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::made::{Documents, Options};
use crate::error::WorkshopError;
use crate::scratch::ScratchServer;

/// How many documents are kept.
const KEPT: usize = 4;

/// The file that keeps the documents.
pub(super) struct Cache(Option<PathBuf>);

impl Cache {
    pub(super) fn of(
        server: &ScratchServer,
        sequence: &Sequence,
        options: &Options,
    ) -> Result<Self, WorkshopError> {
        let Some(folder) = &options.cache else { return Ok(Self(None)) };
        let Some(program) = program() else { return Ok(Self(None)) };
        let mut key = Sha256::new();
        let mut take = |part: &str| {
            key.update(part.len().to_le_bytes());
            key.update(part.as_bytes());
        };
        take(&program);
        take(&server.version()?);
        take(&options.title);
        take(if options.privileges { "privileges" } else { "" });
        for migration in sequence.migrations() {
            take(migration.name());
            take(&migration.digest()?);
        }
        let mut name = String::new();
        for byte in key.finalize() {
            // Writing to a string cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        Ok(Self(Some(folder.join(name + ".json"))))
    }

    /// What is kept, if it can be read.
    pub(super) fn read(&self) -> Option<Documents> {
        let text = fs::read_to_string(self.0.as_ref()?).ok()?;
        let kept: Value = serde_json::from_str(&text).ok()?;
        let number = |name: &str| usize::try_from(kept[name].as_u64()?).ok();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let files = kept["files"].as_object()?.iter();
        Some(Documents {
            files: files
                .map(|(path, own)| Some((path.clone(), text(own)?)))
                .collect::<Option<_>>()?,
            passed_over: kept["passed_over"].as_array()?.iter().map(text).collect::<Option<_>>()?,
            tables: number("tables")?,
            migrations: number("migrations")?,
        })
    }

    /// Keeps `made`. Where that cannot be, it is made again the next time.
    pub(super) fn write(&self, made: &Documents) {
        let Some(path) = &self.0 else { return };
        let Some(folder) = path.parent() else { return };
        let Documents { files, passed_over, tables, migrations } = made;
        let kept = json!({
            "files": files, "passed_over": passed_over, "tables": tables, "migrations": migrations,
        });
        // Whole or not at all, whoever else writes it.
        let part = path.with_extension(format!("{}.part", std::process::id()));
        let written = fs::create_dir_all(folder)
            .and_then(|()| fs::write(&part, kept.to_string()))
            .and_then(|()| fs::rename(&part, path));
        if written.is_ok() {
            self.forget_old();
        }
    }

    fn forget_old(&self) {
        let Some(entries) = self.0.as_ref().and_then(|path| fs::read_dir(path.parent()?).ok())
        else {
            return;
        };
        let dated =
            |entry: fs::DirEntry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()));
        let mut kept: Vec<_> = entries.flatten().filter_map(dated).collect();
        kept.sort();
        kept.iter().rev().skip(KEPT).for_each(|(_, path)| drop(fs::remove_file(path)));
    }
}

/// Which program this is: another build may make other documents.
fn program() -> Option<String> {
    let program = fs::metadata(env::current_exe().ok()?).ok()?;
    let built = program.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", program.len(), built.as_nanos()))
}
