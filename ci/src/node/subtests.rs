//! Web platform tests: a file of Node's suite wpt runs a whole folder of them, and its closing line
//! says how many subtests passed, and which did not although Node's status file expects it.

use super::results::{Known, Results};
use super::run::Outcome;

/// What the closing line of a runner of web platform tests says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Subtests {
    pub passed: u32,
    pub skipped: u32,
    /// Failures that Node's own status file lists.
    pub expected: u32,
    pub unexpected: u32,
    pub unexpected_passes: u32,
}

impl Subtests {
    /// From the output of a runner; of several closing lines the last one counts.
    pub fn find(output: &str) -> Option<Subtests> {
        let line = output
            .lines()
            .rev()
            .find_map(|line| line.strip_prefix("Subtests: "))?;
        Subtests::from_counts(line.split(", ").map(|part| part.split(' ').next()))
    }

    fn from_counts<'a>(counts: impl Iterator<Item = Option<&'a str>>) -> Option<Subtests> {
        let counts: Option<Vec<u32>> = counts.map(|count| count?.parse().ok()).collect();
        match counts?[..] {
            [passed, skipped, expected, unexpected, unexpected_passes] => Some(Subtests {
                passed,
                skipped,
                expected,
                unexpected,
                unexpected_passes,
            }),
            _ => None,
        }
    }

    /// As a field of the file of results.
    pub fn print(&self) -> String {
        format!(
            "{} {} {} {} {}",
            self.passed, self.skipped, self.expected, self.unexpected, self.unexpected_passes
        )
    }

    pub fn parse(field: &str) -> Option<Subtests> {
        Subtests::from_counts(field.split(' ').map(Some))
    }

    fn add(&mut self, other: &Subtests) {
        self.passed += other.passed;
        self.skipped += other.skipped;
        self.expected += other.expected;
        self.unexpected += other.unexpected;
        self.unexpected_passes += other.unexpected_passes;
    }
}

/// The table of the web platform tests, or nothing where none is known.
pub fn markdown(results: &Results) -> String {
    let runners: Vec<(&str, &Known)> = results
        .iter()
        .filter_map(|(name, known)| Some((runner(name)?, known)))
        .collect();
    if runners.is_empty() {
        return String::new();
    }
    let mut all = Subtests::default();
    let mut lines = String::new();
    for (name, known) in &runners {
        if let Some(subtests) = &known.subtests {
            all.add(subtests);
            lines += &line(name, subtests);
        } else {
            let end = match known.outcome {
                Outcome::Skip => "skips itself",
                _ => "does not get to its end",
            };
            lines += &format!("| {name} | {end} | | | | |\n");
        }
    }
    format!(
        "\n## Web platform tests\n\n\
         Subtests of the runners test/wpt/test-*.js. *Expected* failures are those that\n\
         Node's own status files (test/wpt/status) list, *skipped* what these leave out.\n\n\
         | folder | passed | skipped | fail as expected | fail else | pass unexpectedly |\n\
         |---|{}\n{}{lines}",
        "--:|".repeat(5),
        line("**all**", &all)
    )
}

fn runner(name: &str) -> Option<&str> {
    let name = name.strip_prefix("wpt/test-")?;
    name.strip_suffix(".js")
}

fn line(name: &str, counts: &Subtests) -> String {
    format!(
        "| {name} | {} | {} | {} | {} | {} |\n",
        counts.passed, counts.skipped, counts.expected, counts.unexpected, counts.unexpected_passes
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSING: &str = "\
Files: 3/4 ran, 2 passed, 1 skipped, 1 expected failure, 0 unexpected failures, 0 unexpected passes
Subtests: 14 passed, 2 skipped, 7 expected failures, 1 unexpected failure, 0 unexpected passes
";

    const COUNTS: Subtests = Subtests {
        passed: 14,
        skipped: 2,
        expected: 7,
        unexpected: 1,
        unexpected_passes: 0,
    };

    #[test]
    fn closing_lines_are_found() {
        assert_eq!(Subtests::find(CLOSING), Some(COUNTS));
        assert_eq!(Subtests::find("Subtests: none\n"), None);
        assert_eq!(Subtests::find("Subtests: 1 passed, 2 skipped\n"), None);
        assert_eq!(Subtests::parse(&COUNTS.print()), Some(COUNTS));
        assert_eq!(Subtests::parse(""), None);
    }

    #[test]
    fn the_table_lists_runners_and_their_sum() {
        let known = |outcome, subtests| Known {
            outcome,
            seconds: 0.0,
            class: String::new(),
            reason: String::new(),
            subtests,
        };
        let mut results = Results::new();
        assert_eq!(markdown(&results), "");
        let (pass, skip) = (Outcome::Pass, Outcome::Skip);
        results.insert("wpt/test-a.js".into(), known(pass, Some(COUNTS)));
        results.insert("wpt/test-b.js".into(), known(pass, Some(COUNTS)));
        results.insert("wpt/test-c.js".into(), known(skip, None));
        results.insert("parallel/test-d.js".into(), known(pass, Some(COUNTS)));
        let text = markdown(&results);
        assert!(text.contains("| **all** | 28 | 4 | 14 | 2 | 0 |\n| a | 14 | 2 | 7 | 1 | 0 |\n"));
        assert!(text.contains("| c | skips itself | | | | |\n"));
        assert!(!text.contains("| d |"));
    }
}
