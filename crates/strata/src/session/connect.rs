//! Connections whose failures name the server and never the password.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::error::Error;

/// A connection to the database at `url`, which is anything that libpq takes.
///
/// # Errors
///
/// The server cannot be reached or refuses; the error names host, port and database, and no
/// password.
pub fn connect(url: &str) -> Result<PgConnection, Error> {
    PgConnection::establish(url).map_err(|error| Error::Connect {
        target: target(url),
        message: without_secrets(error.to_string().trim_end(), url),
    })
}

/// Where `url` leads: host, port and database, for people.
pub fn target(url: &str) -> String {
    let parts = Parts::of(url);
    let host = parts.host.unwrap_or_else(|| "localhost".to_owned());
    let port = parts.port.unwrap_or_else(|| "5432".to_owned());
    let database = match parts.database {
        Some(database) => format!("database {database}"),
        None => "the default database".to_owned(),
    };
    match host.starts_with('/') && port == "5432" {
        true => format!("{database} at {host}"),
        false => format!("{database} at {host}, port {port}"),
    }
}

/// The database that `url` names; `None` where it leaves that to libpq.
pub fn database_of(url: &str) -> Option<String> {
    Parts::of(url).database
}

/// `url`, which is anything that libpq takes, with its database changed to `database`, a plain
/// name.
///
/// ```
/// let url = diesel_strata::with_database("postgres://localhost/app?sslmode=disable", "scratch");
/// assert_eq!(url, "postgres://localhost/scratch?sslmode=disable");
/// ```
pub fn with_database(url: &str, database: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        // The last of two settings holds.
        return format!("{url} dbname={database}");
    };
    let (rest, query) = rest.split_once('?').map_or((rest, ""), |(rest, query)| (rest, query));
    let user_end = rest.rfind('@').map_or(0, |at| at + 1);
    let host_end = rest[user_end..].find('/').map_or(rest.len(), |slash| user_end + slash);
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("dbname="));
    let query = kept.collect::<Vec<_>>().join("&");
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{scheme}://{}/{database}{mark}{query}", &rest[..host_end])
}

#[derive(Default)]
struct Parts {
    host: Option<String>,
    port: Option<String>,
    database: Option<String>,
    password: Option<String>,
}

impl Parts {
    fn of(url: &str) -> Self {
        match url.split_once("://") {
            Some((_, rest)) => Self::of_uri(rest),
            None => Self::default().with_pairs(url.split_whitespace()),
        }
    }

    fn of_uri(rest: &str) -> Self {
        // The last @ of all: a password that was not escaped may hold one, a slash, a question mark.
        let before_query = rest.split('?').next().unwrap_or(rest);
        let at = before_query.rfind('@').or_else(|| rest.rfind('@'));
        let (user, rest) = at.map_or(("", rest), |at| (&rest[..at], &rest[at + 1..]));
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (hosts, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (host, port) = match hosts.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            _ => (hosts, ""),
        };
        let some = |text: &str| Some(decode(text)).filter(|text| !text.is_empty());
        let parts = Self {
            host: some(host),
            port: some(port),
            database: some(database),
            password: user.split_once(':').and_then(|(_, password)| some(password)),
        };
        parts.with_pairs(query.split('&'))
    }

    fn with_pairs<'a>(mut self, pairs: impl Iterator<Item = &'a str>) -> Self {
        for (key, value) in pairs.filter_map(|pair| pair.split_once('=')) {
            let value = decode(value.trim_matches('\''));
            match key {
                "host" | "hostaddr" => self.host = Some(value),
                "port" => self.port = Some(value),
                "dbname" => self.database = Some(value),
                "password" => self.password = Some(value),
                _ => {}
            }
        }
        self
    }
}

/// `text` with its percent escapes resolved.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `message` with whatever `url` has for a password blotted out. libpq quotes the parts of a URL
/// that it cannot make sense of, and an unescaped password is such a part.
fn without_secrets(message: &str, url: &str) -> String {
    let Some(password) = Parts::of(url).password else {
        return message.to_owned();
    };
    let raw = url.split_once("://").and_then(|(_, rest)| {
        let user = rest.rsplit_once('@')?.0;
        Some(user.split_once(':')?.1.to_owned())
    });
    let whole = [password].into_iter().chain(raw);
    // libpq may quote a piece of it: whatever stands before or behind a character that ends one.
    let pieces: Vec<String> = whole
        .flat_map(|secret| {
            let pieces = secret.split(['@', ':', '/', '?']).map(str::to_owned).collect::<Vec<_>>();
            [secret].into_iter().chain(pieces)
        })
        .filter(|piece| !piece.is_empty())
        .collect();
    // A short piece may be a part of any word.
    let blot = |text: String, piece: &String| match piece.len() {
        ..=3 => text.replace(&format!("\"{piece}\""), "\"***\""),
        _ => text.replace(piece.as_str(), "***"),
    };
    pieces.iter().fold(message.replace(url, "***"), blot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_named_without_its_password() {
        for (url, expected) in [
            ("postgres://u:secret@db.example:6543/app", "database app at db.example, port 6543"),
            ("postgres://u@[::1]/app?x=y", "database app at [::1], port 5432"),
            ("postgresql:///app?host=/run/pg&user=x", "database app at /run/pg"),
            ("postgresql://%2Frun%2Fpg/app", "database app at /run/pg"),
            ("host=h port=1 dbname=d password=secret", "database d at h, port 1"),
            ("postgres://u:se@cr/et@h/app", "database app at h, port 5432"),
            ("postgres://", "the default database at localhost, port 5432"),
        ] {
            assert_eq!(target(url), expected, "{url}");
        }
    }

    #[test]
    fn another_database_of_the_same_server_has_the_same_url_but_for_its_name() {
        for (url, expected) in [
            ("postgres://u:p@h:1/app?sslmode=off", "postgres://u:p@h:1/t?sslmode=off"),
            ("postgres://h", "postgres://h/t"),
            ("postgres:///app?host=/run/x&dbname=y", "postgres:///t?host=/run/x"),
            ("postgres://u:a/b@h/app", "postgres://u:a/b@h/t"),
            ("host=h dbname=app", "host=h dbname=app dbname=t"),
        ] {
            assert_eq!(with_database(url, "t"), expected);
        }
    }

    #[test]
    fn no_message_shows_a_password() {
        for url in [
            "postgres://u:topsecret@localhost:1/app",
            "postgres://u:top@secret@localhost:1/app",
            "postgres://u:top/secret@localhost:1/app",
            "postgres://u:top%secret@localhost:1/app",
            "postgres://u:top:secret@localhost:1x/app",
            "postgres://u:t@op/secret@localhost:1/app",
            "postgres://u:top?secret@localhost:1/app",
            "postgres://localhost:1/app?password=topsecret",
            "host=localhost port=1 password=topsecret",
            "host=localhost port=x password='topsecret'",
        ] {
            let error = connect(url).map(drop).unwrap_err().to_string();
            assert!(error.contains("localhost"), "{url}: {error}");
            assert!(!error.contains("secret") && !error.contains("top"), "{url}: {error}");
        }
    }
}
