//! The words of a statement, and the parts of an `ALTER TABLE`. Both serve to name what was
//! measured and to write the safe way; neither decides whether there is anything to say.

use strata_sql::Statement;

/// A statement in words.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    statement: Statement<'a>,
    /// As they are written.
    pub(crate) tokens: Vec<&'a str>,
    /// In upper case; names in quotes as they are.
    upper: Vec<String>,
}

impl<'a> Words<'a> {
    pub(crate) fn of(statement: Statement<'a>) -> Self {
        let tokens: Vec<_> = statement.tokens().collect();
        let upper = tokens.iter().map(|token| match token.starts_with(['"', '\'']) {
            true => (*token).to_owned(),
            false => token.to_ascii_uppercase(),
        });
        Self { statement, upper: upper.collect(), tokens }
    }

    /// Whether it begins so: `CREATE INDEX`.
    pub(crate) fn open_with(&self, opening: &str) -> bool {
        let mut words = self.upper.iter();
        opening.split(' ').all(|word| words.next().is_some_and(|found| found == word))
    }

    /// Whether these words follow one another in it.
    pub(crate) fn have(&self, words: &str) -> bool {
        self.position(words).is_some()
    }

    /// Where these words first follow one another.
    pub(crate) fn position(&self, words: &str) -> Option<usize> {
        let wanted: Vec<_> = words.split(' ').collect();
        self.upper.windows(wanted.len()).position(|window| window == wanted)
    }

    /// The source text from the token number `from` up to the token number `to`.
    pub(crate) fn text(&self, from: usize, to: usize) -> &'a str {
        let start = self.offset(from);
        let end = match to {
            0 => start,
            to => self.offset(to - 1) + self.tokens.get(to - 1).map_or(0, |token| token.len()),
        };
        self.statement.text.get(start..end.max(start)).unwrap_or_default()
    }

    /// The name, perhaps qualified, that begins at token `at`, and the number of the token behind.
    pub(crate) fn name(&self, at: usize) -> (&'a str, usize) {
        let mut end = at + 1;
        while self.upper.get(end).is_some_and(|token| token == ".") {
            end += 2;
        }
        (self.text(at, end), end)
    }

    /// The number of the first token from `at` on that is none of these optional words.
    pub(crate) fn behind(&self, mut at: usize, optional: &[&str]) -> usize {
        while self.upper.get(at).is_some_and(|token| optional.contains(&token.as_str())) {
            at += 1;
        }
        at
    }

    /// Whether the token number `at` is this word.
    pub(crate) fn is(&self, at: usize, word: &str) -> bool {
        self.upper.get(at).is_some_and(|token| token == word)
    }

    /// The statement with `words` put before the token number `at`.
    pub(crate) fn with(&self, at: usize, words: &str) -> String {
        let text = self.statement.text;
        match at < self.tokens.len() {
            true => {
                let (before, behind) = text.split_at(self.offset(at));
                format!("{before}{words} {behind};")
            }
            false => format!("{text} {words};"),
        }
    }

    /// Where a token stands in the statement, in bytes.
    fn offset(&self, index: usize) -> usize {
        let text = self.statement.text;
        let start = |token: &str| token.as_ptr() as usize - text.as_ptr() as usize;
        self.tokens.get(index).map_or(text.len(), |token| start(token))
    }
}

/// An `ALTER TABLE`: its table and its actions, each as its first and last token's numbers.
#[derive(Debug)]
pub(crate) struct Alter<'w, 'a> {
    words: &'w Words<'a>,
    /// As it is written.
    pub(crate) table: &'a str,
    actions: Vec<(usize, usize)>,
}

/// One action of an `ALTER TABLE`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Action<'w, 'a> {
    words: &'w Words<'a>,
    from: usize,
    to: usize,
}

