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
    /// Files that Node passes without skipping itself, and those of them that pass here.
    pub node_passes: u32,
    pub both_pass: u32,
    /// The same without the files that need `--expose-internals`.
    pub outer_node_passes: u32,
    pub outer_both_pass: u32,
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
        if row.node == Outcome::Pass {
            let passes = u32::from(row.known.outcome == Outcome::Pass);
            let outer = u32::from(!row.test.header.needs_internals());
            self.node_passes += 1;
            self.both_pass += passes;
            self.outer_node_passes += outer;
            self.outer_both_pass += outer * passes;
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

/// `part` of `whole` in percent, with one digit.
pub fn percent(part: u32, whole: u32) -> String {
    if whole == 0 {
        return "-".into();
    }
    format!("{:.1}", 100.0 * f64::from(part) / f64::from(whole))
}

/// ci/node/RESULTS.md.
pub fn markdown(rows: &[Row], node_version: &str) -> String {
    let (all, modules) = count(rows);
    let mut text = format!(
        "# Node's own tests\n\n\
         Written by `cargo ci node --bless`; the rules are in ci/node/README.md. *Hard*: what\n\
         Node {node_version} itself passes on the same machine without skipping itself, and how\n\
         much of it passes here. *Outer*: those of them that do without `--expose-internals`.\n\
         *All*: every file, where skipping itself counts as success, as Node's test.py counts.\n\n\
         | module | hard | % | outer | % | all | % | skip | fail | time-out | crash |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    );
    text += &line("**all**", &all);
    for (module, counts) in &modules {
        text += &line(module, counts);
    }
    text += "\n## Reasons\n\n| reason | files |\n|---|--:|\n";
    for (reason, files_count) in reasons(rows) {
        text += &format!("| {reason} | {files_count} |\n");
    }
    text
}

fn line(module: &str, counts: &Counts) -> String {
    let good = counts.passes + counts.skips;
    format!(
        "| {module} | {}/{} | {} | {}/{} | {} | {good}/{} | {} | {} | {} | {} | {} |\n",
        counts.both_pass,
        counts.node_passes,
        percent(counts.both_pass, counts.node_passes),
        counts.outer_both_pass,
        counts.outer_node_passes,
        percent(counts.outer_both_pass, counts.outer_node_passes),
        counts.files,
        percent(good, counts.files),
        counts.skips,
        counts.fails,
        counts.timeouts,
        counts.crashes,
    )
}

/// Reasons of what Node passes and we do not, the most frequent first.
fn reasons<'a>(rows: &'a [Row]) -> Vec<(&'a str, u32)> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let missing = |row: &&Row| row.node == Outcome::Pass && row.known.outcome != Outcome::Pass;
    for row in rows.iter().filter(missing) {
        let class = match row.known.outcome {
            Outcome::Skip => "skips itself",
            _ => &row.known.class,
        };
        *counts.entry(row.written.unwrap_or(class)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, files_count)| std::cmp::Reverse(*files_count));
    counts
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
        assert_eq!((all.node_passes, all.both_pass), (3, 2));
        assert_eq!((all.outer_node_passes, all.outer_both_pass), (2, 2));
        let names: Vec<&str> = modules.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["fs", "net"]);
        let text = markdown(&rows, "v1");
        assert!(text.contains("| fs | 1/2 | 50.0 | 1/1 | 100.0 | 2/3 | 66.7 | 1 | 1 | 0 | 0 |"));
        assert!(text.contains("| too deep | 1 |"));
    }
}
