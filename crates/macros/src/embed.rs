//! A folder of migrations as an expression.

use std::path::Path;
use std::{env, fs};

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use strata_sequence::{Kind, MigrationFile, leading_comment, list_folder, read_header, read_sql};
use syn::parse::{Parse, ParseStream};
use syn::{Error, LitStr, Result, Token};

use crate::engine::Engine;
use crate::frozen::reaches_out;

/// What stands in the call: which folder, and what the engine is called.
struct Arguments {
    folder: String,
    engine: Engine,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut arguments = Self { folder: "migrations".to_owned(), engine: Engine::default() };
        if input.peek(LitStr) {
            arguments.folder = input.parse::<LitStr>()?.value();
            input.parse::<Option<Token![,]>>()?;
        }
        if Engine::is_next(input) {
            arguments.engine = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
        }
        if input.is_empty() {
            return Ok(arguments);
        }
        Err(input.error("expected the path of a folder, or `crate = …`"))
    }
}

pub(crate) fn expand(input: TokenStream) -> Result<TokenStream> {
    let span = Span::call_site();
    let Arguments { folder, engine } = syn::parse2(input)?;
    let package = env::var("CARGO_MANIFEST_DIR")
        .map_err(|_| Error::new(span, "embed_migrations! needs Cargo's CARGO_MANIFEST_DIR"))?;
    let path = Path::new(&package).join(&folder);
    let refuse = |message: &dyn std::fmt::Display| Error::new(span, message.to_string());
    let files = list_folder(&path).map_err(|error| refuse(&chain(&error)))?;
    let entries = files
        .iter()
        .map(|file| entry(file, &shown(file, &folder), &engine))
        .collect::<std::result::Result<Vec<_>, String>>()
        .map_err(|message| refuse(&message))?;
    Ok(quote! {{
        #engine::EmbeddedMigrations::new({
            const MIGRATIONS: &[#engine::EmbeddedMigration] = &[#(#entries),*];
            MIGRATIONS
        })
    }})
}

