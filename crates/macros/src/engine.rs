//! What an application calls the engine.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream};
use syn::{Path, Result, Token};

/// The path to `diesel_strata`, as `crate = …` gives it to a macro.
pub(crate) struct Engine(Path);

impl Default for Engine {
    fn default() -> Self {
        Self(syn::parse_quote!(::diesel_strata))
    }
}

impl Engine {
    /// Whether `crate = …` comes next.
    pub(crate) fn is_next(input: ParseStream<'_>) -> bool {
        input.peek(Token![crate]) && input.peek2(Token![=])
    }
}

impl Parse for Engine {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        Ok(Self(input.call(Path::parse_mod_style)?))
    }
}

impl ToTokens for Engine {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.0.to_tokens(tokens);
    }
}
