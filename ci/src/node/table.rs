//! Counting results by module and by lens, and the Markdown table of it.

use super::corpus::Test;
use super::ledger::Reference;
use super::modules;
use super::reasons::Written;
use super::results::{Known, Results};
use super::run::Outcome;
use std::collections::BTreeMap;

/// The counts of one group of files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub files: u32,
    pub passes: u32,
    pub skips: u32,
    pub fails: u32,
    pub timeouts: u32,
    pub crashes: u32,
    pub every: Rates,
    /// Without the files that need `--expose-internals`.
    pub outer: Rates,
}

/// What the two rates are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Files that do not skip themselves here, and those of them that pass: the hard rate.
    pub ran: u32,
    pub passed: u32,
    /// The same of Node.
    pub node_ran: u32,
    pub node_passed: u32,
    /// Files that pass with both: the strict rate is their share of what Node passes.
    pub both_passed: u32,
}

impl Rates {
    fn add(&mut self, here: Outcome, node: Outcome) {
        let count = u32::from;
        self.ran += count(here != Outcome::Skip);
        self.passed += count(here == Outcome::Pass);
        self.node_ran += count(node != Outcome::Skip);
        self.node_passed += count(node == Outcome::Pass);
        self.both_passed += count(here == Outcome::Pass && node == Outcome::Pass);
    }

    pub fn hard(&self) -> Share {
        Share(self.passed, self.ran)
    }

    pub fn node_hard(&self) -> Share {
        Share(self.node_passed, self.node_ran)
    }

    pub fn strict(&self) -> Share {
        Share(self.both_passed, self.node_passed)
    }
}

/// A part and its whole; printed with its percentage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(pub u32, pub u32);

impl std::fmt::Display for Share {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "{}/{} ({} %)", self.0, self.1, self.percent())
    }
}

impl Share {
    /// With one digit.
    pub fn percent(&self) -> String {
        if self.1 == 0 {
            return "-".into();
        }
        format!("{:.1}", 100.0 * f64::from(self.0) / f64::from(self.1))
    }

    fn cells(&self) -> String {
        format!("{}/{} | {}", self.0, self.1, self.percent())
    }
}

/// One file of the report.
pub struct Row<'a> {
    pub test: &'a Test,
    pub known: &'a Known,
    pub node: Outcome,
    pub written: Option<&'a str>,
}

/// The rows of all tests of which something is known.
pub fn rows<'a>(
    tests: &'a [Test],
    results: &'a Results,
    reference: &Reference,
    written: &'a Written,
) -> Vec<Row<'a>> {
    let row = |test: &'a Test| {
        Some(Row {
            test,
            known: results.get(&test.name)?,
            node: reference.outcome(&test.name),
            written: written.of(&test.name),
        })
    };
    tests.iter().filter_map(row).collect()
}

impl Counts {
    pub fn add(&mut self, row: &Row) {
        self.files += 1;
        match row.known.outcome {
            Outcome::Pass => self.passes += 1,
            Outcome::Skip => self.skips += 1,
            Outcome::Fail => self.fails += 1,
            Outcome::Timeout => self.timeouts += 1,
            Outcome::Crash => self.crashes += 1,
        }
        self.every.add(row.known.outcome, row.node);
        if !row.test.header.needs_internals() {
            self.outer.add(row.known.outcome, row.node);
        }
    }
}

