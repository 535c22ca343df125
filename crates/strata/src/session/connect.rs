//! Connections whose failures name the server and never the password.

use diesel::pg::PgConnection;
use diesel::prelude::*;

use crate::error::{Error, clean};

/// What a connection is given where its URL does not say otherwise: nobody waits for ever for a
/// host that is gone.
const DEFAULTS: [(&str, &str); 5] = [
    ("connect_timeout", "10"),
    ("keepalives_idle", "30"),
    ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "60000"),
];

/// A connection to the database at `url`, which is anything that libpq takes. Where it says nothing
/// of time-outs, connecting is given up after 10 seconds and a host that is gone is noticed; where
/// it says nothing of a name, the server is told the program's and the machine's.
///
/// # Errors
///
/// The server cannot be reached or refuses; the error names host, port and database, and no
/// password.
pub fn connect(url: &str) -> Result<PgConnection, Error> {
    connect_as(url, "")
}

/// As [`connect`], for a purpose that the server is told behind the program's name.
pub(crate) fn connect_as(url: &str, purpose: &str) -> Result<PgConnection, Error> {
    if !is_address(url) {
        return Err(Error::Connect {
            target: "the database".to_owned(),
            message: "its address is not one: write postgres://USER@HOST/DATABASE, or settings \
                      such as host=… dbname=…"
                .to_owned(),
        });
    }
    PgConnection::establish(&completed(url, purpose)).map_err(|error| Error::Connect {
        target: target(url),
        message: without_secrets(error.to_string().trim_end(), url),
    })
}

/// Whether libpq can make anything of `url`: what it does not understand, it quotes.
fn is_address(url: &str) -> bool {
    match url.split_once("://") {
        Some(("postgres" | "postgresql", _)) => true,
        Some((before, _)) => before.contains('='),
        None => url.trim().is_empty() || url.contains('='),
    }
}

fn is_uri(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// `url` with what it leaves open.
fn completed(url: &str, purpose: &str) -> String {
    let given = |name: &str| url.contains(&format!("{name}="));
    let elsewhere = |name: &str| {
        let variable = (name == "connect_timeout").then_some("PGCONNECT_TIMEOUT");
        variable.is_some_and(|variable| std::env::var_os(variable).is_some())
    };
    // A service's settings are its own.
    let service = url.contains("service=") || std::env::var_os("PGSERVICE").is_some();
    let defaults = DEFAULTS.iter().filter(|_| !service);
    let defaults = defaults.filter(|(name, _)| !given(name) && !elsewhere(name));
    let mut pairs: Vec<(&str, String)> =
        defaults.map(|(name, value)| (*name, (*value).to_owned())).collect();
    if !given("application_name") {
        pairs.push(("fallback_application_name", application_name(purpose)));
    }
    if !is_uri(url) {
        let pairs = pairs.iter().map(|(name, value)| format!(" {name}='{value}'"));
        return format!("{url}{}", pairs.collect::<String>());
    }
    let pairs: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    // A question mark in front of the host belongs to a password.
    let rest = url.find("://").map_or(0, |at| at + "://".len());
    let host = url[rest..].find(['@', '/']).filter(|at| url.as_bytes()[rest + *at] == b'@');
    let mark = if url[rest + host.unwrap_or(0)..].contains('?') { "&" } else { "?" };
    format!("{url}{mark}{}", pairs.join("&"))
}

/// `strata migrate on web-1`: the program, what for, and where.
fn application_name(purpose: &str) -> String {
    let program = std::env::current_exe().ok();
    let program = program.as_deref().and_then(|path| path.file_stem()?.to_str());
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = host.or_else(|| std::env::var("HOSTNAME").ok());
    let mut name = program.unwrap_or("diesel-strata").to_owned();
    for (word, text) in [("", purpose), ("on ", host.as_deref().unwrap_or_default().trim())] {
        if !text.is_empty() {
            name = format!("{name} {word}{text}");
        }
    }
    name.chars().filter(|c| c.is_ascii_alphanumeric() || " -_.".contains(*c)).collect()
}

fn encode(text: &str) -> String {
    text.replace(' ', "%20")
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
        match url.split_once("://").filter(|(before, _)| !before.contains('=')) {
            Some((_, rest)) => Self::of_uri(rest),
            None => Self::of_settings(url),
        }
    }

    /// As libpq reads them: `name = value`, the value perhaps in quotes, with backslashes.
    fn of_settings(text: &str) -> Self {
        let mut parts = Self::default();
        let mut rest = text.trim_start();
        while let Some((name, after)) = rest.split_once('=') {
            let (value, after) = setting_value(after.trim_start());
            parts.set(name.trim(), value);
            rest = after.trim_start();
        }
        parts
    }

    fn set(&mut self, name: &str, value: String) {
        match name {
            "host" | "hostaddr" => self.host = Some(value),
            "port" => self.port = Some(value),
            "dbname" => self.database = Some(value),
            "password" => self.password = Some(value),
            _ => {}
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
            self.set(key, decode(value));
        }
        self
    }
}

