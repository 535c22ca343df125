//! The splitter against the server: both must see as many statements.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use diesel_strata::testing::TestDatabase;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use strata_sql::split_statements;
use strata_test_support::execute;

/// A session in PostgreSQL's protocol, since Diesel does not tell how many statements have run.
struct Session(UnixStream);

impl Session {
    /// None where the server has no socket that lets everybody in.
    fn open(url: &str) -> Option<Self> {
        let (name, rest) = url.strip_prefix("postgresql:///")?.split_once("?host=")?;
        let socket = format!("{}/.s.PGSQL.5432", rest.split('&').next()?);
        let mut session = Self(UnixStream::connect(socket).ok()?);
        let mut message = 196_608_u32.to_be_bytes().to_vec();
        message.extend(format!("user\0postgres\0database\0{name}\0\0").as_bytes());
        session.send(&message);
        session.answer();
        Some(session)
    }

    fn send(&mut self, message: &[u8]) {
        let length = u32::try_from(message.len() + 4).unwrap().to_be_bytes();
        self.0.write_all(&[&length, message].concat()).unwrap();
    }

    /// How many statements were completed, and what went wrong.
    fn answer(&mut self) -> (usize, Option<String>) {
        let (mut completed, mut error) = (0, None);
        loop {
            let mut head = [0; 5];
            self.0.read_exact(&mut head).unwrap();
            let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
            let mut body = vec![0; usize::try_from(length).unwrap() - 4];
            self.0.read_exact(&mut body).unwrap();
            match head[0] {
                b'C' => completed += 1,
                b'E' => error = Some(String::from_utf8_lossy(&body).replace('\0', " ")),
                b'Z' => return (completed, error),
                _ => {}
            }
        }
    }

    fn run(&mut self, text: &str) -> (usize, Option<String>) {
        self.0.write_all(b"Q").unwrap();
        self.send(&[text.as_bytes(), b"\0"].concat());
        self.answer()
    }
}

/// Statements that hold what could be taken for an end.
const STATEMENTS: [&str; 24] = [
    "SELECT 'a;b'",
    "SELECT 'it''s; é'",
    r"SELECT E'\';\\'",
    r"SELECT 'a\'",
    "SELECT 'a'\n  ';b'",
    "SELECT $$;'$$",
    "SELECT $é_1$; $$ ; $é$ $é_1$",
    "SELECT a$1 FROM (SELECT 1 AS a$1) t",
    "SELECT 1 /* ; /* ' */ ; */ + 1",
    "SELECT 1 -- ; '\n + 1",
    "SELECT \"a;\"\"\" FROM (SELECT 1 AS \"a;\"\"\") t",
    r#"SELECT U&'\0041;', U&"\0061;" FROM (SELECT 1 AS "a;") t"#,
    "SELECT B'1', X'1F', 1.5e-3, .5, 1::int",
    "SELECT CASE WHEN true THEN 1 END",
    "SELECT @-@ '[(0,0),(1,1)]'::path, 3 - -1, @ -2, 2 <@ '[1,3)'::int4range",
    "SELECT (ARRAY[1, 2])[1:2]",
    "DO $do$ BEGIN NULL; END $do$",
    "CREATE OR REPLACE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT ';')",
    "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
    "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true \
     THEN 1 END; END",
    "CREATE OR REPLACE FUNCTION g(begin int) RETURNS int LANGUAGE sql RETURN begin",
    "SELECT atomic FROM (SELECT 1 AS atomic) AS begin",
    "COMMENT ON TABLE t IS 'begin atomic; end'",
    "SELECT 1 AS \"begin\", 2 AS \"end\"",
];

const BETWEEN: [&str; 8] =
    [";", ";;", " ;\n", "; -- ; é\n", "; /* ; */ ", ";\r\n", ";\t; ", "\u{c};\n\n"];

fn script() -> impl Strategy<Value = String> {
    let statement = prop::sample::select(&STATEMENTS[..]);
    let parts = prop::collection::vec((statement, prop::sample::select(&BETWEEN[..])), 0..7);
    (parts, any::<bool>()).prop_map(|(parts, ends)| {
        let mut text: String = parts.iter().flat_map(|(a, b)| [*a, *b]).collect();
        if !ends {
            text.truncate(text.trim_end_matches([';', '\n', ' ']).len());
        }
        text
    })
}

/// Pieces of the same, in any order: mostly no SQL, and then there is nothing to compare.
fn pieces() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = vec![
        "SELECT ",
        "1",
        "'",
        "''",
        "$$",
        "$a$",
        ";",
        " ",
        "\n",
        "--",
        "/*",
        "*/",
        "\"",
        "E'",
        "\\",
        "U&'",
        "é",
        "(",
        ")",
        "a",
        "$1",
        "::",
        "@",
        "-",
        "/",
        "*",
        "BEGIN ATOMIC ",
        "END",
        "B'1'",
    ];
    prop::collection::vec(prop::sample::select(pieces), 1..14).prop_map(|pieces| pieces.concat())
}

#[test]
fn the_server_sees_as_many_statements() {
    let database = TestDatabase::empty();
    execute(&mut database.conn(), "CREATE TABLE t (a int)");
    let Some(session) = Session::open(&database.url()) else { return };
    let session = std::cell::RefCell::new(session);
    let config = ProptestConfig { cases: 600, failure_persistence: None, ..Default::default() };
    let mut compared = 0;
    TestRunner::new(config.clone())
        .run(&script(), |text| {
            let (seen, error) = session.borrow_mut().run(&text);
            prop_assert_eq!(error, None, "{:?}", text);
            prop_assert_eq!(split_statements(&text).unwrap().len(), seen, "{:?}", text);
            Ok(())
        })
        .unwrap();
    let count = std::cell::Cell::new(0);
    TestRunner::new(ProptestConfig { cases: 4000, ..config })
        .run(&pieces(), |text| {
            let (seen, error) = session.borrow_mut().run(&text);
            // A command of psql's is refused although a string may hold it.
            if let (None, Ok(statements)) = (error, split_statements(&text)) {
                count.set(count.get() + 1);
                prop_assert_eq!(statements.len(), seen, "{:?}", text);
            }
            Ok(())
        })
        .unwrap();
    compared += count.get();
    assert!(compared > 50, "{compared} texts of pieces were SQL");
}
