//! What migrations would do to production: measured on a scratch database, statement by statement,
//! and judged by how large the tables are.

mod allow;
mod alter;
mod answers;
mod asked;
mod done;
mod faults;
mod file;
mod finding;
mod fix;
mod names;
mod production;
mod rules;
mod seen;
mod sizes;
mod source;
mod stage;
mod sums;
mod walk;
mod way;

pub use asked::{Check, Scope};
pub use done::Done;
pub use finding::{Finding, Report};
pub use fix::fix;
pub use rules::{PRACTICES, RULES};
pub use sizes::{Size, Sizes};
pub use way::{Step, Way};
