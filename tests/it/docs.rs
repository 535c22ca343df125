//! outreach's schema as documents.

use std::fs;
use std::process::Command;

use diesel_strata::testing::TestDatabase;
use strata_test_support::in_browser;

/// All pages at once: how many texts their pictures have, which reach out of their boxes or into
/// one another, how many lines run through a box, and whether the page is wider than its window.
const LOOK: &str = r"
    document.head.insertAdjacentHTML('beforeend', '<style>.page { display: block !important }</style>');
    let texts = 0;
    const faults = [];
    for (const picture of document.querySelectorAll('.picture')) {
        for (const box of picture.querySelectorAll('.box')) {
            const frame = box.querySelector('.frame').getBoundingClientRect();
            const own = [...box.querySelectorAll('text')].map((text) => [text, text.getBoundingClientRect()]);
            for (const [text, rect] of own) {
                texts += 1;
                const meets = own.some(([other, next]) => other !== text && rect.left < next.right - 0.5
                    && next.left < rect.right - 0.5 && Math.abs(rect.top - next.top) < 5);
                if (rect.left < frame.left || rect.right > frame.right || meets) faults.push(text.textContent);
            }
        }
        const boxes = [...picture.querySelectorAll('.box')].map((box) => {
            const [x, y] = box.getAttribute('transform').match(/-?\d+/g).map(Number);
            const frame = box.querySelector('.frame');
            return [x, y, x + Number(frame.getAttribute('width')), y + Number(frame.getAttribute('height'))];
        });
        for (const line of picture.querySelectorAll('.line')) {
            const length = line.getTotalLength();
            for (let at = 1; at < length; at += 2) {
                const { x, y } = line.getPointAtLength(at);
                if (boxes.some(([l, t, r, b]) => x > l + 1 && x < r - 1 && y > t + 1 && y < b - 1)) {
                    faults.push(`a line at ${x} ${y}`);
                    break;
                }
            }
        }
    }
    return [texts > 300, faults, document.documentElement.scrollWidth > innerWidth];";

#[test]
fn the_documents_show_what_rust_migrations_did_and_no_text_is_cut() {
    let database = TestDatabase::empty();
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_outreach"));
    command.args(["docs", "--on", &database.url()]).arg(folder.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let table = fs::read_to_string(folder.path().join("tables/webhook_event_triggers.md")).unwrap();
    for line in [
        "A table, created by `015_AddWebhookEventTables`.",
        "| `webhook_id` | `character varying(36)` |  |  | 015_AddWebhookEventTables |  |",
        "  t23 ||--o{ t22 : \"webhook_id\"",
    ] {
        assert!(table.contains(line), "no {line} in {table}");
    }
    for width in [1280, 400] {
        let page = folder.path().join("index.html");
        let Some(found) = in_browser(&page, width, LOOK) else { return };
        assert_eq!(found, "[true,[],false]", "at {width} pixels");
    }
}
