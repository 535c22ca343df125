//! SQL text to statements, by PostgreSQL's lexical rules.
//!
//! The rules are those of the manual's chapter "Lexical Structure", of psql (which does not end a
//! statement within parentheses) and of SQL-standard function bodies (`BEGIN ATOMIC … END`).

/// Why a text cannot be split: what stands there is not SQL. Each ends with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SplitError {
    /// A quote or comment without an end.
    #[error("this {what} does not end; close it")]
    Unterminated {
        /// What it is.
        what: &'static str,
    },
    /// A command of psql.
    #[error(
        "`{command}` is a command of psql and not SQL; write what it does as SQL, or leave it out"
    )]
    PsqlCommand {
        /// The command.
        command: String,
    },
}

/// One statement of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The statement, from its first token to its last, without the semicolon.
    pub text: &'a str,
    /// Where it starts in the script, in bytes.
    pub offset: usize,
}

impl<'a> Statement<'a> {
    /// The words and symbols of the statement, in order, without comments: `CREATE`, `"My table"`,
    /// `(`, `'text'`.
    pub fn tokens(&self) -> impl Iterator<Item = &'a str> {
        let text = self.text;
        Lexer::new(text)
            .map_while(Result::ok)
            .filter(|token| token.kind != TokenKind::Comment)
            .map(|token| &text[token.start..token.end])
    }

    /// The first `count` tokens in upper case, joined by one space, for comparison with keywords.
    pub fn opening(&self, count: usize) -> String {
        let tokens: Vec<_> = self.tokens().take(count).map(str::to_ascii_uppercase).collect();
        tokens.join(" ")
    }
}

/// The statements of `text` in order; none are empty.
///
/// # Errors
///
/// The first place, in bytes, at which `text` cannot be SQL: a quote or a comment that does not
/// end, or a backslash command of psql.
pub fn split_statements(text: &str) -> Result<Vec<Statement<'_>>, (usize, SplitError)> {
    let mut statements = Vec::new();
    let mut open = Open::default();
    for token in Lexer::new(text) {
        let token = token?;
        match token.kind {
            TokenKind::Comment => continue,
            TokenKind::Symbol(b'\\') => return Err((token.start, psql_command(text, token))),
            TokenKind::Symbol(b';') if open.may_end() => {
                statements.extend(open.close(text));
                continue;
            }
            _ => open.push(text, token),
        }
    }
    statements.extend(open.close(text));
    Ok(statements)
}

fn psql_command(text: &str, token: Token) -> SplitError {
    let rest = &text[token.start..];
    let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
    SplitError::PsqlCommand { command: rest[..end].to_owned() }
}

/// The comments of `text`, each with where it starts.
pub fn comments(text: &str) -> impl Iterator<Item = (usize, &str)> {
    Lexer::new(text)
        .map_while(Result::ok)
        .filter(|token| token.kind == TokenKind::Comment)
        .map(|token| (token.start, &text[token.start..token.end]))
}

/// A statement that is being read.
#[derive(Default)]
struct Open {
    span: Option<(usize, usize)>,
    parentheses: usize,
    /// How many of its words have been seen that could open `CREATE OR REPLACE FUNCTION`.
    opening: Opening,
    /// `BEGIN ATOMIC` and `CASE` without their `END`.
    blocks: usize,
    previous: Previous,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Opening {
    #[default]
    Start,
    Create,
    CreateOr,
    Routine,
    Other,
}

/// What of the token before decides whether a word is a keyword.
#[derive(Default, Clone, Copy, PartialEq)]
enum Previous {
    #[default]
    Other,
    Begin,
    /// `AS` or a dot: a name follows.
    Naming,
}

impl Open {
    fn may_end(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn close<'a>(&mut self, text: &'a str) -> Option<Statement<'a>> {
        let (start, end) = std::mem::take(self).span?;
        Some(Statement { text: &text[start..end], offset: start })
    }

    fn push(&mut self, text: &str, token: Token) {
        let start = self.span.map_or(token.start, |(start, _)| start);
        self.span = Some((start, token.end));
        match token.kind {
            TokenKind::Symbol(b'(') => self.parentheses += 1,
            TokenKind::Symbol(b')') => self.parentheses = self.parentheses.saturating_sub(1),
            TokenKind::Word => return self.push_word(&text[token.start..token.end]),
            _ => {}
        }
        self.opening = Opening::Other.unless_routine(self.opening);
        self.previous = match token.kind {
            TokenKind::Symbol(b'.') => Previous::Naming,
            _ => Previous::Other,
        };
    }

