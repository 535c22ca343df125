//! A live database as facts: one thing at one grain, with an address, a value and what it needs.

mod query;
mod read;
mod secret;
mod text;

use std::fmt;

use strata_sql::identifier;

pub use read::read_facts;
pub(crate) use secret::shown;
pub use text::FactsText;
pub(crate) use text::is_shown;

/// Everything that a database's schema is made of.
#[derive(Debug, Clone)]
pub struct Facts {
    /// In the order of a text that reads well: kinds, names, what belongs to what.
    pub facts: Vec<Fact>,
    /// The server's major version.
    pub major: u32,
    /// The role that read them, which they call `CURRENT_USER`.
    pub role: String,
}

impl Facts {
    /// Without a table that is nobody's business, a ledger: itself, what belongs to it, and the
    /// sequence that it owns. `schema` and `table` are names as they are, without quotes.
    pub fn leave_out_table(&mut self, schema: &str, table: &str) {
        let name = format!("{}.{}", quoted(schema), quoted(table));
        let table = Address(vec!["table".to_owned(), name.clone()]);
        let column = format!("{name}.");
        let owned = |fact: &&Fact| {
            fact.address.kind() == "owned by"
                && fact.get("column").is_some_and(|owner| owner.starts_with(&column))
        };
        let mut gone: Vec<_> = self.facts.iter().filter(owned).map(|f| f.address.root()).collect();
        gone.push(table);
        self.facts.retain(|fact| !gone.iter().any(|gone| fact.address.is_within(gone)));
    }
}

/// A name as `quote_ident` writes it, but for key words, which no ledger is called.
fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    match name.chars().all(plain) && !name.starts_with(|c: char| c.is_ascii_digit()) {
        true => name.to_owned(),
        false => identifier(name),
    }
}

/// One thing at one grain: a table, a column, a default, a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fact {
    /// Which thing.
    pub address: Address,
    /// What holds of it, as SQL writes it; a flag is empty.
    pub attributes: Vec<(String, String)>,
    /// What must be there before it.
    pub depends: Vec<Address>,
    /// How statements call it, `TABLE public.users`.
    pub phrase: String,
    /// Where it stands among its siblings, where that is not by name.
    pub(crate) place: i32,
}

impl Fact {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }
}

/// Which thing a fact is about: kinds and names, from the outside to the inside.
///
/// Names are written as SQL writes them: qualified, and quoted where they must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Vec<String>);

impl Address {
    pub(crate) fn new(path: Vec<String>) -> Self {
        Self(path)
    }

    /// The kind of thing: the last one, `column` of a table's column.
    pub fn kind(&self) -> &str {
        self.0[self.0.len() - 2].as_str()
    }

    /// Its own name; empty where there is but one, such as a default.
    pub fn name(&self) -> &str {
        self.0[self.0.len() - 1].as_str()
    }

    /// What it belongs to.
    pub fn parent(&self) -> Option<Self> {
        let length = self.0.len() - 2;
        (length > 0).then(|| Self(self.0[..length].to_vec()))
    }

    /// The outermost thing that it belongs to, or itself.
    pub fn root(&self) -> Self {
        Self(self.0[..2].to_vec())
    }

    /// A thing that belongs to this one.
    pub(crate) fn child(&self, kind: &str, name: &str) -> Self {
        let mut path = self.0.clone();
        path.extend([kind.to_owned(), name.to_owned()]);
        Self(path)
    }

    /// Whether this is `other` or belongs to it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The same part of another outermost thing.
    pub(crate) fn moved(&self, root: &Self) -> Self {
        Self(root.0.iter().chain(&self.0[2..]).cloned().collect())
    }

    /// Kinds and names by turns.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.chunks(2).map(|step| (step[0].as_str(), step[1].as_str()))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (kind, name)) in self.steps().enumerate() {
            let between = if index == 0 { "" } else { " / " };
            let space = if name.is_empty() { "" } else { " " };
            write!(f, "{between}{kind}{space}{name}")?;
        }
        Ok(())
    }
}
