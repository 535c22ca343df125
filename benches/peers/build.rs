//! Writes the same migrations in the layout of each tool, and the Rust source that embeds them.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// How many migrations the sequences have.
const SIZES: [usize; 5] = [4, 40, 285, 300, 1_000];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap());
    let modules = SIZES.map(|size| {
        let folder = out.join(size.to_string());
        write_migrations(&folder, size);
        module(&relative(&folder), size)
    });
    let list = SIZES.map(|size| format!("&of_{size}::ALL, ")).concat();
    let list =
        format!("pub(super) static EVERY: [&super::Embedded; {}] = [{list}];\n", SIZES.len());
    fs::write(out.join("embedded.rs"), modules.concat() + &list).unwrap();
}

fn write_migrations(folder: &Path, size: usize) {
    for n in 1..=size {
        let layouts = [
            format!("strata/{n:04}_M.sql"),
            format!("diesel/{n:014}_m/up.sql"),
            format!("sqlx/{n}_m.sql"),
            format!("refinery/V{n}__m.sql"),
        ];
        for path in layouts.map(|layout| folder.join(layout)) {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, format!("CREATE TABLE t{n} (id int);")).unwrap();
        }
    }
}

/// A path from the package's folder, as sqlx refuses absolute ones.
fn relative(folder: &Path) -> String {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap());
    let up = "../".repeat(package.components().count() - 1);
    up + folder.strip_prefix("/").unwrap().to_str().unwrap()
}

fn module(folder: &str, size: usize) -> String {
    format!(
        r#"
pub mod of_{size} {{
    pub const STRATA: diesel_strata::EmbeddedMigrations =
        diesel_strata::embed_migrations!("{folder}/strata");
    const DIESEL: diesel_migrations::EmbeddedMigrations =
        diesel_migrations::embed_migrations!("{folder}/diesel");
    pub static SQLX: sqlx::migrate::Migrator = sqlx::migrate!("{folder}/sqlx");
    refinery::embed_migrations!("{folder}/refinery");
    pub static ALL: super::super::Embedded = super::super::Embedded {{
        count: {size},
        strata: STRATA,
        diesel: || DIESEL,
        sqlx: &SQLX,
        refinery: migrations::runner,
    }};
}}
"#
    )
}
