//! What the leading comment of a migration says of when and why.

/// A description, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// Behind `Date:`.
    pub date: Option<String>,
    /// Behind `Purpose:`, with the lines that follow it.
    pub purpose: Option<String>,
    /// The rest; paragraphs apart by an empty line.
    pub description: String,
}

impl Said {
    /// What `description` says.
    pub(super) fn of(description: &str) -> Self {
        let mut said = Self::default();
        let mut rest: Vec<&str> = Vec::new();
        let mut in_purpose = false;
        for line in description.lines().map(str::trim) {
            if let Some(date) = labelled(line, "date") {
                said.date = Some(date.to_owned());
                in_purpose = false;
            } else if let Some(purpose) = labelled(line, "purpose") {
                said.purpose = Some(purpose.to_owned());
                in_purpose = true;
            } else if line.is_empty() || !in_purpose {
                in_purpose = false;
                rest.push(line);
            } else if let Some(purpose) = &mut said.purpose {
                purpose.push(' ');
                purpose.push_str(line);
            }
        }
        said.description = paragraphs(&rest);
        said
    }

    /// What a reader should know first: the purpose, else the first paragraph.
    pub(super) fn in_short(&self) -> &str {
        let first = self.description.split("\n\n").next().unwrap_or_default();
        self.purpose.as_deref().unwrap_or(first)
    }
}

/// What stands behind `label: `, however that is written.
fn labelled<'a>(line: &'a str, label: &str) -> Option<&'a str> {
    let (own, rest) = line.split_once(':')?;
    own.trim().eq_ignore_ascii_case(label).then(|| rest.trim())
}

fn paragraphs(lines: &[&str]) -> String {
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(|lines| lines.join(" ")).collect::<Vec<_>>().join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::Said;

    #[test]
    fn date_and_purpose_are_taken_out_of_a_description() {
        let said = Said::of(
            "The schema\nas it was.\n\nDate: 2025-09-30\npurpose : all that\nruns.\n\nMore.",
        );
        assert_eq!(said.date.as_deref(), Some("2025-09-30"));
        assert_eq!(said.purpose.as_deref(), Some("all that runs."));
        assert_eq!(said.description, "The schema as it was.\n\nMore.");
        assert_eq!(said.in_short(), "all that runs.");
    }

    #[test]
    fn what_has_no_purpose_is_described_by_its_first_paragraph() {
        assert_eq!(Said::of("Sizes; é.\n\nThe rest: later.").in_short(), "Sizes; é.");
        assert_eq!(Said::of(""), Said::default());
    }
}
