//! What a migration's text is, in one line, the same on every machine.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::SequenceError;
use crate::name::Kind;

/// The way in which digests are made; another one would have another number.
const VERSION: &str = "1";

/// The digest of the migration at `path`: of its text without a byte order mark and with the line
/// ends of Unix, and for Rust of the files that it includes by a literal path
/// (`include_str!("…")`, `#[path = "…"] mod …`), and those in theirs.
///
/// # Errors
///
/// The file, or one that it includes, cannot be read.
pub fn digest(path: &Path, kind: Kind) -> Result<String, SequenceError> {
    let mut hasher = Sha256::new();
    add(&mut hasher, path, kind, &mut Vec::new())?;
    let hex: String = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{VERSION}:{hex}"))
}

fn add(
    hasher: &mut Sha256,
    path: &Path,
    kind: Kind,
    seen: &mut Vec<PathBuf>,
) -> Result<(), SequenceError> {
    let read = |source| SequenceError::Read { path: path.to_owned(), source };
    let bytes = normal(fs::read(path).map_err(read)?);
    hasher.update(bytes.len().to_le_bytes());
    hasher.update(&bytes);
    if kind == Kind::Sql {
        return Ok(());
    }
    for literal in included(&String::from_utf8_lossy(&bytes)) {
        let file = path.parent().unwrap_or(Path::new("")).join(&literal);
        // A name that is not there is in a comment or a string, or the compiler will tell.
        if !file.is_file() || seen.contains(&file) {
            continue;
        }
        seen.push(file.clone());
        hasher.update(literal.replace('\\', "/"));
        let is_rust = file.extension().is_some_and(|extension| extension == "rs");
        add(hasher, &file, if is_rust { Kind::Rust } else { Kind::Sql }, seen)?;
    }
    Ok(())
}

/// `bytes` without a byte order mark, with the line ends of Unix; what is no text stays as it is.
fn normal(bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => text.trim_start_matches('\u{feff}').replace("\r\n", "\n").into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// The literal paths that a source of Rust includes, in order.
fn included(source: &str) -> Vec<String> {
    let openings = ["include_str!(", "include_bytes!(", "include!(", "path = ", "path="];
    let mut found: Vec<(usize, String)> = Vec::new();
    for opening in openings {
        for (at, _) in source.match_indices(opening) {
            let rest = source[at + opening.len()..].trim_start();
            let literal = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
            found.extend(literal.map(|(literal, _)| (at, literal.to_owned())));
        }
    }
    found.sort();
    found.into_iter().map(|(_, literal)| literal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    #[test]
    fn line_ends_and_a_byte_order_mark_do_not_count() {
        let folder = written(&[
            ("a.sql", "é\nb\n".as_bytes()),
            ("b.sql", "\u{feff}é\r\nb\r\n".as_bytes()),
            ("c.sql", "é\nb\n\n".as_bytes()),
        ]);
        let of = |name| digest(&folder.path().join(name), Kind::Sql).unwrap();
        assert_eq!(of("a.sql"), of("b.sql"));
        assert_ne!(of("a.sql"), of("c.sql"));
        assert!(of("a.sql").starts_with("1:") && of("a.sql").len() == 66);
    }

    #[test]
    fn what_a_rust_migration_includes_counts() {
        let source = b"#[path = \"m.rs\"]\nmod m;\nconst A: &str = include_str!( \"a.txt\" ); // include!(\"no\")";
        let module = b"include_bytes!(\"b.bin\"); include!(\"r.rs\");";
        let of = |a: &[u8], b: &[u8]| {
            let folder = written(&[("r.rs", source), ("m.rs", module), ("a.txt", a), ("b.bin", b)]);
            digest(&folder.path().join("r.rs"), Kind::Rust).unwrap()
        };
        assert_eq!(of(b"a\n", b"\xff"), of(b"a\r\n", b"\xff"));
        assert_ne!(of(b"a", b"\xff"), of(b"b", b"\xff"));
        assert_ne!(of(b"a", b"\xff"), of(b"a", b"\xfe"));
    }
}
