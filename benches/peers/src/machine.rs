//! What the figures were measured on, and with.

use std::fs;
use std::process::Command;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_strata::testing::TestDatabase;

const LOCK: &str = include_str!("../Cargo.lock");
const LOCKED: [&str; 5] = ["diesel", "diesel_migrations", "refinery", "sqlx", "postgres"];

/// Names and values, in the order in which they are shown.
pub fn about() -> Vec<(String, String)> {
    let mut about = vec![
        ("processor", processor()),
        ("memory", memory()),
        ("load before", load()),
        ("PostgreSQL", postgresql()),
        ("Rust", said("rustc", "--version")),
        ("diesel CLI", said("diesel", "--version")),
        ("nextest", said("cargo-nextest", "--version")),
    ];
    about.extend(LOCKED.map(|name| (name, locked(LOCK, name).unwrap_or_default().to_owned())));
    about.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn processor() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let information = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = value_of(&information, "model name").unwrap_or(std::env::consts::ARCH);
    format!("{model}, {cores} cores, {}", std::env::consts::OS)
}

fn memory() -> String {
    let information = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = value_of(&information, "MemTotal").and_then(|value| value.split(' ').next());
    let kilobytes = total.and_then(|total| total.parse::<f64>().ok()).unwrap_or_default();
    format!("{:.0} GiB", kilobytes / f64::from(1 << 20))
}

/// The system's own three averages: what else ran when the bench began.
fn load() -> String {
    let averages = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    averages.split(' ').take(3).collect::<Vec<_>>().join(", ")
}

fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

fn postgresql() -> String {
    let version = diesel::select(diesel::dsl::sql::<Text>("current_setting('server_version')"));
    version.get_result(&mut TestDatabase::empty().conn()).unwrap()
}

/// The first line that `program` says of its version, without its own name.
fn said(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let text = text.unwrap_or_else(|_| "absent".to_owned());
    let line = text.lines().next().unwrap_or_default();
    line.split_once(' ')
        .map_or(line, |(_, version)| version.trim_start_matches("Version: "))
        .to_owned()
}

/// The version of a crate in a `Cargo.lock`.
fn locked<'a>(lock: &'a str, name: &str) -> Option<&'a str> {
    let (_, after) = lock.split_once(&format!("name = \"{name}\"\nversion = \""))?;
    after.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_has_a_version_in_the_lock_file() {
        for name in LOCKED {
            let version = locked(LOCK, name).unwrap();
            assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{name} {version}");
        }
        assert_eq!(locked(LOCK, "no such crate"), None);
    }
}