/// Counts of all rows, and by module in the order of the report.
pub fn count<'a>(rows: &'a [Row]) -> (Counts, Vec<(&'a str, Counts)>) {
    let mut all = Counts::default();
    let mut modules: BTreeMap<(usize, &str), Counts> = BTreeMap::new();
    for row in rows {
        let module = modules::module_of(&row.test.name);
        let counts = modules.entry((modules::place(module), module));
        counts.or_default().add(row);
        all.add(row);
    }
    let modules = modules
        .into_iter()
        .map(|((_, module), counts)| (module, counts));
    (all, modules.collect())
}

/// ci/node/RESULTS.md.
pub fn markdown(rows: &[Row], node_version: &str) -> String {
    let (all, modules) = count(rows);
    let mut text = format!(
        "# Node's own tests\n\n\
         Written by `cargo ci node --bless`; the rules are in ci/node/README.md. *Hard*: files\n\
         that pass, of those that do not skip themselves here; *Node*: the same rate of Node\n\
         {node_version} on the same machine. *Outer*: those without `--expose-internals`.\n\
         *Strict*: of the files that Node passes without skipping itself, how many pass here: to\n\
         skip itself here is a loss. *All*: every file, where skipping itself counts as success,\n\
         as Node's test.py counts.\n\n\
         | module | hard | % | Node % | outer | % | Node % | strict | % | strict outer | % \
         | all | % | skip | fail | time-out | crash |\n\
         |---|{}\n",
        "--:|".repeat(16)
    );
    text += &line("**all**", &all);
    for (module, counts) in &modules {
        text += &line(module, counts);
    }
    text + &lists(&reasons(rows))
}

/// The reasons with their numbers of files, then the files of each.
fn lists(reasons: &[(&str, Vec<&str>)]) -> String {
    let mut text = "\n## Reasons\n\nOf the files that Node passes and that do not pass here.\n\n\
                    | reason | files |\n|---|--:|\n"
        .to_owned();
    for (reason, files) in reasons {
        text += &format!("| {reason} | {} |\n", files.len());
    }
    for (reason, files) in reasons {
        text += &format!("\n### {reason}\n\n");
        for file in files {
            text += &format!("- {file}\n");
        }
    }
    text
}

fn line(module: &str, counts: &Counts) -> String {
    format!(
        "| {module} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        counts.every.hard().cells(),
        counts.every.node_hard().percent(),
        counts.outer.hard().cells(),
        counts.outer.node_hard().percent(),
        counts.every.strict().cells(),
        counts.outer.strict().cells(),
        Share(counts.passes + counts.skips, counts.files).cells(),
        counts.skips,
        counts.fails,
        counts.timeouts,
        counts.crashes,
    )
}

/// Reasons of what Node passes and we do not, the most frequent first.
fn reasons<'a>(rows: &'a [Row]) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let missing = |row: &&Row| row.node == Outcome::Pass && row.known.outcome != Outcome::Pass;
    for row in rows.iter().filter(missing) {
        let class = match row.known.outcome {
            Outcome::Skip => "skips itself",
            _ => &row.known.class,
        };
        let files = reasons.entry(row.written.unwrap_or(class)).or_default();
        files.push(&row.test.name);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, files)| std::cmp::Reverse(files.len()));
    reasons
}

#[cfg(test)]
mod tests {
    use super::super::header::Header;
    use super::super::suites::SUITES;
    use super::*;

    #[test]
    fn lenses_leave_out_what_they_say() {
        let test = |name: &str, flags: &str| Test {
            name: name.into(),
            suite: &SUITES[0],
            header: Header::parse(flags),
            is_flaky: false,
        };
        let inner = "// Flags: --expose-internals";
        let tests = [
            test("parallel/test-fs-a.js", ""),
            test("parallel/test-fs-b.js", inner),
            test("parallel/test-fs-c.js", ""),
            test("parallel/test-net-d.js", ""),
            test("parallel/test-net-e.js", ""),
        ];
        let known = |outcome| Known {
            outcome,
            seconds: 0.0,
            class: "class".into(),
            reason: String::new(),
            subtests: None,
        };
        let mut results = Results::new();
        let outcomes = [Outcome::Pass, Outcome::Fail, Outcome::Skip, Outcome::Pass];
        for (test, outcome) in tests.iter().zip(outcomes) {
            results.insert(test.name.clone(), known(outcome));
        }
        let reference = Reference::parse("node v1\nskip parallel/test-fs-c.js\n");
        let written = Written::parse("test-fs-b: too deep\n");
        let rows = rows(&tests, &results, &reference, &written);
        assert_eq!(rows.len(), 4, "nothing is known of e");
        let (all, modules) = count(&rows);
        assert_eq!((all.files, all.passes, all.skips, all.fails), (4, 2, 1, 1));
        assert_eq!(all.every.hard(), Share(2, 3));
        assert_eq!(all.every.node_hard(), Share(3, 3));
        assert_eq!(all.every.strict(), Share(2, 3));
        assert_eq!(all.outer.hard(), Share(2, 2));
        assert_eq!(all.outer.strict(), Share(2, 2));
        let names: Vec<&str> = modules.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["fs", "net"]);
        let text = markdown(&rows, "v1");
        let line = "| fs | 1/2 | 50.0 | 100.0 | 1/1 | 100.0 | 100.0 | 1/2 | 50.0 | 1/1 | 100.0 \
                    | 2/3 | 66.7 | 1 | 1 | 0 | 0 |";
        assert!(text.contains(line), "{text}");
        assert!(text.contains("| too deep | 1 |"));
        assert!(text.ends_with("\n### too deep\n\n- parallel/test-fs-b.js\n"));
    }
}
