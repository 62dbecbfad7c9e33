//! The lists in ci/node/ that are kept in the repository: what passes here (the ratchet) and what
//! Node itself does not pass.

use super::results::{self, Results};
use super::run::Outcome;
use std::collections::{BTreeMap, BTreeSet};

/// passes.txt: `[suite]`, then its files. Gives `suite/file`.
pub fn parse_passes(text: &str) -> BTreeSet<String> {
    let mut suite = "";
    let mut passes = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            suite = name.trim_end_matches(']');
        } else if !line.is_empty() && !line.starts_with('#') {
            passes.insert(format!("{suite}/{line}"));
        }
    }
    passes
}

/// `command` writes the list, `rules` is the file that says what it means.
pub fn print_passes(passes: &BTreeSet<String>, command: &str, rules: &str) -> String {
    let mut text = format!(
        "# Files of Node's own tests that pass, and must go on passing. Written by\n\
         # `{command}`; what it means: {rules}.\n"
    );
    let mut last = "";
    for name in passes {
        let (suite, file) = name.split_once('/').unwrap_or(("", name));
        if suite != last {
            text += &format!("\n[{suite}]\n");
            last = suite;
        }
        text += &format!("{file}\n");
    }
    text
}

/// What Node does with the same files on the same machine.
pub struct Reference {
    /// `v24.21.0`, or nothing where it was never measured.
    pub version: String,
    others: BTreeMap<String, Outcome>,
}

impl Reference {
    pub fn parse(text: &str) -> Reference {
        let mut reference = Reference {
            version: String::new(),
            others: BTreeMap::new(),
        };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.split_once(' ') {
                Some(("node", version)) => reference.version = version.to_string(),
                Some((word, name)) => {
                    if let Some(outcome) = results::outcome(word) {
                        reference.others.insert(name.to_string(), outcome);
                    }
                }
                None => {}
            }
        }
        reference
    }

    pub fn print(version: &str, results: &Results) -> String {
        let mut text = format!(
            "# What Node itself does not pass of its own tests, by the same rules. All others\n\
             # pass. Written by `cargo ci node --node PATH`.\nnode {version}\n"
        );
        for (name, result) in results {
            if result.outcome != Outcome::Pass {
                text += &format!("{} {name}\n", results::word(result.outcome));
            }
        }
        text
    }

    /// How Node ends a file.
    pub fn outcome(&self, name: &str) -> Outcome {
        self.others.get(name).copied().unwrap_or(Outcome::Pass)
    }
}

#[cfg(test)]
mod tests {
    use super::super::results::Known;
    use super::*;

    #[test]
    fn passes_are_printed_and_read() {
        let names = [
            "es-module/test-a.mjs",
            "parallel/test-a.js",
            "parallel/test-b.js",
        ];
        let passes: BTreeSet<String> = names.iter().map(|name| name.to_string()).collect();
        let text = print_passes(&passes, "x", "y");
        assert!(text.ends_with("\n[parallel]\ntest-a.js\ntest-b.js\n"));
        assert_eq!(parse_passes(&text), passes);
        assert!(parse_passes("").is_empty());
    }

    #[test]
    fn the_reference_lists_what_does_not_pass() {
        let result = |outcome| Known {
            outcome,
            seconds: 0.0,
            class: String::new(),
            reason: String::new(),
            subtests: None,
        };
        let mut results = Results::new();
        results.insert("parallel/a.js".into(), result(Outcome::Pass));
        results.insert("parallel/b.js".into(), result(Outcome::Skip));
        results.insert("parallel/c.js".into(), result(Outcome::Timeout));
        let reference = Reference::parse(&Reference::print("v24.0.0", &results));
        assert_eq!(reference.version, "v24.0.0");
        assert_eq!(reference.outcome("parallel/a.js"), Outcome::Pass);
        assert_eq!(reference.outcome("parallel/b.js"), Outcome::Skip);
        assert_eq!(reference.outcome("parallel/c.js"), Outcome::Timeout);
    }
}
