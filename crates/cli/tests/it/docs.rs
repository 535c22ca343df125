//! The schema as documents: what is written, what a check finds, and what a browser shows.

use std::fs;
use std::path::PathBuf;

use assert_cmd::Command;
use diesel_strata::testing::TestDatabase;
use strata_test_support::in_browser;
use tempfile::TempDir;

use crate::support::strata;

/// Names and words that would do harm, were they taken for markup.
const HOSTILE: &str = r#"
CREATE TABLE "</text><script>document.title='hit'</script>" (
    "<img src=x onerror=hit()>" integer PRIMARY KEY DEFAULT length('</style><script>hit()</script>'),
    "a`|b" text, "é中😀" text, "\" text, "line
break" text, "$&'" text, __proto__ text
);
COMMENT ON TABLE "</text><script>document.title='hit'</script>" IS
    '--> ]]> </section> <script>hit()</script> [a](javascript:hit()) ![x](y) | `c`';
COMMENT ON COLUMN "</text><script>document.title='hit'</script>"."é中😀" IS E'two\nlines & <b>more</b>';
CREATE TABLE "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW" (
    "ref" integer REFERENCES "</text><script>document.title='hit'</script>",
    "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW" integer
);
CREATE TABLE "Users" (id integer); CREATE TABLE users (id integer);
CREATE SCHEMA app; CREATE TABLE app.users (id integer); CREATE TABLE "app.users" (id integer);
"#;

struct Project {
    folder: TempDir,
    database: TestDatabase,
}

impl Project {
    fn of(files: &[(&str, &str)]) -> Self {
        let project =
            Self { folder: tempfile::tempdir().unwrap(), database: TestDatabase::empty() };
        fs::create_dir(project.path("migrations")).unwrap();
        files.iter().for_each(|(name, text)| project.add(name, text));
        project
    }