/// The value at the start of `text`, and what follows it.
fn setting_value(text: &str) -> (String, &str) {
    let quoted = text.strip_prefix('\'');
    let mut value = String::new();
    let mut chars = quoted.unwrap_or(text).char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => value.extend(chars.next().map(|(_, c)| c)),
            '\'' if quoted.is_some() => return (value, &quoted.unwrap_or_default()[at + 1..]),
            _ if quoted.is_none() && c.is_whitespace() => return (value, &text[at..]),
            _ => value.push(c),
        }
    }
    (value, "")
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
    let message = &clean(&without_misread(message));
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

/// `message` without what libpq quotes of an address that it cannot read: any part of it may be a
/// part of a password.
fn without_misread(message: &str) -> String {
    let read = ["connection to server", "could not translate", "FATAL", "could not connect"];
    if read.iter().any(|words| message.contains(words)) {
        return message.to_owned();
    }
    let parts = message.split('"').enumerate();
    let kept = parts.map(|(index, part)| if index % 2 == 0 { part } else { "***" });
    kept.collect::<Vec<_>>().join("\"")
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
            ("dbname='a b' host = h", "database a b at h, port 5432"),
            (r"dbname=a\ b host=h", "database a b at h, port 5432"),
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
    fn what_is_no_address_is_not_repeated() {
        for url in [
            "u:topsecret@host/db",
            "postgres:/u:topsecret@host/db",
            "postgres:/u:topsecret@host/db?x=y",
            "mysql://u:topsecret@host/db",
            "mysql://u:topsecret@host/db?ssl=on",
            "postgres=topsecret://",
            "topsecret",
        ] {
            let error = connect(url).map(drop).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{url}: {error}");
        }
    }

    #[test]
    fn an_address_is_completed_and_what_it_says_stays() {
        for (url, part) in [
            ("postgres://h/app", "postgres://h/app?connect_timeout=10&keepalives_idle=30"),
            ("postgres://h/app?sslmode=off", "app?sslmode=off&connect_timeout=10"),
            ("postgres://u:a?b@h/app", "u:a?b@h/app?connect_timeout=10"),
            ("postgres://h?connect_timeout=3", "h?connect_timeout=3&keepalives_idle"),
            ("host=h", "host=h connect_timeout='10'"),
        ] {
            let completed = completed(url, "migrate");
            assert!(completed.contains(part), "{completed}");
            assert!(completed.contains("migrate"), "{completed}");
        }
        assert!(!completed("postgres://h?application_name=x", "").contains("fallback"));
        assert!(!completed("service=x", "").contains("connect_timeout"));
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
            "host=localhost port=1 password = 'topsecret'",
            "host=localhost port=1 password=top\\ secret",
            "host=localhost port=1 password='top secret",
            "host=localhost port=1 password=top secretword",
        ] {
            let error = connect(url).map(drop).unwrap_err().to_string();
            assert!(error.contains("localhost"), "{url}: {error}");
            assert!(!error.contains("secret") && !error.contains("top"), "{url}: {error}");
        }
    }
}
