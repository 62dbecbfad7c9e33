//! `cargo ci node`: Node's own tests as an examination, by the rules of Node's own runner. No
//! test is treated specially, no flag of a test is added or taken away.

pub mod corpus;
mod expect;
pub mod header;
mod lanes;
pub mod ledger;
mod modules;
mod options;
mod page;
pub mod pattern;
mod reasons;
pub mod results;
pub mod run;
pub mod status;
mod subtests;
pub mod suites;
mod table;

use crate::steps::{self, Tally};
use corpus::Test;
use ledger::Reference;
pub use options::HELP;
use options::Options;
use reasons::Written;
use results::{Known, Results};
use run::{Ended, Outcome, Surroundings};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use suites::Verdict;

const PASSES: &str = "ci/node/passes.txt";
const REFERENCE: &str = "ci/node/node24.txt";
const REASONS: &str = "ci/node/reasons.txt";
const TABLE: &str = "ci/node/RESULTS.md";
const BLESSED_BY: &str = "cargo ci node --bless";
const RULES: &str = "ci/node/README.md";

/// A listed pass that fails is run again alone this often before it counts.
const RETRIES: usize = 2;
/// Failures are printed one by one up to this many tests; the page lists those of larger runs.
const PRINTED_TESTS_MAX: usize = 700;

/// The part of the whole `cargo ci`: what has passed must pass, where the tests are to be had.
pub fn ratchet(root: &Path) -> Tally {
    if std::env::var_os(corpus::VARIABLE).is_none() {
        println!(
            "Node's tests are NOT run: the variable {} does not say where they are",
            corpus::VARIABLE
        );
        return Tally::default();
    }
    run(root, &["--ratchet".to_string()])
}

pub fn run(root: &Path, arguments: &[String]) -> Tally {
    match examine(root, arguments) {
        Ok(tally) => tally,
        Err(message) => {
            println!("{message}");
            Tally::one(false)
        }
    }
}

fn examine(root: &Path, arguments: &[String]) -> Result<Tally, String> {
    let options = Options::parse(arguments)?;
    let target = steps::target(root);
    let corpus_root = corpus::locate(options.tests.as_deref(), &target)?;
    let tests = corpus::list(&corpus_root);
    let listed = ledger::parse_passes(&read(&root.join(PASSES)));
    let mut modules: Vec<&str> = tests.iter().map(|t| modules::module_of(&t.name)).collect();
    modules.sort_unstable();
    modules.dedup();
    let is_wanted = |test: &&Test| {
        let by_ratchet = !options.ratchet || listed.contains(&test.name);
        by_ratchet && options.wants(test, &modules)
    };
    let wanted: Vec<&Test> = tests.iter().filter(is_wanted).collect();
    if wanted.is_empty() {
        return Err("no test matches; modules are: ".to_string() + &modules.join(" "));
    }
    if options.list {
        wanted.iter().for_each(|test| println!("{}", test.name));
        return Ok(Tally::default());
    }
    let session = Session {
        root,
        target: &target,
        options: &options,
        tests: &tests,
        listed,
    };
    if options.report {
        session.report(&results::read(&session.results_path()), true)?;
        return Ok(Tally::default());
    }
    let around = surroundings(&options, &target, corpus_root)?;
    let tally = session.run(&around, &wanted);
    run::end_strays(&around);
    // It is ours and empty but for what killed tests left.
    let _ = fs::remove_dir_all(&around.scratch);
    tally
}

fn surroundings(options: &Options, target: &Path, root: PathBuf) -> Result<Surroundings, String> {
    let ours = || target.join("release/coring");
    let binary = options.node.as_ref().or(options.coring.as_ref());
    let binary = binary.cloned().unwrap_or_else(ours);
    let binary = fs::canonicalize(&binary)
        .map_err(|error| format!("cannot use {}: {error}", binary.display()))?;
    let scratch = std::env::temp_dir().join(format!("coring-node-{}", std::process::id()));
    fs::create_dir_all(&scratch)
        .map_err(|error| format!("cannot make {}: {error}", scratch.display()))?;
    Ok(Surroundings {
        root,
        binary,
        scratch,
        timeout: options.timeout,
        error_reporter: options.error_reporter,
    })
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|error| format!("cannot write {}: {error}", path.display()))
}

struct Session<'a> {
    root: &'a Path,
    target: &'a Path,
    options: &'a Options,
    tests: &'a [Test],
    listed: BTreeSet<String>,
}