    /// Users with a history, and what refers to them.
    fn usual() -> Self {
        Self::of(&[
            (
                "001_Users.sql",
                "-- Who may sign in.\n--\n-- Date: 2025-09-30\n-- Purpose: people need accounts.\n\
                 CREATE TABLE users (id integer PRIMARY KEY, name text NOT NULL, old text);\n\
                 COMMENT ON TABLE users IS 'People.';",
            ),
            (
                "002_Posts.sql",
                "-- What they write.\nCREATE TABLE posts (id integer PRIMARY KEY, author integer \
                 CONSTRAINT written_by REFERENCES users);\nALTER TABLE users DROP old;",
            ),
            (
                "010_Größe.sql",
                "ALTER TABLE posts ADD size numeric(5,2) DEFAULT 1.5;\n\
                 CREATE INDEX by_size ON posts (size);\nGRANT SELECT ON posts TO PUBLIC;\n\
                 ALTER TABLE users ALTER name TYPE varchar(40);",
            ),
        ])
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn add(&self, name: &str, text: &str) {
        fs::write(self.path("migrations").join(name), text).unwrap();
    }

    fn docs(&self, arguments: &[&str]) -> Command {
        let mut command = strata();
        command.current_dir(self.folder.path()).args(["docs", "--on", &self.database.url()]);
        command.args(arguments);
        command
    }

    fn written(&self, path: &str) -> String {
        fs::read_to_string(self.path("docs/schema").join(path)).unwrap()
    }
}

/// The text of the page between two of its marks.
#[track_caller]
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let start = text.find(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    let rest = &text[start..];
    &rest[..rest.find(to).unwrap_or(rest.len())]
}

#[test]
fn every_column_and_index_says_which_migration_added_it() {
    let project = Project::usual();
    project
        .docs(&[])
        .assert()
        .success()
        .stdout("docs/schema/index.html written: 2 tables, 3 migrations\n");
    let page = project.written("index.html");
    let posts = between(&page, "<section class=\"page\" id=\"table-posts\">", "</section>");
    for (thing, number) in [
        ("table-posts--author", "002"),
        ("table-posts--size", "010"),
        ("table-posts--index-by_size", "010"),
    ] {
        let row = between(posts, &format!("id=\"{thing}\""), "</tr>");
        assert!(row.contains(&format!(">{number}</a>")), "{row}");
    }
    let users = project.written("tables/users.md");
    for line in [
        "A table, created by `001_Users` on 2025-09-30.",
        "| `name` | `character varying(40)` |  |  | 001_Users |  |",
        "`001_Users` (2025-09-30): people need accounts.",
        "- removes column `old`",
        "- changes column `name` from text not null to character varying(40) not null",
    ] {
        assert!(users.contains(line), "no {line} in {users}");
    }
    let index = project.written("README.md");
    assert!(index.contains("t1 |o--o{ t0 : \"author\""), "{index}");
    assert!(index.contains("- adds column `posts.size`"), "{index}");
    assert!(!page.contains("TO PUBLIC"), "privileges are shown only where they are asked for");
}

#[test]
fn every_kind_of_thing_is_shown_with_what_it_is_made_of() {
    let project = Project::of(&[(
        "001_All.sql",
        r#"CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
        CREATE DOMAIN "E Mail" AS text NOT NULL CHECK (VALUE ~ '@');
        CREATE TYPE pair AS (a integer, b text);
        CREATE FUNCTION twice(n integer) RETURNS integer LANGUAGE sql AS 'SELECT n * 2';
        CREATE SCHEMA "My App";
        CREATE TABLE "My App"."a.b" ("x, y" integer, "ü" integer, mood mood, mail "E Mail",
            up integer, double integer GENERATED ALWAYS AS (up * 2) STORED,
            id bigint GENERATED BY DEFAULT AS IDENTITY,
            CONSTRAINT pk PRIMARY KEY ("x, y", "ü"),
            CONSTRAINT own FOREIGN KEY (up, id) REFERENCES "My App"."a.b" ("x, y", "ü"));
        CREATE RULE "no delete" AS ON DELETE TO "My App"."a.b" DO INSTEAD NOTHING;
        ALTER TABLE "My App"."a.b" ENABLE ROW LEVEL SECURITY;
        CREATE POLICY mine ON "My App"."a.b" FOR SELECT USING (up > 1);
        CREATE TABLE parts (at date) PARTITION BY RANGE (at);
        CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
        CREATE VIEW seen AS SELECT "ü" FROM "My App"."a.b";"#,
    )]);
    project.docs(&["--title", "All <of> it"]).assert().success();
    let page = project.written("index.html");
    let table = project.written("tables/=4dy=20=41pp.=22a.b=22.md");
    for line in [
        "| `x, y` (key) | `integer` |  |  | 001_All |  |",
        "| `mood` | `mood` | null |  | 001_All |  |",
        "| `double` | `integer` | null | `generated always as ((up * 2))` | 001_All |  |",
        "| `id` | `bigint` |  | `generated by default as identity` | 001_All |  |",
        "t0 |o--o{ t0 : \"up, id\"",
        "row security",
        "| `no delete` | `CREATE RULE \"no delete\" AS ON DELETE TO \"My App\".\"a.b\" DO INSTEAD NOTHING` | 001_All |  |",
        "| `mine` | `FOR SELECT TO PUBLIC USING (up > 1)` | 001_All |  |",
    ] {
        assert!(table.contains(line), "no {line} in {table}");
    }
    let parts = project.written("tables/parts_1.md");
    assert!(parts.contains("partition of parts FOR VALUES FROM ('2020-01-01')"), "{parts}");
    let objects = between(&page, "id=\"objects\"", "</section>");
    for text in
        ["'sad', 'it''s ok'", "a integer, b text", "twice(integer)", "text NOT NULL", ">My App<"]
    {
        let text = text.replace('>', "&gt;").replace("&gt;My App<", ">&quot;My App&quot;<");
        assert!(objects.contains(&text), "no {text} in {objects}");
    }
    assert!(page.contains("<title>All &lt;of&gt; it</title>"));
    assert!(project.written("tables/seen.md").contains("\"ü\"\n   FROM"), "the query of a view");
}

#[test]
fn privileges_are_shown_where_they_are_asked_for() {
    let project = Project::usual();
    project.docs(&["--privileges"]).assert().success();
    assert!(project.written("index.html").contains("SELECT TO PUBLIC"));
    assert!(project.written("tables/posts.md").contains("## Privileges\n\n- SELECT TO PUBLIC"));
}

#[test]
fn the_same_migrations_give_the_same_bytes() {
    let project = Project::usual();
    project.docs(&[]).assert().success();
    let page = project.written("index.html");
    project.docs(&["elsewhere"]).assert().success();
    assert_eq!(page, fs::read_to_string(project.path("elsewhere/index.html")).unwrap());
    let again = "docs/schema/index.html is up to date: 2 tables, 3 migrations\n";
    project.docs(&[]).assert().success().stdout(again);
}

#[test]
fn a_check_finds_what_is_not_as_it_would_be_written() {
    let project = Project::usual();
    project.docs(&["--check"]).assert().code(3);
    assert!(!project.path("docs").exists(), "a check writes nothing");
    project.docs(&[]).assert().success();
    project.docs(&["--check"]).assert().success();
    fs::write(project.path("docs/schema/README.md"), "by hand").unwrap();
    fs::write(project.path("docs/schema/tables/notes.md"), "by hand").unwrap();
    fs::remove_file(project.path("docs/schema/tables/users.md")).unwrap();
    let found = project.docs(&["--check"]).assert().code(3);
    let found = String::from_utf8(found.get_output().stdout.clone()).unwrap();
    assert_eq!(
        found,
        "  changed    README.md\n  missing    tables/users.md\n\
         docs/schema is not what the migrations build; run docs and commit it\n"
    );
    project.docs(&[]).assert().success();
    project.docs(&["--check", "--quiet"]).assert().success().stdout("");
}

#[test]
fn a_table_that_is_dropped_takes_its_file_with_it() {
    let project = Project::usual();
    project.docs(&[]).assert().success();
    fs::write(project.path("docs/schema/tables/notes.md"), "by hand").unwrap();
    project.add("011_NoPosts.sql", "DROP TABLE posts;");
    let found = project.docs(&["--check", "--format", "json"]).assert().code(3);
    let found = String::from_utf8(found.get_output().stdout.clone()).unwrap();
    assert!(found.contains(r#"{"path":"tables/posts.md","state":"left over"}"#), "{found}");
    project.docs(&[]).assert().success();
    assert!(!project.path("docs/schema/tables/posts.md").exists());
    assert!(project.path("docs/schema/tables/notes.md").exists(), "what is not ours stays");
}

#[test]
fn what_is_kept_is_given_again_and_what_is_broken_is_not() {
    let project = Project::usual();
    fs::write(project.path("Cargo.lock"), "").unwrap();
    fs::create_dir(project.path("target")).unwrap();
    project.docs(&[]).assert().success();
    let kept: Vec<_> = fs::read_dir(project.path("target/strata-docs")).unwrap().collect();
    assert_eq!(kept.len(), 1);
    let kept = kept.into_iter().next().unwrap().unwrap().path();
    let page = project.written("index.html");
    // What is kept is what is given: a mark in it comes back.
    let marked = fs::read_to_string(&kept).unwrap().replace("people need accounts", "kept");
    fs::write(&kept, marked).unwrap();
    project.docs(&[]).assert().success();
    assert!(project.written("index.html").contains("kept"));
    fs::write(&kept, "{").unwrap();
    project.docs(&[]).assert().success();
    assert_eq!(project.written("index.html"), page);
    project.add("011_More.sql", "CREATE TABLE more ();");
    project.docs(&[]).assert().success();
    assert!(project.path("docs/schema/tables/more.md").exists());
}

#[test]
fn a_rust_migration_of_another_program_is_named_and_passed_over() {
    let project = Project::usual();
    project.add("011_InRust.rs", "//! Rows of another shape.\n");
    project.add("012_After.sql", "CREATE TABLE after ();");
    let done = project.docs(&[]).assert().success();
    let notes = String::from_utf8(done.get_output().stderr.clone()).unwrap();
    assert!(notes.contains("what 011_InRust does is not shown"), "{notes}");
    let page = project.written("index.html");
    assert!(page.contains("it is in Rust, and not linked"));
    assert!(page.contains("id=\"table-after\""));
}

#[test]
fn a_migration_that_fails_is_shown_where_it_does() {
    let project = Project::of(&[("001_Bad.sql", "CREATE TABLE t (é integr);")]);
    let failed = project.docs(&[]).assert().code(1);
    let error = String::from_utf8(failed.get_output().stderr.clone()).unwrap();
    assert!(error.contains("001_Bad.sql:1:19"), "{error}");
    assert!(!project.path("docs").exists());
}

#[test]
fn an_empty_folder_has_documents_too() {
    let project = Project::of(&[]);
    project.docs(&[]).assert().success();
    assert!(project.written("index.html").contains("There are no tables yet."));
}

#[test]
fn nothing_that_a_database_says_is_markup() {
    let project = Project::of(&[("001_Hostile.sql", HOSTILE)]);
    project.docs(&[]).assert().success();
    let files: Vec<_> = fs::read_dir(project.path("docs/schema/tables")).unwrap().collect();
    assert_eq!(files.len(), 6, "Users, users, app.users and \"app.users\" are files of their own");
    let page = project.written("index.html");
    assert_eq!(page.matches("<script").count(), 1, "the page's own");
    for harm in ["<img", "<b>", "javascript:hit()\"", "</style><script>", "onerror=hit()>\""] {
        assert!(!page.contains(harm), "{harm}");
    }
    for entry in files {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let text = text.split('`').step_by(2).collect::<String>();
        assert!(!text.contains("<script") && !text.contains("](javascript"), "{text}");
    }
}

#[test]
fn a_browser_searches_and_follows_a_click() {
    let project = Project::usual();
    project.docs(&[]).assert().success();
    let script = r"
        const shown = () => [...document.querySelectorAll('.page')]
            .filter((page) => page.getClientRects().length > 0).map((page) => page.id);
        const steps = [shown()];
        const input = document.getElementById('search');
        dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
        steps.push(document.activeElement === input);
        input.value = 'size';
        input.dispatchEvent(new Event('input'));
        steps.push([...document.querySelectorAll('#found a')].map((link) => link.textContent));
        document.querySelector('#found a').click();
        await wait();
        steps.push(location.hash, shown(), document.title);
        document.querySelector('#table-posts .picture a[href=\'#table-users\']')
            .dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
        await wait();
        steps.push(location.hash, shown());
        input.value = 'nothing of the kind';
        input.dispatchEvent(new Event('input'));
        steps.push(document.getElementById('count').textContent);
        return steps;";
    let page = project.path("docs/schema/index.html");
    let Some(result) = in_browser(&page, 1280, script) else { return };
    let expected = r##"[["overview"],true,["posts.size column","posts.by_size index"],"#table-posts--size",["table-posts"],"posts – Schema","#table-users",["table-users"],"nothing found"]"##;
    assert_eq!(result, expected);
}

#[test]
fn a_browser_cuts_no_text_and_runs_nothing_of_the_database() {
    let project = Project::of(&[("001_Hostile.sql", HOSTILE)]);
    project.docs(&[]).assert().success();
    let script = r"
        document.head.insertAdjacentHTML('beforeend', '<style>.page { display: block !important }</style>');
        let texts = 0;
        const cut = [];
        for (const box of document.querySelectorAll('.picture .box')) {
            const frame = box.querySelector('.frame').getBoundingClientRect();
            const own = [...box.querySelectorAll('text')].map((text) => [text, text.getBoundingClientRect()]);
            for (const [text, rect] of own) {
                texts += 1;
                const meets = own.some(([other, next]) => other !== text && rect.left < next.right - 0.5
                    && next.left < rect.right - 0.5 && Math.abs(rect.top - next.top) < 5);
                if (rect.left < frame.left || rect.right > frame.right || meets) cut.push(text.textContent);
            }
        }
        const wide = document.documentElement.scrollWidth > innerWidth;
        return [texts > 20, cut, document.scripts.length, document.images.length, document.title, wide];";
    let page = project.path("docs/schema/index.html");
    let Some(result) = in_browser(&page, 1280, script) else { return };
    assert_eq!(result, r#"[true,[],2,0,"Schema",false]"#);
}
