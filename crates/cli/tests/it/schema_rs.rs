//! `schema.rs`, byte for byte what diesel CLI 2.3.14 prints.
//!
//! Its outputs are kept beside the cases, so that it need not be there; where `diesel` 2.3.14 is
//! on the `PATH`, it runs too. `STRATA_UPDATE_FIXTURES=1` has it write the outputs anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use diesel::connection::SimpleConnection;
use diesel_strata::schema_rs::{PrintSchemaConfig, regenerate};
use diesel_strata::testing::TestDatabase;

use strata_test_support::execute;

use crate::support::strata;

const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/schema_rs");

/// The tables of the default schema that have everything; `no_key` is another's.
struct Case {
    name: &'static str,
    settings: &'static str,
    flags: &'static [&'static str],
}

const CASES: [Case; 27] = [
    Case { name: "plain", settings: "", flags: &[] },
    Case { name: "docs", settings: "with_docs = true", flags: &[] },
    Case { name: "no_docs", settings: "with_docs = false", flags: &[] },
    Case { name: "docs_flag", settings: "", flags: &["--with-docs"] },
    Case { name: "docs_database", settings: "with_docs = \"only-database-comments\"", flags: &[] },
    Case {
        name: "docs_config_flag",
        settings: "with_docs = true",
        flags: &["--with-docs-config", "no-doc-comments"],
    },
    Case {
        name: "only",
        settings: "filter = { only_tables = [\"^users$\", \"child\"] }",
        flags: &[],
    },
    Case { name: "except", settings: "filter = { except_tables = [\"^u\", \"s$\"] }", flags: &[] },
    Case { name: "only_flag", settings: "", flags: &["-o", "users", "^Posts"] },
    Case { name: "except_flag", settings: "", flags: &["users", "--except-tables"] },
    Case { name: "only_nothing", settings: "", flags: &["--only-tables", "nowhere"] },
    Case { name: "by_name", settings: "column_sorting = \"name\"", flags: &[] },
    Case { name: "by_name_flag", settings: "", flags: &["--column-sorting", "name"] },
    Case {
        name: "imports",
        settings: "import_types = [\"diesel::sql_types::*\", \"crate::types::*\"]",
        flags: &[],
    },
    Case { name: "imports_flag", settings: "", flags: &["--import-types", "diesel::sql_types::*"] },
    Case {
        name: "no_types",
        settings: "generate_missing_sql_type_definitions = false",
        flags: &[],
    },
    Case {
        name: "except_types",
        settings: "except_custom_type_definitions = [\"^Mood\", \"Ltree\"]",
        flags: &[],
    },
    Case {
        name: "derives",
        settings: "custom_type_derives = [\"diesel::query_builder::QueryId\", \"Clone\"]",
        flags: &[],
    },
    Case {
        name: "derives_flag",
        settings: "",
        flags: &[
            "--custom-type-derives",
            "diesel::sql_types::SqlType",
            "--custom-type-derives",
            "Debug",
        ],
    },
    Case {
        name: "groups",
        settings: "allow_tables_to_appear_in_same_query_config = \"fk_related_tables\"",
        flags: &[],
    },
    Case {
        name: "no_groups",
        settings: "allow_tables_to_appear_in_same_query_config = \"none\"",
        flags: &[],
    },
    Case {
        name: "domains",
        settings: "pg_domains_as_custom_types = [\"email\", \"far\"]",
        flags: &[],
    },
    Case {
        name: "schema",
        settings: "schema = \"other\"\nfilter = { except_tables = [\"no_key\"] }\nwith_docs = true",
        flags: &[],
    },
    Case { name: "schema_flag", settings: "", flags: &["--schema", "my schema"] },
    Case { name: "schema_public", settings: "schema = \"public\"", flags: &[] },
    Case {
        name: "several",
        settings: "filter = { only_tables = [\"users\"] }\n\
            [print_schema.b]\nschema = \"other\"\nfilter = { only_tables = [\"posts\"] }\n\
            [print_schema.a]\nfilter = { only_tables = [\"child\"] }\nwith_docs = true",
        flags: &[],
    },
    Case {
        name: "several_flags",
        settings: "[print_schema.b]\nschema = \"other\"\n[print_schema.a]\nwith_docs = true",
        flags: &[
            "--schema-key",
            "a",
            "-o",
            "child",
            "--column-sorting",
            "name",
            "--schema-key",
            "b",
            "--with-docs",
            "-e",
            "no_key",
            "--schema-key",
            "default",
            "-o",
            "fast",
        ],
    },
];