    fn push_word(&mut self, word: &str) {
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        self.opening = match self.opening {
            Opening::Start if is("create") => Opening::Create,
            Opening::Create if is("or") => Opening::CreateOr,
            Opening::CreateOr if is("replace") => Opening::Create,
            Opening::Create if is("function") || is("procedure") => Opening::Routine,
            before => Opening::Other.unless_routine(before),
        };
        if self.opening == Opening::Routine && self.parentheses == 0 {
            self.blocks = match self.previous {
                Previous::Begin if self.blocks == 0 && is("atomic") => 1,
                Previous::Naming => self.blocks,
                _ if self.blocks > 0 && is("case") => self.blocks + 1,
                _ if self.blocks > 0 && is("end") => self.blocks - 1,
                _ => self.blocks,
            };
        }
        self.previous = match () {
            () if is("begin") => Previous::Begin,
            () if is("as") => Previous::Naming,
            () => Previous::Other,
        };
    }
}

impl Opening {
    fn unless_routine(self, before: Self) -> Self {
        if before == Self::Routine { before } else { self }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum TokenKind {
    /// A keyword or an unquoted identifier.
    Word,
    /// A quoted identifier, a string of any kind, a number.
    Literal,
    Comment,
    Symbol(u8),
}

#[derive(Debug, Clone, Copy)]
struct Token {
    kind: TokenKind,
    start: usize,
    end: usize,
}

/// Reads tokens. All that matters to it is ASCII, and bytes of longer characters are letters to
/// PostgreSQL, so that it works on bytes.
struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Iterator for Lexer<'_> {
    type Item = Result<Token, (usize, SplitError)>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.peek(0).is_some_and(is_space) {
            self.at += 1;
        }
        let start = self.at;
        let first = self.peek(0)?;
        let token = match self.token(first) {
            Ok(kind) => Ok(Token { kind, start, end: self.at }),
            Err(what) => {
                self.at = self.bytes.len();
                Err((start, SplitError::Unterminated { what }))
            }
        };
        Some(token)
    }
}

impl<'a> Lexer<'a> {
    fn new(text: &'a str) -> Self {
        Self { bytes: text.as_bytes(), at: 0 }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Moves behind the token that begins with `first`; the error says what does not end.
    fn token(&mut self, first: u8) -> Result<TokenKind, &'static str> {
        match (first, self.peek(1)) {
            (b'-', Some(b'-')) => Ok(self.line_comment()),
            (b'/', Some(b'*')) => self.block_comment(),
            (b'\'', _) => self.string(),
            (b'e' | b'E', Some(b'\'')) => {
                self.at += 1;
                self.escape_string()
            }
            (b'"', _) => self.quoted(b'"').ok_or("quoted identifier"),
            (b'$', _) => self.dollar(),
            (b'0'..=b'9', _) => {
                Ok(self.skip_while(|byte| byte.is_ascii_digit(), TokenKind::Literal))
            }
            _ if is_word_start(first) => Ok(self.skip_while(is_word, TokenKind::Word)),
            _ => {
                self.at += 1;
                Ok(TokenKind::Symbol(first))
            }
        }
    }

    fn skip_while(&mut self, keep: impl Fn(u8) -> bool, kind: TokenKind) -> TokenKind {
        while self.peek(0).is_some_and(&keep) {
            self.at += 1;
        }
        kind
    }

    fn line_comment(&mut self) -> TokenKind {
        self.skip_while(|byte| byte != b'\n' && byte != b'\r', TokenKind::Comment)
    }