impl<'w, 'a> Alter<'w, 'a> {
    /// The parts of `words`, if they are an `ALTER TABLE`.
    pub(crate) fn of(words: &'w Words<'a>) -> Option<Self> {
        if !words.open_with("ALTER TABLE") {
            return None;
        }
        let at = words.behind(2, &["IF", "EXISTS", "ONLY"]);
        let (table, end) = words.name(at);
        let first = words.behind(end, &["*"]);
        let mut depth = 0_usize;
        let mut actions = Vec::new();
        let mut from = first;
        for index in first..words.tokens.len() {
            match words.tokens[index] {
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                "," if depth == 0 => {
                    actions.push((from, index));
                    from = index + 1;
                }
                _ => {}
            }
        }
        actions.push((from, words.tokens.len()));
        Some(Self { words, table, actions })
    }

    /// Its actions.
    pub(crate) fn actions(&self) -> impl Iterator<Item = Action<'w, 'a>> {
        let words = self.words;
        self.actions.iter().map(move |(from, to)| Action { words, from: *from, to: *to })
    }

    /// Its only action.
    pub(crate) fn only(&self) -> Option<Action<'w, 'a>> {
        match self.actions.as_slice() {
            [_] => self.actions().next(),
            _ => None,
        }
    }
}

impl<'a> Action<'_, 'a> {
    /// As it is written.
    pub(crate) fn text(&self) -> &'a str {
        self.words.text(self.from, self.to)
    }

    /// Whether these words follow one another in it.
    pub(crate) fn has(&self, words: &str) -> bool {
        let wanted: Vec<_> = words.split(' ').collect();
        let upper = &self.words.upper[self.from..self.to];
        upper.windows(wanted.len()).any(|window| window == wanted)
    }

    /// Whether it begins so.
    pub(crate) fn opens_with(&self, opening: &str) -> bool {
        let upper = &self.words.upper[self.from..self.to];
        opening
            .split(' ')
            .enumerate()
            .all(|(index, word)| upper.get(index).is_some_and(|u| u == word))
    }

    /// The column of `ALTER [COLUMN] name …`.
    pub(crate) fn altered_column(&self) -> Option<&'a str> {
        if !self.opens_with("ALTER") {
            return None;
        }
        let at = self.words.behind(self.from + 1, &["COLUMN"]);
        self.words.tokens.get(at).copied()
    }

    /// The constraint of `ADD CONSTRAINT name …`, and what it is.
    pub(crate) fn added_constraint(&self) -> Option<(&'a str, &'a str)> {
        if !self.opens_with("ADD CONSTRAINT") {
            return None;
        }
        let name = self.words.tokens.get(self.from + 2).copied()?;
        Some((name, self.words.text(self.from + 3, self.to)))
    }
}

#[cfg(test)]
mod tests {
    use strata_sql::split_statements;

    use super::*;

    fn words(text: &str) -> Words<'_> {
        Words::of(split_statements(text).unwrap()[0])
    }

    #[test]
    fn an_alter_table_has_a_table_and_actions() {
        let words =
            words("alter table if exists only a.\"T é\" add b int default (1, 2), /* x */ drop c;");
        let alter = Alter::of(&words).unwrap();
        assert_eq!(alter.table, "a.\"T é\"");
        let actions: Vec<_> = alter.actions().map(|action| action.text()).collect();
        assert_eq!(actions, ["add b int default (1, 2)", "drop c"]);
        assert!(alter.only().is_none());
    }

    #[test]
    fn words_can_be_put_into_a_statement() {
        let words = words("CREATE /* é */ UNIQUE INDEX i ON t (a)");
        assert_eq!(
            words.with(3, "CONCURRENTLY"),
            "CREATE /* é */ UNIQUE INDEX CONCURRENTLY i ON t (a);"
        );
        assert_eq!(
            words.with(99, "NOT VALID"),
            "CREATE /* é */ UNIQUE INDEX i ON t (a) NOT VALID;"
        );
    }
}