fn prepared() -> TestDatabase {
    let database = TestDatabase::empty();
    let setup = fs::read_to_string(Path::new(FIXTURES).join("setup.sql")).unwrap();
    database.conn().batch_execute(&setup).unwrap();
    database
}

fn diesel_cli() -> Option<PathBuf> {
    let output = Command::new("diesel").arg("--version").output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    version.contains("2.3.14").then(|| "diesel".into())
}

/// A folder with this `[print_schema]`; no rustfmt settings reach it.
fn settings(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("diesel.toml"), format!("[print_schema]\n{text}\n")).unwrap();
    folder
}

fn print(program: Option<&Path>, folder: &Path, url: &str, flags: &[&str]) -> Output {
    let arguments = ["print-schema", "--database-url", url];
    match program {
        Some(program) => {
            Command::new(program).current_dir(folder).args(arguments).args(flags).output().unwrap()
        }
        None => strata().current_dir(folder).args(arguments).args(flags).output().unwrap(),
    }
}

#[test]
fn every_key_and_flag_gives_the_bytes_of_diesel_cli() {
    let database = prepared();
    let reference = diesel_cli();
    for case in CASES {
        let folder = settings(case.settings);
        let fixture = Path::new(FIXTURES).join(format!("{}.out", case.name));
        if let Some(diesel) = &reference {
            let output = print(Some(diesel), folder.path(), &database.url(), case.flags);
            assert!(
                output.status.success(),
                "{}: {}",
                case.name,
                String::from_utf8_lossy(&output.stderr)
            );
            if std::env::var_os("STRATA_UPDATE_FIXTURES").is_some() {
                fs::write(&fixture, &output.stdout).unwrap();
            }
            assert!(
                fs::read(&fixture).unwrap() == output.stdout,
                "{}: the fixture is stale",
                case.name
            );
        }
        let output = print(None, folder.path(), &database.url(), case.flags);
        let text = String::from_utf8(output.stdout).unwrap();
        let error = String::from_utf8(output.stderr).unwrap();
        similar_asserts(case.name, &fs::read_to_string(&fixture).unwrap(), &text, &error);
    }
}

#[track_caller]
fn similar_asserts(name: &str, expected: &str, text: &str, error: &str) {
    if expected != text {
        let line = expected.lines().zip(text.lines()).position(|(a, b)| a != b).unwrap_or(0);
        let around = |text: &str| text.lines().skip(line).take(3).collect::<Vec<_>>().join("\n");
        panic!("{name}, line {line}:\n{}\n--- ours\n{}\n{error}", around(expected), around(text));
    }
}

