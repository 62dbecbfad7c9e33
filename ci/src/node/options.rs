//! The words behind `cargo ci node`.

use super::corpus::Test;
use super::modules::module_of;
use super::pattern::regular;
use std::path::PathBuf;
use std::time::Duration;

pub const HELP: &str = "\
cargo ci node [OPTION]... [MODULE|REGEX]...   Node's own tests; none named: all
  --tests PLACE     the folder that holds test/, or an archive (or CORING_NODE_TESTS)
  --coring PATH     the program to be examined (target/release/coring)
  --node PATH       run Node instead and keep what it does not pass in ci/node/node24.txt
  --ratchet         only what has passed before
  --bless           write ci/node/passes.txt and ci/node/RESULTS.md
  --report          run nothing: write the page and the table of what is known
  --list            run nothing: print the names
  --timeout SECONDS time for one test (120)
  -j N              tests at a time (as many as there are processors)
  --error-reporter  node:test files print errors only, as test.py has it
  -v                print the output of what does not pass";

#[derive(Debug, PartialEq, Eq)]
pub struct Options {
    pub tests: Option<PathBuf>,
    pub coring: Option<PathBuf>,
    pub node: Option<PathBuf>,
    pub ratchet: bool,
    pub bless: bool,
    pub report: bool,
    pub list: bool,
    pub timeout: Duration,
    pub jobs: usize,
    pub error_reporter: bool,
    pub verbose: bool,
    words: Vec<String>,
}

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Options, String> {
        let mut options = Options {
            tests: None,
            coring: None,
            node: None,
            ratchet: false,
            bless: false,
            report: false,
            list: false,
            timeout: Duration::from_secs(120),
            jobs: std::thread::available_parallelism().map_or(1, |count| count.get()),
            error_reporter: false,
            verbose: false,
            words: Vec::new(),
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || {
                let value = arguments.next();
                value.ok_or_else(|| format!("{argument} needs a value\n{HELP}"))
            };
            match argument.as_str() {
                "--tests" => options.tests = Some(value()?.into()),
                "--coring" => options.coring = Some(value()?.into()),
                "--node" => options.node = Some(value()?.into()),
                "--timeout" => options.timeout = Duration::from_secs(count(value()?)? as u64),
                "-j" => options.jobs = count(value()?)?,
                "--ratchet" => options.ratchet = true,
                "--bless" => options.bless = true,
                "--report" => options.report = true,
                "--list" => options.list = true,
                "--error-reporter" => options.error_reporter = true,
                "-v" => options.verbose = true,
                other if other.starts_with('-') => {
                    return Err(format!("no option `{other}`\n{HELP}"));
                }
                word => options.words.push(word.to_string()),
            }
        }
        Ok(options)
    }

    pub fn names_all(&self) -> bool {
        self.words.is_empty()
    }

    /// Named by its module, or by an expression that its name `suite/file` holds.
    pub fn wants(&self, test: &Test, modules: &[&str]) -> bool {
        let word_wants = |word: &String| {
            if modules.contains(&word.as_str()) {
                module_of(&test.name) == word
            } else {
                regular(word, &test.name)
            }
        };
        self.names_all() || self.words.iter().any(word_wants)
    }
}

fn count(word: &str) -> Result<usize, String> {
    let count = word.parse().ok().filter(|count| *count > 0);
    count.ok_or_else(|| format!("`{word}` is no number of at least 1"))
}

#[cfg(test)]
mod tests {
    use super::super::header::Header;
    use super::super::suites::SUITES;
    use super::*;

    fn parse(words: &[&str]) -> Result<Options, String> {
        let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
        Options::parse(&words)
    }

    #[test]
    fn options_and_words() {
        let options = parse(&["--tests", "a", "-j", "3", "fs", "--bless", "--timeout", "9"]);
        let options = options.expect("all of it is right");
        assert_eq!(options.tests, Some("a".into()));
        assert_eq!((options.jobs, options.timeout.as_secs()), (3, 9));
        assert!(options.bless && !options.ratchet && !options.names_all());
        for wrong in [
            &["--nonsense"][..],
            &["--tests"],
            &["-j", "0"],
            &["-j", "x"],
        ] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn words_are_modules_or_expressions() {
        let test = Test {
            name: "parallel/test-fs-read.js".into(),
            suite: &SUITES[0],
            header: Header::default(),
            is_flaky: false,
        };
        let wants = |words: &[&str]| {
            let options = parse(words).expect("words only");
            options.wants(&test, &["fs", "os"])
        };
        assert!(wants(&[]) && wants(&["fs"]) && wants(&["os", "fs-r.*d"]));
        assert!(!wants(&["os"]) && !wants(&["^fs"]));
    }
}
