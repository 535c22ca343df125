#![doc = include_str!("../README.md")]

mod embed;
mod engine;
mod frozen;
mod test;

use proc_macro::TokenStream;

/// The migrations of a folder, linked into the program, as
/// [`EmbeddedMigrations`](https://docs.rs/diesel-strata).
///
/// The folder is given relative to the package's `Cargo.toml`; without one it is `migrations`.
/// SQL files are embedded as text; a `.rs` file becomes a module of the program, and its
/// `pub fn up(conn: &mut PgConnection) -> Result<(), E>` is called when it runs.
///
/// Whatever the folder reader refuses at run time is a compile error that names the file. Changes
/// of files are noticed by the next build; of a **new** file it only knows if the package has a
/// `build.rs` with `println!("cargo:rerun-if-changed=migrations");`, which `strata new` writes.
///
/// ```ignore
/// use diesel_strata::{EmbeddedMigrations, embed_migrations};
///
/// const MIGRATIONS: EmbeddedMigrations = embed_migrations!();
/// ```
///
/// An application that has renamed the dependency says so:
/// `embed_migrations!("migrations", crate = my_strata)`.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    embed::expand(input.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// A test with a migrated database of its own.
///
/// The function gets a connection to it (`conn: &mut PgConnection`), or the database itself
/// (`database: &TestDatabase` or `database: TestDatabase`). The migrations are `crate::MIGRATIONS`,
/// or those that the attribute names; `at = 14` stops at a number, to test what comes next;
/// `crate = my_strata` says what the application calls diesel-strata, if it has renamed it.
///
/// ```ignore
/// #[diesel_strata::test]
/// fn a_user_has_a_name(conn: &mut PgConnection) {}
///
/// #[diesel_strata::test(app::MIGRATIONS, at = 14)]
/// fn migration_15_keeps_the_rows(database: &TestDatabase) {}
/// ```
#[proc_macro_attribute]
pub fn test(attribute: TokenStream, item: TokenStream) -> TokenStream {
    test::expand(attribute.into(), item.into())
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
