//! Words that cannot name a table as they are.

/// Reserved by PostgreSQL, 14 to 18.
const SQL: &str = "\
     all analyse analyze and any array as asc asymmetric authorization binary both case \
     cast check collate collation column concurrently constraint create cross \
     current_catalog current_date current_role current_schema current_time \
     current_timestamp current_user default deferrable desc distinct do else end except \
     false fetch for foreign freeze from full grant group having ilike in initially inner \
     intersect into is isnull join lateral leading left like limit localtime \
     localtimestamp natural not notnull null offset on only or order outer overlaps \
     placing primary references returning right select session_user similar some \
     symmetric system_user table tablesample then to trailing true union unique user \
     using variadic verbose when where window with";

/// Reserved by Rust, where a migration declares the table.
const RUST: &str = "\
     abstract async await become box break const continue crate dyn enum extern final fn \
     gen if impl let loop macro match mod move mut override priv pub ref return self \
     static struct super trait try type typeof unsafe unsized use virtual while yield";

/// `word`, or one close to it that neither SQL nor Rust reserves.
pub(crate) fn unreserved(word: &str) -> String {
    match SQL.split(' ').chain(RUST.split(' ')).any(|reserved| reserved == word) {
        false => word.to_owned(),
        true if word.ends_with('s') => format!("{word}_rows"),
        true => format!("{word}s"),
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::sql_types::Text;
    use diesel_strata::testing::TestDatabase;

    use super::*;

    #[derive(QueryableByName)]
    struct Word {
        #[diesel(sql_type = Text)]
        word: String,
    }

    #[test]
    fn every_word_that_the_server_reserves_is_known() {
        let database = TestDatabase::empty();
        let reserved = "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')";
        let words: Vec<Word> = diesel::sql_query(reserved).load(&mut database.conn()).unwrap();
        assert!(words.len() > 90);
        for Word { word } in words {
            let name = unreserved(&word);
            assert_ne!(name, word);
            assert_eq!(unreserved(&name), name);
        }
    }

    #[test]
    fn a_reserved_word_becomes_the_word_for_many() {
        for (word, name) in [
            ("user", "users"),
            ("order", "orders"),
            ("type", "types"),
            ("as", "as_rows"),
            ("leads", "leads"),
        ] {
            assert_eq!(unreserved(word), name);
        }
    }
}