#[test]
fn a_table_without_a_primary_key_is_refused_in_diesels_words() {
    let database = prepared();
    let folder = settings("schema = \"other\"");
    let output = print(None, folder.path(), &database.url(), &[]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let words =
        "Diesel only supports tables with primary keys. Table `other.no_key` has no primary key";
    assert!(said.contains(words), "{said}");
    if let Some(diesel) = diesel_cli() {
        let output = print(Some(&diesel), folder.path(), &database.url(), &[]);
        assert!(String::from_utf8(output.stderr).unwrap().contains(words));
    }
}

#[test]
fn a_name_cannot_break_out_of_its_string() {
    let database = TestDatabase::empty();
    let name = r#"a\"#;
    execute(
        &mut database.conn(),
        &format!(
            r#"CREATE TABLE t (id int PRIMARY KEY, "{name}" int, "b\""); fn evil() {{}} //" int)"#
        ),
    );
    let folder = settings("with_docs = true");
    let text = String::from_utf8(print(None, folder.path(), &database.url(), &[]).stdout).unwrap();
    assert!(text.contains("#[sql_name = r#\"a\\\"#]"), "{text}");
    assert!(text.contains("#[sql_name = r#\"b\\\"); fn evil() {} //\"#]"), "{text}");
    let parsed = syn::parse_file(&text).unwrap();
    assert_eq!(parsed.items.len(), 1, "one table! and nothing else");
}

#[test]
fn wrong_settings_are_refused_by_name() {
    let database = TestDatabase::empty();
    for (setting, said) in [
        (
            "include_views = true",
            "`include_views` of [print_schema] is not known to diesel CLI 2.3",
        ),
        ("custom_enum_derives = []", "`custom_enum_derives`"),
        ("experimental_infer_nullable_for_views = true", "`experimental_infer_nullable_for_views`"),
        ("no_generate_rust_enum_types = true", "`no_generate_rust_enum_types`"),
        ("fil = \"x\"", "unknown field `fil`"),
        ("with_docs = \"some\"", "only-database-comments"),
        ("column_sorting = \"x\"", "ordinal_position"),
        ("filter = { only_tables = [\"(\"] }", "regex parse error"),
        ("filter = { only_tables = [], except_tables = [] }", "exclude each other"),
    ] {
        let folder = settings(setting);
        let output = print(None, folder.path(), &database.url(), &[]);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{setting}");
        assert!(error.contains(said) && error.contains("diesel.toml"), "{setting}: {error}");
    }
}

fn project() -> (tempfile::TempDir, TestDatabase) {
    let folder = settings("file = \"src/schema.rs\"");
    fs::create_dir(folder.path().join("migrations")).unwrap();
    fs::write(
        folder.path().join("migrations/001_A.sql"),
        "CREATE TABLE a (id int PRIMARY KEY, b text NOT NULL);",
    )
    .unwrap();
    (folder, TestDatabase::empty())
}

fn migrate(folder: &Path, database: &TestDatabase, flags: &[&str]) -> (Option<i32>, String) {
    let mut command = strata();
    command.current_dir(folder).args(["migrate", "--database-url", &database.url()]).args(flags);
    let output = command.output().unwrap();
    let text = [&output.stdout[..], &output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn the_file_is_regenerated_where_it_changes_and_only_then() {
    let (folder, database) = project();
    let file = folder.path().join("src/schema.rs");
    assert!(migrate(folder.path(), &database, &["--no-schema"]).1.contains("1 migration applied"));
    assert!(!file.exists());
    assert!(migrate(folder.path(), &database, &[]).1.contains("src/schema.rs regenerated"));
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("b -> Text,"), "{text}");
    let written = fs::metadata(&file).unwrap().modified().unwrap();
    assert!(!migrate(folder.path(), &database, &[]).1.contains("regenerated"));
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);
    let conn = &mut database.conn();
    execute(conn, "ALTER TABLE a ALTER b DROP NOT NULL");
    let config = PrintSchemaConfig::read(&folder.path().join("diesel.toml")).unwrap();
    assert!(regenerate(conn, &config).unwrap()[0].changed, "from a library call too");
    assert!(fs::read_to_string(&file).unwrap().contains("b -> Nullable<Text>,"));
    let left: Vec<_> = fs::read_dir(folder.path().join("src")).unwrap().collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_locked_schema_shows_the_difference_and_stays() {
    let (folder, database) = project();
    migrate(folder.path(), &database, &[]);
    let file = folder.path().join("src/schema.rs");
    let before = fs::read_to_string(&file).unwrap();
    assert_eq!(migrate(folder.path(), &database, &["--locked-schema"]).0, Some(0));
    execute(&mut database.conn(), "ALTER TABLE a DROP b");
    let (code, said) = migrate(folder.path(), &database, &["--locked-schema"]);
    assert_eq!(code, Some(3));
    assert!(said.contains("src/schema.rs does not fit the database"), "{said}");
    assert!(said.contains("-         b -> Text,\n"), "{said}");
    assert_eq!(fs::read_to_string(&file).unwrap(), before);
}

#[test]
fn a_patch_is_applied_or_the_file_stays() {
    let (folder, database) = project();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(
        "diesel.toml",
        "[print_schema]\nfile = \"src/schema.rs\"\npatch_file = \"schema.patch\"\n",
    );
    let hunk = "@@ -3,6 +3,6 @@\n diesel::table! {\n     a (id) {\n         id -> Int4,\n\
                -        b -> Text,\n+        b -> Citext,\n     }\n }\n";
    write("schema.patch", &format!("--- a\n+++ b\n{hunk}"));
    assert_eq!(migrate(folder.path(), &database, &[]).0, Some(0));
    let file = folder.path().join("src/schema.rs");
    assert!(fs::read_to_string(&file).unwrap().contains("b -> Citext,"));
    execute(&mut database.conn(), "ALTER TABLE a RENAME b TO c");
    let (code, said) = migrate(folder.path(), &database, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("schema.patch does not apply (error applying hunk #1)"), "{said}");
    assert!(fs::read_to_string(&file).unwrap().contains("b -> Citext,"));
}

#[test]
fn what_is_printed_is_verified() {
    let database = prepared();
    let conn = &mut database.conn();
    // A line break in a name is indented by diesel CLI, and so is another name to the database.
    let folder =
        settings("with_docs = true\nfilter = { except_tables = [\"no_key\", \"^users$\"] }");
    for flags in [&[][..], &["--schema", "other"], &["--schema", "my schema"]] {
        let text = print(None, folder.path(), &database.url(), flags).stdout;
        diesel_strata::verify_schema(conn, &String::from_utf8(text).unwrap()).unwrap();
    }
}

#[test]
fn a_schema_that_does_not_fit_is_named_by_table_and_column() {
    let database = prepared();
    let source = "diesel::table! { fast (id) { id -> BigInt, stays -> Text, gone -> Integer, } }
        diesel::table! { nowhere (id) { id -> Int4, } }
        diesel::table! { other.posts (id) { id -> Integer, user_id -> Nullable<Int4>, } }
        diesel::table! { arrays (id) { id -> Int4, a -> Array<Text>, b -> Nullable<Text>, } }
        diesel::table! { every_type (id) { id -> BigInt, i -> Nullable<Text>,
            ag -> Nullable<Range<Integer>>, al -> Nullable<Range<Int4>>,
            ap -> Nullable<Multirange<Timestamp>>, ba -> Nullable<Mine>,
            bf -> Nullable<Varchar>, x -> Json, } }
        diesel::table! { a_view (id) { id -> Int4, name -> Nullable<Text>, } }";
    let error = diesel_strata::verify_schema(&mut database.conn(), source).unwrap_err().to_string();
    let misfits: Vec<_> = error.lines().skip(1).map(str::trim).collect();
    assert_eq!(
        misfits,
        [
            "table fast, column id: declared as BigInt, and the database has Int4",
            "table fast, column stays: declared as never NULL, and the database allows NULL",
            "table fast, column gone: the database has none",
            "table nowhere: the database has none",
            "table other.posts, column user_id: declared as Nullable, and the database does not \
             allow NULL",
            "table arrays, column a: declared as Array<Text>, and the database has \
             Array<Nullable<Int4>>",
            "table arrays, column b: declared as Text, and the database has \
             Array<Nullable<Text>>",
            "table every_type, column al: declared as Range<Int4>, and the database has Daterange",
            "table every_type, column x: declared as Json, and the database has Jsonb",
        ]
    );
    let error = diesel_strata::verify_schema(&mut database.conn(), "table!{").unwrap_err();
    assert!(error.to_string().contains("not the text of a schema.rs: line 1"), "{error}");
}

#[test]
fn migrate_verifies_where_it_is_asked_to() {
    let (folder, database) = project();
    migrate(folder.path(), &database, &[]);
    let (code, said) = migrate(folder.path(), &database, &["--verify"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("src/schema.rs fits the database"), "{said}");
    execute(&mut database.conn(), "ALTER TABLE a DROP b");
    let (code, said) = migrate(folder.path(), &database, &["--verify"]);
    assert_eq!(code, Some(3));
    assert!(said.contains("table a, column b: the database has none"), "{said}");
}

/// The text of the file `schema.rs` as a machine without rustfmt sees it.
fn without_rustfmt(
    folder: &Path,
    database: &TestDatabase,
    flags: &[&str],
) -> (Option<i32>, String) {
    let mut command = strata();
    command.current_dir(folder).env("PATH", folder).arg("migrate");
    let output = command.args(["--database-url", &database.url()]).args(flags).output().unwrap();
    let text = [&output.stdout[..], &output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn without_rustfmt_a_file_that_fits_is_left_alone() {
    let (folder, database) = project();
    migrate(folder.path(), &database, &[]);
    let file = folder.path().join("src/schema.rs");
    let before = fs::read_to_string(&file).unwrap();
    assert_eq!(without_rustfmt(folder.path(), &database, &["--locked-schema"]).0, Some(0));
    assert_eq!(without_rustfmt(folder.path(), &database, &[]).0, Some(0));
    assert_eq!(fs::read_to_string(&file).unwrap(), before);

    execute(&mut database.conn(), "ALTER TABLE a ADD c text");
    let (code, said) = without_rustfmt(folder.path(), &database, &["--locked-schema"]);
    assert_eq!(code, Some(3));
    assert!(said.contains("rustfmt is not here"), "{said}");
    let (code, said) = without_rustfmt(folder.path(), &database, &[]);
    assert_eq!(code, Some(0));
    assert!(
        said.contains("regenerated") && said.contains("rustup component add rustfmt"),
        "{said}"
    );
    assert!(fs::read_to_string(&file).unwrap().contains("c -> Nullable<Text>"));
    assert_eq!(migrate(folder.path(), &database, &[]).0, Some(0));
    assert_eq!(without_rustfmt(folder.path(), &database, &["--locked-schema"]).0, Some(0));
}

#[test]
fn without_rustfmt_every_fixture_fits_itself() {
    let database = prepared();
    for case in CASES.iter().filter(|case| case.flags.is_empty()) {
        if case.settings.contains("[print_schema.") || case.settings.contains("patch_file") {
            continue;
        }
        let folder = settings(&format!("file = \"schema.rs\"\n{}", case.settings));
        fs::create_dir(folder.path().join("migrations")).unwrap();
        let fixture = Path::new(FIXTURES).join(format!("{}.out", case.name));
        fs::copy(&fixture, folder.path().join("schema.rs")).unwrap();
        let (code, said) = without_rustfmt(folder.path(), &database, &["--locked-schema"]);
        assert_eq!(code, Some(0), "{}: {said}", case.name);
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_fails_no_start() {
    let (folder, database) = project();
    // A folder where the file should be: even root cannot write it.
    fs::create_dir_all(folder.path().join("src/schema.rs/in_the_way")).unwrap();
    let (code, said) = migrate(folder.path(), &database, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("1 migration applied"), "{said}");
    assert!(said.contains("note: the database is migrated, but src/schema.rs"), "{said}");
}
