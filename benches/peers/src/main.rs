//! Measures, and writes what it measured: `just bench-peers [--once] [SECTION…]`.

use std::path::Path;
use std::{env, fs};

use bench_peers::machine;
use bench_peers::measure::Effort;
use bench_peers::plot;
use bench_peers::record::Record;
use bench_peers::report;
use bench_peers::section::{SECTIONS, Section};

/// `--once` measures each case once, prints it and writes nothing. `--draw` measures nothing.
fn main() {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let (options, keys): (Vec<_>, Vec<_>) =
        arguments.iter().map(String::as_str).partition(|argument| argument.starts_with("--"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    match options[..] {
        [] => chosen(&keys).into_iter().for_each(|section| {
            let (about, cases) = (machine::about(), (section.measure)(Effort::Full));
            // Written after each section, so that a run that is broken off has not been for nothing.
            let mut record = read(folder);
            record.about = about;
            record.replace(section.key, cases);
            write(folder, &record);
        }),
        ["--once"] => {
            let cases =
                chosen(&keys).into_iter().flat_map(|section| (section.measure)(Effort::Once));
            let record = Record { about: machine::about(), cases: cases.collect() };
            println!("{}", report::markdown(&record));
        }
        ["--draw"] => write(folder, &read(folder)),
        _ => panic!("known are --once and --draw, not {options:?}"),
    }
}

/// The sections that are named; all, where none is.
fn chosen(keys: &[&str]) -> Vec<&'static Section> {
    let known = |&key: &&str| SECTIONS.iter().any(|section| section.key == key);
    assert!(keys.iter().all(known), "known are {:?}", SECTIONS.map(|section| section.key));
    let chosen = |section: &&Section| keys.is_empty() || keys.contains(&section.key);
    SECTIONS.iter().filter(chosen).collect()
}

fn read(folder: &Path) -> Record {
    Record::from_text(&fs::read_to_string(folder.join("measured.tsv")).unwrap_or_default())
}

fn write(folder: &Path, record: &Record) {
    fs::write(folder.join("measured.tsv"), record.to_text()).unwrap();
    // Drawn from what is kept, so that drawing it again gives the same bytes.
    let record = &read(folder);
    fs::create_dir_all(folder.join("plots")).unwrap();
    for section in &SECTIONS {
        let cases = report::cases_of(record, section);
        if !cases.is_empty() {
            let svg = plot::svg(section.title, &cases);
            fs::write(folder.join(format!("plots/{}.svg", section.key)), svg).unwrap();
        }
    }
    let readme = folder.join("README.md");
    let text = fs::read_to_string(&readme).unwrap_or_default();
    fs::write(&readme, report::into_readme(&text, record)).unwrap();
}
