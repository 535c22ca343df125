//! diesel-strata beside `diesel_migrations`, refinery, sqlx and the least that could do the work.
//!
//! `just bench-peers` measures, and writes `benches/README.md`, its plots and `measured.tsv`.

#[path = "../../../crates/strata/benches/linked_tables/mod.rs"]
mod linked_tables;
#[path = "../../../crates/strata/benches/slow_line/mod.rs"]
mod slow_line;

pub mod embedded;
pub mod machine;
pub mod measure;
pub mod plot;
mod ratio;
pub mod record;
pub mod report;
pub mod section;
pub mod start;
pub mod work;
