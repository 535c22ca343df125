//! `#[diesel_strata::test]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, FnArg, Ident, ItemFn, LitInt, Path, Result, Token, Type};

use crate::engine::Engine;

/// What stands in the attribute: whose migrations, and up to which number.
struct Arguments {
    migrations: Path,
    target: Option<LitInt>,
    engine: Engine,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut arguments = Self {
            migrations: syn::parse_quote!(crate::MIGRATIONS),
            target: None,
            engine: Engine::default(),
        };
        if !input.is_empty() && !input.peek2(Token![=]) {
            arguments.migrations = input.parse()?;
            input.parse::<Option<Token![,]>>()?;
        }
        while !input.is_empty() {
            if Engine::is_next(input) {
                arguments.engine = input.parse()?;
            } else {
                let target = target(input)?;
                if arguments.target.is_some() {
                    return Err(Error::new(target.span(), "`at` is given twice"));
                }
                arguments.target = Some(target);
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(arguments)
    }
}

/// The number of `at = 14`.
fn target(input: ParseStream<'_>) -> Result<LitInt> {
    let word: Ident = input.parse()?;
    if word != "at" {
        let known = "known are the path of migrations, `at = NUMBER` and `crate = PATH`";
        return Err(Error::new(word.span(), known));
    }
    input.parse::<Token![=]>()?;
    input.parse()
}

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let Arguments { migrations, target, engine } = syn::parse2(attribute)?;
    let mut function: ItemFn = syn::parse2(item)?;
    let call = call(&function, &engine)?;
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
                use #engine::testing::TestDatabase;
                #make
            };
            #call
        }
    })
}

/// How the test is called: with its connection, or with its database.
fn call(function: &ItemFn, engine: &Engine) -> Result<TokenStream> {
    if function.sig.asyncness.is_some() {
        return call_async(function, engine);
    }
    let name = &function.sig.ident;
    let wanted = "a test takes one argument: `conn: &mut PgConnection`, `database: &TestDatabase` \
                  or `database: TestDatabase`";
    let refused = || Error::new_spanned(&function.sig, wanted);
    let mut inputs = function.sig.inputs.iter();
    let (Some(FnArg::Typed(argument)), None) = (inputs.next(), inputs.next()) else {
        return Err(refused());
    };
    refuse_generic(function)?;
    match &*argument.ty {
        Type::Reference(reference) if reference.mutability.is_some() => {
            Ok(quote! { { let mut conn = database.conn(); #name(&mut conn) } })
        }
        Type::Reference(_) => Ok(quote! { #name(&database) }),
        Type::Path(_) => Ok(quote! { #name(database) }),
        _ => Err(refused()),
    }
}

/// The same of an asynchronous test, which runs on a runtime of its own.
fn call_async(function: &ItemFn, engine: &Engine) -> Result<TokenStream> {
    let name = &function.sig.ident;
    let wanted = "an asynchronous test takes one argument, `database: &TestDatabase` or `database: \
                  TestDatabase`, and connects to its `url()`";
    let refused = || Error::new_spanned(&function.sig, wanted);
    if !cfg!(feature = "async") {
        let feature = "an asynchronous test needs the feature `async` of diesel-strata";
        return Err(Error::new_spanned(&function.sig, feature));
    }
    refuse_generic(function)?;
    let mut inputs = function.sig.inputs.iter();
    let (Some(FnArg::Typed(argument)), None) = (inputs.next(), inputs.next()) else {
        return Err(refused());
    };
    let test = match &*argument.ty {
        Type::Reference(reference) if reference.mutability.is_none() => quote!(#name(&database)),
        Type::Path(_) => quote!(#name(database)),
        _ => return Err(refused()),
    };
    Ok(quote! { #engine::testing::block_on(async { #test.await }) })
}

fn refuse_generic(function: &ItemFn) -> Result<()> {
    match function.sig.generics.params.is_empty() {
        true => Ok(()),
        false => Err(Error::new_spanned(&function.sig, "a test is not generic")),
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
    fn the_engine_is_called_what_the_application_calls_it() {
        let test = quote!(
            fn t(d: TestDatabase) {}
        );
        let tokens = expanded(quote!(app::M, crate = my_strata, at = 14), test).unwrap();
        assert!(tokens.contains("use my_strata :: testing :: TestDatabase"), "{tokens}");
        assert!(tokens.contains("TestDatabase :: at (& app :: M , 14)"), "{tokens}");
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
                    fn t<T>(a: &mut C) {}
                ),
                "not generic",
            ),
            (
                quote!(
                    async fn t(a: &mut C) {}
                ),
                "asynchronous test",
            ),
        ] {
            let error = expanded(quote!(), item).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
        let refused =
            [quote!(a, b), quote!(till = 14), quote!(a, till = 14), quote!(at = 1, at = 2)];
        for attribute in refused {
            let test = quote!(
                fn t(a: &mut C) {}
            );
            assert!(expanded(attribute, test).is_err());
        }
    }
}
