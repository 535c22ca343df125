//! What was measured, as a text that is kept: a line a subject, a column a round.

use std::fmt::Write as _;

/// All that was measured, and on what.
#[derive(Debug, Default, PartialEq)]
pub struct Record {
    pub about: Vec<(String, String)>,
    pub cases: Vec<Case>,
}

/// One kind of work, at one size.
#[derive(Debug, PartialEq)]
pub struct Case {
    pub section: String,
    pub name: String,
    /// The first one is what the others are held against.
    pub measured: Vec<Measured>,
}

/// What one subject took, a value a round.
#[derive(Debug, PartialEq)]
pub struct Measured {
    pub subject: String,
    pub values: Vec<Value>,
}

/// One round of one subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    pub seconds: f64,
    /// How many of its parts failed.
    pub failed: usize,
}

impl Measured {
    pub fn of(subject: &str) -> Self {
        Self { subject: subject.to_owned(), values: Vec::new() }
    }
}

impl Record {
    /// Takes the cases of `new` for those of the same section.
    pub fn replace(&mut self, section: &str, new: Vec<Case>) {
        self.cases.retain(|case| case.section != section);
        self.cases.extend(new);
    }

    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for (key, value) in &self.about {
            let _ = writeln!(text, "about\t{key}\t{value}");
        }
        for case in &self.cases {
            for Measured { subject, values } in &case.measured {
                let values: Vec<_> = values.iter().map(value_to_text).collect();
                let (section, name, values) = (&case.section, &case.name, values.join("\t"));
                let _ = writeln!(text, "{section}\t{name}\t{subject}\t{values}");
            }
        }
        text
    }

    /// The record that [`Self::to_text`] gave as `text`; lines of another kind are passed over.
    pub fn from_text(text: &str) -> Self {
        let mut record = Self::default();
        for line in text.lines() {
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["about", key, value] => record.about.push((key.to_owned(), value.to_owned())),
                [section, name, subject, ref values @ ..] => {
                    let values = values.iter().filter_map(|value| value_of(value)).collect();
                    record.add(section, name, Measured { subject: subject.to_owned(), values });
                }
                _ => {}
            }
        }
        record
    }

    fn add(&mut self, section: &str, name: &str, measured: Measured) {
        let same = |case: &&mut Case| case.section == section && case.name == name;
        match self.cases.last_mut().filter(same) {
            Some(case) => case.measured.push(measured),
            None => self.cases.push(Case {
                section: section.to_owned(),
                name: name.to_owned(),
                measured: vec![measured],
            }),
        }
    }
}

/// Seconds, and after `!` how many parts failed.
fn value_to_text(value: &Value) -> String {
    match value.failed {
        0 => format!("{:.6}", value.seconds),
        failed => format!("{:.6}!{failed}", value.seconds),
    }
}

fn value_of(text: &str) -> Option<Value> {
    let (seconds, failed) = text.split_once('!').unwrap_or((text, "0"));
    Some(Value { seconds: seconds.parse().ok()?, failed: failed.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "about\tmachine\ttwo cores\n\
                        start\t4\tbare\t0.001000\t0.002000\n\
                        start\t4\tstrata\t0.001500\t0.002500!3\n\
                        start\t285\tbare\t0.001000\n";

    #[test]
    fn a_record_reads_as_it_was_written() {
        let record = Record::from_text(TEXT);
        assert_eq!(record.to_text(), TEXT);
        assert_eq!(record.cases.len(), 2);
        assert_eq!(record.cases[0].measured[1].values[1], Value { seconds: 0.0025, failed: 3 });
    }

    #[test]
    fn a_section_measured_again_replaces_its_cases_only() {
        let mut record = Record::from_text(&(TEXT.to_owned() + "apply\t300\tbare\t1.000000\n"));
        record.replace("start", Record::from_text("start\t4\tbare\t0.003000\n").cases);
        let sections: Vec<_> = record.cases.iter().map(|case| case.section.as_str()).collect();
        assert_eq!(sections, ["apply", "start"]);
    }
}