impl Session<'_> {
    fn results_path(&self) -> PathBuf {
        let name = match self.options.node {
            Some(_) => "node24.tsv",
            None => "results.tsv",
        };
        self.target.join("node").join(name)
    }

    fn run(&self, around: &Surroundings, wanted: &[&Test]) -> Result<Tally, String> {
        println!("{} tests, {}", wanted.len(), around.binary.display());
        let mut ended = lanes::run_all(around, wanted, self.options.jobs);
        let flaky = self.try_again(around, wanted, &mut ended);
        let mut known = results::read(&self.results_path());
        for (test, ended) in wanted.iter().zip(&ended) {
            let (class, reason) = reasons::classify(test, ended);
            let seconds = ended.seconds;
            let outcome = ended.outcome;
            let result = Known {
                outcome,
                seconds,
                class,
                reason,
                subtests: ended.subtests,
            };
            self.print(wanted.len(), test, ended, &result);
            known.insert(test.name.clone(), result);
        }
        results::write(&self.results_path(), &known)
            .map_err(|error| format!("cannot write the results: {error}"))?;
        for name in &flaky {
            println!("flaky: {name}");
        }
        if self.options.node.is_some() {
            return self.keep_reference(around, &known);
        }
        self.report(&known, self.options.bless)?;
        if self.options.bless {
            self.bless(wanted, &ended)?;
            return Ok(Tally::default());
        }
        Ok(self.verdict(wanted, &ended))
    }

    /// Runs again, one at a time, what was listed (or flaky by Node's word) and did not pass.
    /// Gives the names of what passed then.
    fn try_again(
        &self,
        around: &Surroundings,
        wanted: &[&Test],
        ended: &mut [Ended],
    ) -> Vec<String> {
        let mut flaky = Vec::new();
        for (test, ended) in wanted.iter().zip(ended) {
            let counts = self.listed.contains(&test.name) || test.is_flaky;
            let is_good = matches!(ended.outcome, Outcome::Pass | Outcome::Skip);
            if is_good || !(counts || self.options.node.is_some()) {
                continue;
            }
            for _ in 0..RETRIES {
                let again = run::run(around, test, 0, 0, &mut |_| {});
                if again.outcome == Outcome::Pass {
                    *ended = again;
                    flaky.push(test.name.clone());
                    break;
                }
            }
        }
        flaky
    }

    fn print(&self, tests_count: usize, test: &Test, ended: &Ended, result: &Known) {
        let is_good = matches!(ended.outcome, Outcome::Pass | Outcome::Skip);
        let is_broken = self.listed.contains(&test.name);
        if is_good || (tests_count > PRINTED_TESTS_MAX && !is_broken) {
            return;
        }
        let word = results::word(ended.outcome);
        let mark = if is_broken {
            " (has passed before)"
        } else {
            ""
        };
        println!("{word:8} {}{mark}: {}", test.name, result.reason);
        if self.options.verbose {
            println!("{}", ended.output.trim_end());
        }
    }

    /// Only files that are listed and did not pass are failures, and in a whole run those that are
    /// not among the tests: the rest is not done yet.
    fn verdict(&self, wanted: &[&Test], ended: &[Ended]) -> Tally {
        let mut tally = Tally::default();
        let mut news = 0;
        for (test, ended) in wanted.iter().zip(ended) {
            let passed = ended.outcome == Outcome::Pass;
            let is_listed = self.listed.contains(&test.name);
            if is_listed && !passed {
                println!("broken: {} has passed before", test.name);
            }
            tally.passed += u32::from(passed);
            tally.failed += u32::from(is_listed && !passed);
            news += u32::from(passed && !is_listed);
        }
        for name in self.listed.iter().filter(|_| self.options.names_all()) {
            if !self.tests.iter().any(|test| test.name == *name) {
                println!("broken: {name} has passed before, and is not among the tests");
                tally.failed += 1;
            }
        }
        if news > 0 {
            println!("{news} pass for the first time: `cargo ci node --bless` keeps them");
        }
        tally
    }

    fn bless(&self, wanted: &[&Test], ended: &[Ended]) -> Result<(), String> {
        let mut passes = self.listed.clone();
        if self.options.names_all() && !self.options.ratchet {
            passes.clear();
        }
        for (test, ended) in wanted.iter().zip(ended) {
            // Where a bug of Node is wanted, having it is nothing to hold on to.
            let counts = test.suite.verdict != Verdict::MustFail;
            match ended.outcome {
                Outcome::Pass if counts => passes.insert(test.name.clone()),
                _ => passes.remove(&test.name),
            };
        }
        println!("{} files must pass from now on", passes.len());
        write(
            &self.root.join(PASSES),
            &ledger::print_passes(&passes, BLESSED_BY, RULES),
        )
    }

    fn keep_reference(&self, around: &Surroundings, known: &Results) -> Result<Tally, String> {
        let version = std::process::Command::new(&around.binary)
            .arg("--version")
            .output();
        let version = version.map_err(|error| format!("no version: {error}"))?;
        let version = String::from_utf8_lossy(&version.stdout);
        let text = Reference::print(version.trim(), known);
        write(&self.root.join(REFERENCE), &text)?;
        Ok(Tally::default())
    }

    /// The page always; the table in the repository if `keeps`, and all files are known.
    fn report(&self, known: &Results, keeps: bool) -> Result<(), String> {
        let reference = Reference::parse(&read(&self.root.join(REFERENCE)));
        let written = Written::parse(&read(&self.root.join(REASONS)));
        let rows = table::rows(self.tests, known, &reference, &written);
        let page = self.target.join("node/index.html");
        write(&page, &page::html(&rows, &reference.version))?;
        let (all, _) = table::count(&rows);
        println!(
            "hard {}, Node {}; outer {}, Node {}; strict {}, outer {}; {} files; {}",
            all.every.hard(),
            all.every.node_hard(),
            all.outer.hard(),
            all.outer.node_hard(),
            all.every.strict(),
            all.outer.strict(),
            all.files,
            page.display()
        );
        let is_whole = rows.len() == self.tests.len();
        if is_whole {
            let others = rows.iter().filter(|row| row.known.outcome != Outcome::Pass);
            for pattern in written.unused(others.map(|row| row.test.name.as_str())) {
                println!("{REASONS} explains only what passes: {pattern}");
            }
        }
        if keeps && is_whole {
            let text = table::markdown(&rows, &reference.version) + &subtests::markdown(known);
            return write(&self.root.join(TABLE), &text);
        }
        if keeps {
            println!("not all files were run yet: {TABLE} is left as it is");
        }
        Ok(())
    }
}