fn entry(
    file: &MigrationFile,
    shown: &str,
    engine: &Engine,
) -> std::result::Result<TokenStream, String> {
    let name = file.name.as_str();
    let path = file.path.to_str().ok_or("the path of the package is not UTF-8")?;
    let body = match file.kind {
        Kind::Sql => {
            read_sql(&file.path).map_err(|error| chain(&error))?;
            quote! { Sql(include_str!(#path)) }
        }
        Kind::Rust => rust_body(file, path)?,
    };
    let digest = digest(file)?;
    Ok(quote! {
        #engine::EmbeddedMigration {
            name: #name,
            file: #shown,
            digest: #digest,
            body: #engine::EmbeddedBody::#body,
        }
    })
}

/// The file's digest, for an engine that has use for it.
fn digest(file: &MigrationFile) -> std::result::Result<TokenStream, String> {
    #[cfg(feature = "digest")]
    {
        let digest = strata_sequence::digest_file(&file.path).map_err(|error| chain(&error))?;
        Ok(quote!(::core::option::Option::Some(#digest)))
    }
    #[cfg(not(feature = "digest"))]
    {
        let _ = file;
        Ok(quote!(::core::option::Option::None))
    }
}

fn rust_body(file: &MigrationFile, path: &str) -> std::result::Result<TokenStream, String> {
    read_header(&file.path, Kind::Rust).map_err(|error| chain(&error))?;
    let text = fs::read_to_string(&file.path).map_err(|error| format!("{path}: {error}"))?;
    if !text.contains("pub fn up(") {
        return Err(format!(
            "{path} has no function up; a Rust migration needs `pub fn up(conn: &mut PgConnection) \
             -> Result<(), E>`"
        ));
    }
    if let Some((word, line)) = reaches_out(&text) {
        return Err(format!(
            "{path}:{line} uses `{word}::`; what is elsewhere in the crate changes under a \
             migration that has run: let it declare what it needs, such as its own `table!`s"
        ));
    }
    let module = format_ident!("migration_{}", file.name.number().to_string());
    let header = leading_comment(&text, Kind::Rust);
    Ok(quote! {
        Rust {
            header: #header,
            up: {
                // Its lints are the application's to set for its own files, not for this wrapping.
                #[path = #path]
                #[allow(unreachable_pub, clippy::duplicate_mod, clippy::doc_markdown)]
                mod #module;
                |conn| Ok(#module::up(conn)?)
            },
        }
    })
}

/// The file as messages show it: relative to the package.
fn shown(file: &MigrationFile, folder: &str) -> String {
    let name = file.path.file_name().unwrap_or_default();
    Path::new(folder).join(name).to_string_lossy().into_owned()
}

/// An error and what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// What the macro makes of a folder with these files.
    fn expanded(files: &[(&str, &str)]) -> std::result::Result<String, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        for (name, text) in files {
            fs::write(folder.path().join(name), text).map_err(|error| error.to_string())?;
        }
        let path = folder.path().to_string_lossy().into_owned();
        expand(quote!(#path)).map(|tokens| tokens.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn sql_is_embedded_and_rust_becomes_a_module() {
        let up = "//! strata: formerly 002_Old\npub fn up(conn: &mut PgConnection) -> R {}";
        let tokens = expanded(&[("001_A.sql", "SELECT 1"), ("002_B.rs", up)]).unwrap();
        assert!(tokens.contains("include_str !") && tokens.contains("001_A.sql"), "{tokens}");
        assert!(tokens.contains("mod migration_2"), "{tokens}");
        assert!(tokens.contains("formerly 002_Old"), "{tokens}");
        let marked = format!("\u{feff}// Copyright\n{up}");
        let tokens = expanded(&[("002_B.rs", &marked)]).unwrap();
        assert!(tokens.contains("formerly 002_Old"), "{tokens}");
    }

    #[test]
    fn the_engine_is_called_what_the_application_calls_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("001_A.sql"), "SELECT 1").unwrap();
        let path = folder.path().to_string_lossy().into_owned();
        let usual = expand(quote!(#path)).unwrap().to_string();
        assert!(usual.contains(":: diesel_strata :: EmbeddedMigrations :: new"), "{usual}");
        let renamed = expand(quote!(#path, crate = my::strata)).unwrap().to_string();
        assert!(renamed.contains("my :: strata :: EmbeddedMigrations :: new"), "{renamed}");
        assert!(!renamed.contains("diesel_strata"), "{renamed}");
        assert!(expand(quote!(#path, engine = my::strata)).is_err());
    }

    #[test]
    fn what_the_reader_refuses_is_a_compile_error_with_the_files_name() {
        for (files, said) in [
            (&[("notes.txt", "x")][..], "notes.txt is not a migration's name"),
            (&[("1_A.sql", "x")], "three or more digits"),
            (&[("001_A.sql", "SELECT 1"), ("001_B.sql", "SELECT 1")], "same number 1"),
            (&[("001_A.sql", "")], "001_A.sql is empty"),
            (&[("001_A.sql", "-- strata: nonsense\nSELECT 1")], "001_A.sql:1:1: unknown directive"),
            (&[("001_A.sql", "SELECT 1;\n COMMIT;")], "001_A.sql:2:2: COMMIT must not stand"),
            (&[("001_A.sql", "VACUUM")], "VACUUM cannot run inside a transaction"),
            (&[("001_A.sql", "SELECT 'x")], "001_A.sql:1:8: this string does not end"),
            (&[("001_A.rs", "fn up() {}")], "001_A.rs has no function up"),
            (
                &[("001_A.rs", "use crate::a;\npub fn up(c: C) -> R { a(c) }")],
                "001_A.rs:1 uses `crate::`",
            ),
            (&[("001_A.rs", "//! strata: bad\npub fn up() {}")], "unknown directive `bad`"),
        ] {
            let error = expanded(files).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let missing = expand(quote!("nowhere")).unwrap_err().to_string();
        assert!(missing.contains("there is no migrations folder at"), "{missing}");
    }
}
