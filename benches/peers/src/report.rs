//! The measured part of `benches/README.md`.

use std::fmt::Write as _;

use crate::ratio::{Spread, ratio, seconds, shown};
use crate::record::{Case, Measured, Record};
use crate::section::{SECTIONS, Section};

const BEGIN: &str = "<!-- measured: written by `just bench-peers` -->\n";
const END: &str = "<!-- end of what was measured -->\n";

/// `readme` with the figures of `record` in the place of those that it had.
pub fn into_readme(readme: &str, record: &Record) -> String {
    let (before, rest) = readme.split_once(BEGIN).unwrap_or((readme, ""));
    let (_, after) = rest.split_once(END).unwrap_or(("", ""));
    format!("{before}{BEGIN}\n{}{END}{after}", markdown(record))
}

/// Everything that was measured, as Markdown.
pub fn markdown(record: &Record) -> String {
    let mut text = String::new();
    for section in &SECTIONS {
        let cases = cases_of(record, section);
        if !cases.is_empty() {
            let Section { key, title, .. } = section;
            let _ =
                write!(text, "## {title}\n\n![{title}](plots/{key}.svg)\n\n{}\n", table(&cases));
        }
    }
    let _ = write!(text, "## What ours loses\n\n{}\n", losses(record));
    let _ = write!(text, "## Measured on\n\n| | |\n| --- | --- |\n");
    for (name, value) in &record.about {
        let _ = writeln!(text, "| {name} | {value} |");
    }
    text.push('\n');
    text
}

/// The cases of a section, in the order in which they were measured.
pub fn cases_of<'a>(record: &'a Record, section: &Section) -> Vec<&'a Case> {
    record.cases.iter().filter(|case| case.section == section.key).collect()
}

fn table(cases: &[&Case]) -> String {
    let mut table = "| | | median | × first (least–most) | rounds | failed |\n\
                     | --- | --- | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    for case in cases {
        for (index, measured) in case.measured.iter().enumerate() {
            let name = if index == 0 { case.name.as_str() } else { "" };
            let subject = emphasised(&measured.subject);
            let time = duration(seconds(measured).median);
            let Spread { median, least, most } = ratio(case, measured);
            let spread = match index {
                0 => shown(median),
                _ => format!("{} ({}–{})", shown(median), shown(least), shown(most)),
            };
            let (rounds, failed) = (measured.values.len(), failures(measured));
            let _ =
                writeln!(table, "| {name} | {subject} | {time} | {spread} | {rounds} | {failed} |");
        }
    }
    table
}

fn emphasised(subject: &str) -> String {
    if is_ours(subject) { format!("**{subject}**") } else { subject.to_owned() }
}

fn is_ours(subject: &str) -> bool {
    subject.starts_with("strata")
}

/// How many parts of a run failed, from the least to the most; nothing where none did.
fn failures(measured: &Measured) -> String {
    let failed = || measured.values.iter().map(|value| value.failed);
    match (failed().min().unwrap_or(0), failed().max().unwrap_or(0)) {
        (0, 0) => String::new(),
        (least, most) if least == most => least.to_string(),
        (least, most) => format!("{least}–{most}"),
    }
}

/// The cases in which another tool was quicker; the floor is no tool.
fn losses(record: &Record) -> String {
    let lost: Vec<_> = record.cases.iter().flat_map(losses_of).collect();
    if lost.is_empty() { "No case.\n".to_owned() } else { lost.concat() }
}

fn losses_of(case: &Case) -> Vec<String> {
    let median = |measured: &Measured| ratio(case, measured).median;
    let (ours, tools): (Vec<_>, Vec<_>) =
        case.measured.iter().partition(|measured| is_ours(&measured.subject));
    let tools = tools.into_iter().filter(|measured| !measured.subject.starts_with("bare"));
    let pairs = tools.flat_map(|theirs| ours.iter().map(move |ours| (theirs, *ours)));
    pairs
        .filter(|(theirs, ours)| median(theirs) < median(ours))
        .map(|(theirs, ours)| {
            let title = SECTIONS.iter().find(|section| section.key == case.section);
            let title = title.map_or(case.section.as_str(), |section| section.title);
            let (name, theirs_ratio, ours_ratio) =
                (&case.name, shown(median(theirs)), shown(median(ours)));
            let (theirs, ours) = (&theirs.subject, &ours.subject);
            format!("- {title}, {name}: {theirs} {theirs_ratio}, {ours} {ours_ratio}\n")
        })
        .collect()
}

/// Seconds as one reads them.
pub fn duration(seconds: f64) -> String {
    match seconds {
        s if s < 0.0995 => format!("{:.2} ms", s * 1e3),
        s if s < 0.9995 => format!("{:.0} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "about\tprocessor\ttwo\n\
                        start\t4\tbare\t1.0\t1.0\n\
                        start\t4\tstrata\t1.5\t1.6\n\
                        start\t4\tsqlx\t1.2!1\t1.3!3\n\
                        apply\t300\tbare\t1.0\n\
                        apply\t300\tstrata\t0.5\n\
                        apply\t300\tsqlx\t0.6\n";

    #[test]
    fn a_table_has_ratios_spreads_and_failures() {
        let text = markdown(&Record::from_text(TEXT));
        assert!(text.contains("| 4 | bare | 1.00 s | 1.00 | 2 |  |\n"), "{text}");
        assert!(text.contains("|  | **strata** | 1.60 s | 1.60 (1.50–1.60) | 2 |  |\n"), "{text}");
        assert!(text.contains("|  | sqlx | 1.30 s | 1.30 (1.20–1.30) | 2 | 1–3 |\n"), "{text}");
    }

    #[test]
    fn what_ours_loses_is_named_and_nothing_else() {
        let lost = losses(&Record::from_text(TEXT));
        assert_eq!(lost, "- A start with nothing pending, 4: sqlx 1.30, strata 1.60\n");
        assert_eq!(losses(&Record::default()), "No case.\n");
    }

    #[test]
    fn only_the_measured_part_of_a_readme_changes() {
        let readme = format!("# Before\n\n{BEGIN}old\n{END}\nAfter\n");
        let new = into_readme(&readme, &Record::from_text(TEXT));
        assert!(new.starts_with("# Before\n\n") && new.ends_with("\nAfter\n"), "{new}");
        assert!(!new.contains("old") && new.contains("sqlx"), "{new}");
        assert_eq!(into_readme(&new, &Record::from_text(TEXT)), new);
    }

    #[test]
    fn durations_read_well() {
        assert_eq!([0.0012, 0.25, 24.0].map(duration), ["1.20 ms", "250 ms", "24.00 s"]);
    }
}
