//! What is known of each file: how it ended the last time, and why. Kept in the target folder, so
//! that a run of one module brings only that module up to date.

use super::run::Outcome;
use super::subtests::Subtests;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub outcome: Outcome,
    pub seconds: f64,
    /// The class of the reason and its first line; empty for a pass.
    pub class: String,
    pub reason: String,
    /// What a runner of web platform tests counted.
    pub subtests: Option<Subtests>,
}

/// By the name `suite/file`.
pub type Results = BTreeMap<String, Known>;

const OUTCOMES: &[(Outcome, &str)] = &[
    (Outcome::Pass, "pass"),
    (Outcome::Skip, "skip"),
    (Outcome::Fail, "fail"),
    (Outcome::Timeout, "time-out"),
    (Outcome::Crash, "crash"),
];

pub fn word(outcome: Outcome) -> &'static str {
    let found = OUTCOMES.iter().find(|(each, _)| *each == outcome);
    found.expect("all of them are listed").1
}

pub fn outcome(word: &str) -> Option<Outcome> {
    let found = OUTCOMES.iter().find(|(_, each)| *each == word);
    found.map(|(outcome, _)| *outcome)
}

/// One line a file, its fields between tabs.
pub fn write(path: &Path, results: &Results) -> std::io::Result<()> {
    let clean = |text: &str| text.replace(['\t', '\n', '\r'], " ");
    let mut text = String::new();
    for (name, result) in results {
        text += &format!(
            "{name}\t{}\t{:.2}\t{}\t{}\t{}\n",
            word(result.outcome),
            result.seconds,
            clean(&result.class),
            clean(&result.reason),
            result
                .subtests
                .map_or(String::new(), |counts| counts.print())
        );
    }
    fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
    fs::write(path, text)
}

/// What was written before; lines that make no sense are left out, as is a file that is absent.
pub fn read(path: &Path) -> Results {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<(String, Known)> {
    let mut fields = line.split('\t');
    let name = fields.next()?.to_string();
    let result = Known {
        outcome: outcome(fields.next()?)?,
        seconds: fields.next()?.parse().ok()?,
        class: fields.next()?.to_string(),
        reason: fields.next()?.to_string(),
        subtests: fields.next().and_then(Subtests::parse),
    };
    Some((name, result))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let result = |outcome, reason: &str| Known {
            outcome,
            seconds: 0.25,
            class: "class".into(),
            reason: reason.into(),
            subtests: Subtests::parse("1 2 3 4 5").filter(|_| outcome == Outcome::Pass),
        };
        let mut results = Results::new();
        results.insert("parallel/a.js".into(), result(Outcome::Timeout, "x y"));
        results.insert("parallel/b.js".into(), result(Outcome::Pass, ""));
        let name = format!("coring-ci-results-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        write(&path, &results).expect("written");
        assert_eq!(read(&path), results);
        fs::write(&path, "nonsense\nparallel/a.js\tpass\n").expect("written");
        assert!(read(&path).is_empty());
        fs::remove_file(&path).expect("removed");
    }
}
