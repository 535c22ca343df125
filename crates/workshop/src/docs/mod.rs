//! The schema as documents: one page for people who look, Markdown for those who read where the
//! code is. Each table with its history, which comes from replaying the migrations one at a time
//! on a scratch database.

mod cache;
mod change;
mod documents;
mod history;
mod html;
mod made;
mod markdown;
mod names;
mod purpose;
mod replay;

pub use documents::{Stale, State, documents};
pub use made::{Documents, Options};
