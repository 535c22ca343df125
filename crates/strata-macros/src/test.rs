//! `#[diesel_strata::test]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, FnArg, ItemFn, LitInt, Path, Result, Token, Type};

/// What stands in the attribute: whose migrations, and up to which number.
struct Arguments {
    migrations: Path,
    target: Option<LitInt>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut arguments = Self { migrations: syn::parse_quote!(crate::MIGRATIONS), target: None };
        if !input.is_empty() && !is_target(input) {
            arguments.migrations = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
        }
        if is_target(input) {
            input.parse::<Path>()?;
            input.parse::<Token![=]>()?;
            arguments.target = Some(input.parse()?);
        }
        if input.is_empty() { Ok(arguments) } else { Err(input.error("nothing else is known")) }
    }
}

fn is_target(input: ParseStream<'_>) -> bool {
    input.peek2(Token![=])
}

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let Arguments { migrations, target } = syn::parse2(attribute)?;
    let mut function: ItemFn = syn::parse2(item)?;
    let call = call(&function)?;
    let make: Expr = match target {
        Some(target) => syn::parse_quote!(TestDatabase::at(&#migrations, #target)),
        None => syn::parse_quote!(TestDatabase::new(&#migrations)),
    };
    let attributes = std::mem::take(&mut function.attrs);
    let (name, output) = (&function.sig.ident, &function.sig.output);
    Ok(quote! {
        #[::core::prelude::v1::test]
        #(#attributes)*
        fn #name() #output {
            #function
            let database = {
                use ::diesel_strata::testing::TestDatabase;
                #make
            };
            #call
        }
    })
}

/// How the test is called: with its connection, or with its database.
fn call(function: &ItemFn) -> Result<TokenStream> {
    let name = &function.sig.ident;
    let wanted = "a test takes one argument: `conn: &mut PgConnection`, `database: &TestDatabase` \
                  or `database: TestDatabase`";
    let refused = || Error::new_spanned(&function.sig, wanted);
    let mut inputs = function.sig.inputs.iter();
    let (Some(FnArg::Typed(argument)), None) = (inputs.next(), inputs.next()) else {
        return Err(refused());
    };
    if function.sig.asyncness.is_some() || !function.sig.generics.params.is_empty() {
        return Err(Error::new_spanned(&function.sig, "a test is neither async nor generic"));
    }
    match &*argument.ty {
        Type::Reference(reference) if reference.mutability.is_some() => {
            Ok(quote! { { let mut conn = database.conn(); #name(&mut conn) } })
        }
        Type::Reference(_) => Ok(quote! { #name(&database) }),
        Type::Path(_) => Ok(quote! { #name(database) }),
        _ => Err(refused()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(attribute: TokenStream, item: TokenStream) -> std::result::Result<String, String> {
        let tokens = expand(attribute, item).map_err(|error| error.to_string())?;
        Ok(tokens.to_string())
    }

    #[test]
    fn the_argument_says_what_the_test_gets() {
        for (item, call) in [
            (
                quote!(
                    fn t(conn: &mut PgConnection) {}
                ),
                "t (& mut conn)",
            ),
            (
                quote!(
                    fn t(database: &TestDatabase) {}
                ),
                "t (& database)",
            ),
            (
                quote!(
                    fn t(database: TestDatabase) -> R {}
                ),
                "t (database)",
            ),
        ] {
            let tokens = expanded(quote!(), item).unwrap();
            assert!(tokens.contains(call), "{tokens}");
            assert!(tokens.contains("TestDatabase :: new (& crate :: MIGRATIONS)"), "{tokens}");
        }
        let at = expanded(
            quote!(app::M, at = 14),
            quote!(
                fn t(d: TestDatabase) {}
            ),
        )
        .unwrap();
        assert!(at.contains("TestDatabase :: at (& app :: M , 14)"), "{at}");
        let at = expanded(
            quote!(at = 14),
            quote!(
                fn t(d: TestDatabase) {}
            ),
        )
        .unwrap();
        assert!(at.contains("TestDatabase :: at (& crate :: MIGRATIONS , 14)"), "{at}");
    }

    #[test]
    fn what_cannot_be_such_a_test_is_refused() {
        for (item, said) in [
            (
                quote!(
                    fn t() {}
                ),
                "takes one argument",
            ),
            (
                quote!(
                    fn t(a: &mut C, b: D) {}
                ),
                "takes one argument",
            ),
            (
                quote!(
                    async fn t(a: &mut C) {}
                ),
                "neither async",
            ),
        ] {
            let error = expanded(quote!(), item).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        assert!(
            expanded(
                quote!(a, b),
                quote!(
                    fn t(a: &mut C) {}
                )
            )
            .is_err()
        );
    }
}