    fn block_comment(&mut self) -> Result<TokenKind, &'static str> {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some(b'/'), Some(b'*')) => depth += 1,
                (Some(b'*'), Some(b'/')) => depth -= 1,
                (Some(_), _) => {
                    self.at += 1;
                    continue;
                }
                (None, _) => return Err("comment"),
            }
            self.at += 2;
            if depth == 0 {
                return Ok(TokenKind::Comment);
            }
        }
    }

    /// A `quote` up to the next one that is not doubled.
    fn quoted(&mut self, quote: u8) -> Option<TokenKind> {
        self.at += 1;
        loop {
            if self.peek(0)? != quote {
                self.at += 1;
            } else if self.peek(1) == Some(quote) {
                self.at += 2;
            } else {
                self.at += 1;
                return Some(TokenKind::Literal);
            }
        }
    }

    fn string(&mut self) -> Result<TokenKind, &'static str> {
        self.quoted(b'\'').ok_or("string")
    }

    /// An `E'…'` string, at its quote. After a line break it may go on with another quote, by the
    /// same rules.
    fn escape_string(&mut self) -> Result<TokenKind, &'static str> {
        self.at += 1;
        loop {
            match (self.peek(0).ok_or("string")?, self.peek(1)) {
                (b'\\', _) | (b'\'', Some(b'\'')) => self.at += 2,
                (b'\'', _) => {
                    self.at += 1;
                    let Some(quote) = self.continuation() else {
                        return Ok(TokenKind::Literal);
                    };
                    self.at = quote + 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// Where the quote stands that continues a string behind white space with a line break.
    fn continuation(&self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        let space = rest.iter().take_while(|byte| is_space(**byte)).count();
        let breaks = rest[..space].iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        (breaks && rest.get(space) == Some(&b'\'')).then_some(self.at + space)
    }

    /// A dollar-quoted string, or a parameter such as `$1`, or the symbol alone.
    fn dollar(&mut self) -> Result<TokenKind, &'static str> {
        let rest = &self.bytes[self.at..];
        let tag = rest[1..].iter().take_while(|byte| is_word(**byte) && **byte != b'$').count();
        let tag_starts_well = tag == 0 || is_word_start(rest[1]);
        if !tag_starts_well || rest.get(tag + 1) != Some(&b'$') {
            self.at += 1;
            return Ok(TokenKind::Symbol(b'$'));
        }
        let delimiter = &rest[..tag + 2];
        let body = &rest[delimiter.len()..];
        let end = find(body, delimiter).ok_or("dollar-quoted string")?;
        self.at += end + 2 * delimiter.len();
        Ok(TokenKind::Literal)
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

/// White space to PostgreSQL's lexer.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c')
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(text: &str) -> Vec<&str> {
        split_statements(text).unwrap().into_iter().map(|statement| statement.text).collect()
    }

    #[test]
    fn statements_end_at_semicolons_that_are_sql() {
        for (text, statements) in [
            ("", vec![]),
            (" ;; -- nothing\n /* at all */ ; ", vec![]),
            ("SELECT 1", vec!["SELECT 1"]),
            ("a;b ; c\n", vec!["a", "b", "c"]),
            ("a -- ;\n+ b; c", vec!["a -- ;\n+ b", "c"]),
            ("a /* ; /* ; */ ; */ b; c", vec!["a /* ; /* ; */ ; */ b", "c"]),
            ("SELECT ';'; 'it''s ;'", vec!["SELECT ';'", "'it''s ;'"]),
            (r"SELECT '\'; b", vec![r"SELECT '\'", "b"]),
            (r"SELECT E'\';'; b", vec![r"SELECT E'\';'", "b"]),
            (r"SELECT e'\\'; b", vec![r"SELECT e'\\'", "b"]),
            ("SELECT E'a'\n  'b\\';'; c", vec!["SELECT E'a'\n  'b\\';'", "c"]),
            (r"SELECT E'a' 'b\'; c", vec![r"SELECT E'a' 'b\'", "c"]),
            (r"SELECT U&'\0041;', B'1', X'a;'; b", vec![r"SELECT U&'\0041;', B'1', X'a;'", "b"]),
            (r"SELECT someE'\'; b", vec![r"SELECT someE'\'", "b"]),
            ("SELECT \"a;\"\"b\"; c", vec!["SELECT \"a;\"\"b\"", "c"]),
            ("DO $$ a; b $$; c", vec!["DO $$ a; b $$", "c"]),
            ("$a$ ; $b$ ; $$ ; $a$; c", vec!["$a$ ; $b$ ; $$ ; $a$", "c"]),
            ("$é1$;$é1$; c", vec!["$é1$;$é1$", "c"]),
            ("SELECT $1; $2; a$$; b$x$;", vec!["SELECT $1", "$2", "a$$", "b$x$"]),
            ("SELECT 1$$;$$; b", vec!["SELECT 1$$;$$", "b"]),
            (
                "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b); c",
                vec!["CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)", "c"],
            ),
            ("é; 中 -- ü;\n; x", vec!["é", "中", "x"]),
        ] {
            assert_eq!(split(text), statements, "{text}");
        }
    }

    #[test]
    fn bodies_of_standard_sql_are_one_statement() {
        let function = "CREATE or REPLACE /* ; */ function f(begin int) RETURNS int\n\
             BEGIN ATOMIC\n SELECT CASE WHEN x THEN 1 END; SELECT t.end, 1 AS end; RETURN 1; END";
        assert_eq!(split(&format!("{function}; SELECT 2")), [function, "SELECT 2"]);
        let procedure = "create procedure p() begin atomic; insert into t values (1); end";
        assert_eq!(split(&format!("a; {procedure}; b")), ["a", procedure, "b"]);
        assert_eq!(split("CREATE TABLE begin (atomic int); b").len(), 2);
        assert_eq!(split("BEGIN; ATOMIC; END").len(), 3);
        assert_eq!(split("CREATE FUNCTION f() AS 'begin atomic;' LANGUAGE sql; b").len(), 2);
    }

    #[test]
    fn what_cannot_be_sql_is_refused_where_it_begins() {
        for (text, offset, said) in [
            ("SELECT 'a;", 7, "string"),
            (r"SELECT E'a\'", 7, "string"),
            ("SELECT \"a", 7, "quoted identifier"),
            ("a; /* /* */", 3, "comment"),
            ("DO $x$ $y$ $$", 3, "dollar-quoted string"),
            ("a;\n\\connect other\n", 3, r"\connect"),
            ("a \\gset", 2, r"\gset"),
            ("\\.", 0, r"\."),
        ] {
            let (at, problem) = split_statements(text).unwrap_err();
            assert_eq!(at, offset, "{text}");
            assert!(problem.to_string().contains(said), "{text}: {problem}");
        }
    }

    #[test]
    fn comparisons_see_tokens_and_not_comments() {
        let statements =
            split_statements("create /* x */ Index\n-- y\n concurrently i ON t").unwrap();
        assert_eq!(statements[0].opening(3), "CREATE INDEX CONCURRENTLY");
    }

    /// A fragment that is whole in itself, full of what could be taken for an end.
    fn fragment() -> impl Strategy<Value = String> {
        let text = "[a-z;$'\"\\\\/*é中 \n-]{0,12}";
        prop_oneof![
            "[a-z_é][a-z0-9_$]{0,6}",
            "[0-9]{1,4}",
            text.prop_map(|text| format!("'{}'", text.replace('\'', "''"))),
            text.prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
            text.prop_map(|text| format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))),
            text.prop_map(|text| format!("$q$ {text} $q$")),
            text.prop_map(|text| format!("$$ {} $$", text.replace('$', ""))),
            text.prop_map(|text| format!("-- {}\n", text.replace('\n', ""))),
            text.prop_map(|text| format!("/* {} */", text.replace(['/', '*'], ""))),
            Just("(a; b)".to_owned()),
        ]
    }

    proptest! {
        #[test]
        fn fragments_that_were_joined_come_apart_again(
            statements in prop::collection::vec(prop::collection::vec(fragment(), 0..5), 0..8),
        ) {
            let statements: Vec<_> =
                statements.into_iter().map(|parts| format!("w {}", parts.join(" "))).collect();
            let script = statements.join("\n;");
            let split = split(&script);
            prop_assert_eq!(split.len(), statements.len());
            for (part, whole) in split.iter().zip(&statements) {
                prop_assert!(whole.starts_with(part), "{part:?} of {whole:?}");
            }
        }

        #[test]
        fn any_text_is_split_or_refused_and_nothing_is_lost(text in any::<String>()) {
            if let Ok(statements) = split_statements(&text) {
                let mut end = 0;
                for statement in statements {
                    prop_assert!(statement.offset >= end);
                    end = statement.offset + statement.text.len();
                    prop_assert_eq!(&text[statement.offset..end], statement.text);
                }
            }
        }
    }
}
