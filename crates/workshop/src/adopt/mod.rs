//! Moving in from another tool: its folder becomes ours, its ledger's rows become ours, and both
//! are proved to build the same schema.

mod body;
pub(crate) mod carried;
mod copy;
mod edit;
mod error;
mod flyway_version;
mod folder;
mod ledger;
mod matching;
mod number;
mod options;
mod proof;
mod query;
mod read;
mod row;
mod take_over;
mod theirs;
mod tool;

pub use error::AdoptError;
pub use folder::{Folder, Ours, Written};
pub use matching::{Matched, Matching};
pub use number::Numbering;
pub use options::Options;
pub use proof::{Proof, prove};
pub use take_over::{TakeOver, Taken};
pub use tool::Tool;
