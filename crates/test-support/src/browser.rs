//! A browser that looks at a page, where one is installed.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Names that Chromium goes by.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// What `script` returns as JSON once it has run in the page at `path`, in a window of `width`
/// pixels: the body of an async function, with `wait()` to let the page follow. None where there
/// is no browser, which is then printed.
#[expect(clippy::print_stdout, reason = "it is said to whoever runs the test")]
pub fn in_browser(path: &Path, width: u32, script: &str) -> Option<String> {
    let runs = |name: &&&str| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    };
    let Some(browser) = NAMES.iter().find(runs) else {
        println!("skipped: no Chromium is installed");
        return None;
    };
    let folder = tempfile::tempdir().unwrap();
    let tried = folder.path().join("page.html");
    fs::write(&tried, with_script(&fs::read_to_string(path).unwrap(), script)).unwrap();
    let mut command = Command::new(browser);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--virtual-time-budget=10000",
        "--dump-dom",
    ]);
    command.arg(format!("--window-size={},900", width));
    command.arg(format!("--user-data-dir={}", folder.path().join("profile").display()));
    let output = command.arg(format!("file://{}", tried.display())).output().unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let (_, result) = dom.split_once("<pre id=\"result\">").unwrap_or_else(|| panic!("{dom}"));
    Some(result.split("</pre>").next().unwrap_or_default().to_owned())
}

fn with_script(page: &str, script: &str) -> String {
    format!(
        "{page}<script>addEventListener('load', async () => {{ \
         const wait = () => new Promise((done) => setTimeout(done, 50)); \
         const out = document.createElement('pre'); out.id = 'result'; \
         try {{ out.textContent = JSON.stringify(await (async () => {{ {script} }})()); }} \
         catch (error) {{ out.textContent = 'failed: ' + error; }} \
         document.body.append(out); }});</script>"
    )
}
