//! Connection URLs of a server, for whoever speaks libpq.

use std::env;
use std::path::Path;

/// Variables that libpq would take for a part of the address, with the setting that overrides
/// each. They are meant for another server; a service may hold any of the settings.
const VARIABLES: [(&str, &str); 2] = [("PGHOSTADDR", "hostaddr"), ("PGOPTIONS", "options")];

/// A URL of `database` on the server whose socket is in `folder`.
pub(crate) fn url(folder: &Path, database: &str) -> String {
    let is_set = |name: &str| env::var_os(name).is_some();
    let disturbing = VARIABLES
        .iter()
        .filter(|(variable, _)| is_set(variable) || is_set("PGSERVICE"))
        .map(|(_, setting)| *setting);
    url_without(folder, database, disturbing)
}

fn url_without<'a>(
    folder: &Path,
    database: &str,
    disturbing: impl Iterator<Item = &'a str>,
) -> String {
    let host = escape(folder.as_os_str().as_encoded_bytes());
    let database = escape(database.as_bytes());
    let empty: String = disturbing.map(|setting| format!("&{setting}=")).collect();
    format!("postgresql:///{database}?host={host}&port=5432&user=postgres{empty}")
}

/// `text` for a URL's query.
fn escape(text: &[u8]) -> String {
    text.iter().fold(String::new(), |mut escaped, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(*byte));
            }
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_of_the_address_is_said() {
        let plain = url_without(Path::new("/a b/é"), "d&b", [].into_iter());
        assert_eq!(plain, "postgresql:///d%26b?host=/a%20b/%C3%A9&port=5432&user=postgres");
        let disturbed = url_without(Path::new("/a"), "d", ["hostaddr"].into_iter());
        assert!(disturbed.ends_with("&hostaddr="), "{disturbed}");
    }
}
